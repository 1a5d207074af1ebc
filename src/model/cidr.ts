/** A block of addresses: the first `bits` of `bytes` count. */
export interface Cidr {
  /** 4 bytes (IPv4; IPv4-mapped IPv6 is folded when parsed) or 16 bytes. */
  readonly bytes: Uint8Array;
  /** 0–32 or 0–128 */
  readonly bits: number;
  /** As the operator wrote it. */
  readonly text: string;
}

/** Whether `address` (4 or 16 raw bytes) lies in `block`. An IPv4 address is never inside an IPv6 block or the other way round. */
export function cidrContains(block: Cidr, address: Uint8Array): boolean {
  const { bytes, bits } = block;
  if (bytes.length !== address.length) return false;
  const whole = bits >> 3;
  for (let i = 0; i < whole; i++) if (bytes[i] !== address[i]) return false;
  const rest = bits & 7;
  if (rest === 0) return true;
  const mask = 0xff00 >> rest;
  return ((bytes[whole] ?? 0) & mask) === ((address[whole] ?? 0) & mask);
}

/** Whether any of `blocks` contains `address`. */
export function anyCidrContains(blocks: readonly Cidr[], address: Uint8Array): boolean {
  for (const block of blocks) if (cidrContains(block, address)) return true;
  return false;
}
