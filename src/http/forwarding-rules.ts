import type { Cidr } from "../model/cidr.ts";

/** The scheme a client speaks to the outermost proxy that is trusted. */
export type Scheme = "http" | "https";

/** Text and bytes of addresses. Handed in, so that every part of the program has one opinion on what an address is. */
export interface AddressText {
  /** 4 bytes (IPv4, also when written as IPv4-mapped IPv6) or 16 bytes; undefined when `text` is no address. */
  readonly parse: (text: string) => Uint8Array | undefined;
  /** Canonical text (RFC 5952) of 4 or 16 bytes. */
  readonly format: (bytes: Uint8Array) => string;
}

/** Whom to believe, and which header. */
export interface ForwardingRules {
  /** Hops that are believed (TRUSTED_PROXIES). */
  readonly trusted: readonly Cidr[];
  /** Where trusted hops say who the client is, and which family of headers we write (FORWARDED_HEADER). */
  readonly header: "x-forwarded-for" | "forwarded" | "none";
  readonly addresses: AddressText;
}

/** The values of all lines of each forwarding header of a request, in order, as latin1; empty = the header is absent. */
export interface ForwardingFields {
  readonly forwarded: readonly string[];
  readonly xForwardedFor: readonly string[];
  readonly xForwardedProto: readonly string[];
  readonly xForwardedHost: readonly string[];
  /** The header named by REAL_IP_HEADER; empty also when that is not set. */
  readonly realIp: readonly string[];
}

/** The elements of a list header (RFC 9110, section 5.6.1), from the last to the first; empty ones do not count. */
export function* lastToFirst(values: readonly string[], cut: (value: string) => number): Generator<string> {
  for (let line = values.length - 1; line >= 0; line--) {
    let rest: string | undefined = values[line];
    while (rest !== undefined) {
      const comma: number = cut(rest);
      const element = trim(rest.slice(comma + 1));
      if (element !== "") yield element;
      rest = comma < 0 ? undefined : rest.slice(0, comma);
    }
  }
}

/** Where the last element of a list without quoting begins: the index of the comma in front of it, -1 if there is none. */
export function lastComma(value: string): number {
  return value.lastIndexOf(",");
}

/**
 * Without the SP and HTAB around it. Not `trim()`, which knows two dozen blanks that HTTP does not; not a regular expression,
 * which would take quadratic time on blanks inside.
 */
export function trim(text: string): string {
  let from = 0;
  let to = text.length;
  while (from < to && isBlank(text[from])) from++;
  while (to > from && isBlank(text[to - 1])) to--;
  return text.slice(from, to);
}

function isBlank(char: string | undefined): boolean {
  return char === " " || char === "\t";
}
