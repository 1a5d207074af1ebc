import { COLON, DOT, HEX_VALUE, isDigit, LEFT_BRACKET, octetAt, PERCENT, REG_NAME, RIGHT_BRACKET } from "./octets.ts";

/**
 * Whether `bytes[from..to)` is `uri-host [ ":" port ]` (RFC 9112, section 3.2; RFC 3986, section 3.2.2) with a host that
 * is not empty. Stricter than the grammar where two readers could see two hosts: no comma, no zone, no IPvFuture, a port
 * of at most 65535. Userinfo, paths and blanks are outside of the grammar already.
 */
export function isHostAndPort(bytes: Uint8Array, from: number, to: number): boolean {
  const hostEnd = bytes[from] === LEFT_BRACKET && from < to ? ipv6End(bytes, from, to) : regNameEnd(bytes, from, to);
  return hostEnd > from && (hostEnd === to || isPort(bytes, hostEnd, to));
}

/** Behind the reg-name or IPv4 address at `from`; the position of the first byte that cannot belong to it. */
function regNameEnd(bytes: Uint8Array, from: number, to: number): number {
  let at = from;
  while (at < to) {
    const octet = octetAt(bytes, at);
    if (REG_NAME[octet] === 1) at++;
    else if (octet === PERCENT && isEscape(bytes, at, to)) at += 3;
    else break;
  }
  return at;
}

function isEscape(bytes: Uint8Array, at: number, to: number): boolean {
  return at + 2 < to && HEX_VALUE[octetAt(bytes, at + 1)] !== 255 && HEX_VALUE[octetAt(bytes, at + 2)] !== 255;
}

/** A colon and up to 65535 in digits; the RFC allows none at all. */
function isPort(bytes: Uint8Array, from: number, to: number): boolean {
  if (bytes[from] !== COLON || to - from > 6) return false;
  let port = 0;
  for (let at = from + 1; at < to; at++) {
    const octet = octetAt(bytes, at);
    if (!isDigit(octet)) return false;
    port = port * 10 + octet - 0x30;
  }
  return port <= 65_535;
}

/** Behind the closing bracket of an IPv6 address (RFC 4291, section 2.2) whose opening one is at `from`; `from` when it is none. */
function ipv6End(bytes: Uint8Array, from: number, to: number): number {
  let groups = 0;
  let gap = false;
  let at = from + 1;
  if (at + 1 < to && bytes[at] === COLON && bytes[at + 1] === COLON) {
    gap = true;
    at += 2;
  }
  while (at < to && bytes[at] !== RIGHT_BRACKET) {
    const start = at;
    while (at < to && HEX_VALUE[octetAt(bytes, at)] !== 255) at++;
    if (at < to && bytes[at] === DOT) {
      at = dottedEnd(bytes, start, to);
      groups += 2;
      if (at === start || bytes[at] !== RIGHT_BRACKET) return from;
      break;
    }
    if (at === start || at - start > 4) return from;
    groups++;
    if (at < to && bytes[at] === COLON) {
      at++;
      if (at < to && bytes[at] === COLON) {
        if (gap) return from;
        gap = true;
        at++;
      } else if (bytes[at] === RIGHT_BRACKET) return from;
    } else if (at >= to || bytes[at] !== RIGHT_BRACKET) return from;
  }
  // "::" stands for at least one group.
  return at < to && (gap ? groups <= 7 : groups === 8) ? at + 1 : from;
}

/** Behind the four decimal numbers at `from`, `from` when there are none. */
function dottedEnd(bytes: Uint8Array, from: number, to: number): number {
  let at = from;
  for (let part = 0; part < 4; part++) {
    if (part > 0) {
      if (at >= to || bytes[at] !== DOT) return from;
      at++;
    }
    const start = at;
    let value = 0;
    while (at < to && at - start < 3 && isDigit(octetAt(bytes, at))) value = value * 10 + octetAt(bytes, at++) - 0x30;
    const leadingZero = at - start > 1 && octetAt(bytes, start) === 0x30;
    if (at === start || value > 255 || leadingZero) return from;
  }
  return at < to ? at : from;
}
