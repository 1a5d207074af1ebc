import { uint16At } from "./bytes.ts";

/**
 * Addresses between text and raw bytes. Own code, because a header that is ambiguous has to be refused: the usual parsers
 * also take `0x7f.1`, `010.0.0.1` (octal?) or `fe80::1%eth0`.
 */

/**
 * A decimal number as the PROXY protocol writes it: digits only, no leading zeros, no sign.
 * Undefined when it is anything else or above `max` (≤ 99,999).
 */
export function parseDecimal(text: string, max: number): number | undefined {
  if (!/^(?:0|[1-9][0-9]{0,4})$/.test(text)) return undefined;
  const value = Number(text);
  return value <= max ? value : undefined;
}

/** Four decimal numbers 0–255 as 4 bytes; undefined for anything else. */
export function parseIpv4(text: string): Uint8Array | undefined {
  const parts = text.split(".", 5);
  if (parts.length !== 4) return undefined;
  const bytes = new Uint8Array(4);
  for (const [index, part] of parts.entries()) {
    const value = parseDecimal(part, 255);
    if (value === undefined) return undefined;
    bytes[index] = value;
  }
  return bytes;
}

/**
 * IPv6 text (RFC 4291, section 2.2, the dotted form of the last 32 bits included) as 16 bytes; undefined for anything
 * else. A zone (`%eth0`) is refused: it means nothing on another machine.
 */
export function parseIpv6(text: string): Uint8Array | undefined {
  const [before = "", after, ...more] = text.split("::", 3);
  if (more.length > 0) return undefined;
  const head = parseGroups(before, after === undefined);
  const tail = after === undefined ? [] : parseGroups(after, true);
  if (head === undefined || tail === undefined) return undefined;
  const given = head.length + tail.length;
  // "::" stands for at least one group (RFC 4291, section 2.2); without it all 8 are there.
  if (after === undefined ? given !== 8 : given > 7) return undefined;
  const bytes = new Uint8Array(16);
  putGroups(bytes, 0, head);
  putGroups(bytes, 8 - tail.length, tail);
  return bytes;
}

/** Groups of hexadecimal digits; the last 32 bits may be dotted when `dottedEnd`. The empty text has no groups. */
function parseGroups(text: string, dottedEnd: boolean): readonly number[] | undefined {
  if (text === "") return [];
  const parts = text.split(":", 9);
  const groups: number[] = [];
  for (const [index, part] of parts.entries()) {
    if (/^[0-9a-f]{1,4}$/i.test(part)) {
      groups.push(Number.parseInt(part, 16));
      continue;
    }
    const dotted = dottedEnd && index === parts.length - 1 ? parseIpv4(part) : undefined;
    if (dotted === undefined) return undefined;
    const [a = 0, b = 0, c = 0, d = 0] = dotted;
    groups.push((a << 8) | b, (c << 8) | d);
  }
  return groups;
}

function putGroups(bytes: Uint8Array, firstGroup: number, groups: readonly number[]): void {
  for (const [index, group] of groups.entries()) {
    bytes[2 * (firstGroup + index)] = group >> 8;
    bytes[2 * (firstGroup + index) + 1] = group & 0xff;
  }
}

/** Text of either family as 4 or 16 bytes, an IPv4-mapped address as 4; undefined when it is no address. */
export function parseAddress(text: string): Uint8Array | undefined {
  if (!text.includes(":")) return parseIpv4(text);
  const bytes = parseIpv6(text);
  return bytes === undefined ? undefined : foldMapped(bytes);
}

/** The 4 bytes inside an IPv4-mapped IPv6 address (RFC 4291, section 2.5.5.2), every other address as it is. */
export function foldMapped(bytes: Uint8Array): Uint8Array {
  return isMapped(bytes) ? bytes.subarray(12) : bytes;
}

/** An IPv4 address as the IPv6 address that stands for it; an IPv6 address as it is. */
export function toMapped(bytes: Uint8Array): Uint8Array {
  if (bytes.length !== 4) return bytes;
  const mapped = new Uint8Array(16);
  mapped.fill(0xff, 10, 12);
  mapped.set(bytes, 12);
  return mapped;
}

function isMapped(bytes: Uint8Array): boolean {
  if (bytes.length !== 16 || bytes[10] !== 0xff || bytes[11] !== 0xff) return false;
  for (let i = 0; i < 10; i++) if (bytes[i] !== 0) return false;
  return true;
}

/** 4 or 16 bytes as canonical text (RFC 5952): lower case, the longest run of zero groups as `::`, `::ffff:a.b.c.d`. */
export function formatAddress(bytes: Uint8Array): string {
  if (bytes.length === 4) return bytes.join(".");
  if (isMapped(bytes)) return `::ffff:${bytes.subarray(12).join(".")}`;
  const groups: string[] = [];
  for (let i = 0; i < 16; i += 2) groups.push(uint16At(bytes, i).toString(16));
  const { start, length } = longestZeroRun(groups);
  // RFC 5952, section 4.2.2: a single zero group is written out.
  if (length < 2) return groups.join(":");
  return `${groups.slice(0, start).join(":")}::${groups.slice(start + length).join(":")}`;
}

/** The first of the longest runs of "0" (RFC 5952, section 4.2.3). */
function longestZeroRun(groups: readonly string[]): { readonly start: number; readonly length: number } {
  let best = { start: 0, length: 0 };
  let start = 0;
  for (const [index, group] of groups.entries()) {
    if (group !== "0") start = index + 1;
    else if (index + 1 - start > best.length) best = { start, length: index + 1 - start };
  }
  return best;
}
