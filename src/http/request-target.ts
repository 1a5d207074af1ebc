import type { Method } from "./methods.ts";
import { ASTERISK, asciiOctets, equalsIgnoringCase, octetAt, QUESTION, SLASH } from "./octets.ts";

/**
 * The form of a request target (RFC 9112, section 3.2): `/path?query`, `http://host/path`, `*`. The fourth, an authority
 * for CONNECT, is refused with the method.
 */
export type TargetForm = "origin" | "absolute" | "asterisk";

const SCHEMES = ["http://", "https://"].map(asciiOctets);

/** The form of the target in `bytes[from..to)`, undefined when it has none of them. */
export function targetForm(bytes: Uint8Array, from: number, to: number, method: Method): TargetForm | undefined {
  if (bytes[from] === SLASH) return "origin";
  if (bytes[from] === ASTERISK && to === from + 1) return method === "OPTIONS" ? "asterisk" : undefined;
  return authorityStart(bytes, from, to) > from ? "absolute" : undefined;
}

/** Where the authority of an absolute-form target begins; `from` when the target is no http URI. */
export function authorityStart(bytes: Uint8Array, from: number, to: number): number {
  for (const scheme of SCHEMES) {
    const end = from + scheme.length;
    if (end <= to && equalsIgnoringCase(bytes, from, end, scheme)) return end;
  }
  return from;
}

/** Where the authority that begins at `from` ends: before the path, before the query, or with the target. */
export function authorityEnd(bytes: Uint8Array, from: number, to: number): number {
  let at = from;
  while (at < to && octetAt(bytes, at) !== SLASH && octetAt(bytes, at) !== QUESTION) at++;
  return at;
}
