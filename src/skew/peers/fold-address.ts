const WORD_BYTES = 4;

/**
 * The 32-bit words of an address, big endian, joined by XOR: what HAProxy's `balance source` (`get_server_sh` in
 * `src/backend.c`) and IPVS (`ip_vs_sh_hashkey`) hash. An IPv4 address stays what it is.
 *
 * @param address - 4 or 16 bytes
 * @returns an unsigned 32-bit integer
 */
export function foldAddress(address: Uint8Array): number {
  let word = 0;
  for (let i = 0; i + WORD_BYTES <= address.length; i += WORD_BYTES) {
    word ^=
      ((address[i] ?? 0) << 24) | ((address[i + 1] ?? 0) << 16) | ((address[i + 2] ?? 0) << 8) | (address[i + 3] ?? 0);
  }
  return word >>> 0;
}
