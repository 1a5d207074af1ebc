import { FIELD } from "./field-names.ts";
import type { FieldTable } from "./field-table.ts";
import { MemberList } from "./member-list.ts";
import { asciiOctets, DIGIT_0, equalsIgnoringCase, isDigit, octetAt } from "./octets.ts";
import type { RefusalCode } from "./refusal.ts";

/**
 * How the end of a body is known. `none`: there is no body · `length`: Content-Length · `chunked` · `until-close`: the
 * end of the connection (responses only) · `tunnel`: no HTTP any more after this head (101, or 2xx to CONNECT).
 */
export type Framing = "none" | "length" | "chunked" | "until-close" | "tunnel";

/** Zeros in front of a length that are put up with. */
const MAX_LEADING_ZEROS = 16;
/** Of 2^53 − 1, the largest whole number that JavaScript counts exactly. */
const MAX_SIGNIFICANT_DIGITS = 16;

const CHUNKED = asciiOctets("chunked");

/**
 * What the lines of a message say about its body (RFC 9112, section 6; RFC 9110, section 8.6), read strictly: one source
 * of the length or none. Whether a message may have a body at all is the caller's question. Reused.
 */
export class BodyLength {
  /** Content-Length, -1 when there is none. At most 2^53 − 1. */
  contentLength = -1;
  chunked = false;
  readonly #members = new MemberList();

  /** @returns the reason to refuse the message, undefined when the lines are in order */
  read(fields: FieldTable, source: Uint8Array, minorVersion: number): RefusalCode | undefined {
    this.contentLength = -1;
    this.chunked = false;
    const lengths = fields.howMany(FIELD["content-length"]);
    const codings = fields.howMany(FIELD["transfer-encoding"]);
    if (codings > 0) {
      if (lengths > 0) return "transfer-encoding-and-length";
      // Who speaks 1.0 does not know chunks: the message went through somebody who did not look (RFC 9112, section 6.1).
      if (minorVersion === 0) return "transfer-encoding-in-1.0";
      return this.#readCoding(fields, source, codings);
    }
    if (lengths === 0) return undefined;
    // The RFC lets identical values pass as one. Nobody sends them in good faith, and readers differ on them.
    if (lengths > 1) return "content-length-repeated";
    return this.#readLength(fields, source);
  }

  #readLength(fields: FieldTable, source: Uint8Array): RefusalCode | undefined {
    const row = fields.first(FIELD["content-length"]);
    const from = fields.valueStart[row] ?? 0;
    const to = fields.valueEnd[row] ?? 0;
    let first = from;
    while (first < to - 1 && source[first] === DIGIT_0) first++;
    let value = 0;
    for (let at = first; at < to; at++) {
      const octet = octetAt(source, at);
      if (!isDigit(octet)) return "content-length";
      // Beyond 2^53 this rounds, but never back below it. The brackets matter: the sum must not pass it on the way.
      value = value * 10 + (octet - DIGIT_0);
    }
    if (from === to || first - from > MAX_LEADING_ZEROS) return "content-length";
    if (to - first > MAX_SIGNIFICANT_DIGITS || value > Number.MAX_SAFE_INTEGER) return "content-length-too-large";
    this.contentLength = value;
    return undefined;
  }

  #readCoding(fields: FieldTable, source: Uint8Array, lines: number): RefusalCode | undefined {
    if (lines > 1) return "transfer-encoding-repeated";
    const row = fields.first(FIELD["transfer-encoding"]);
    const from = fields.valueStart[row] ?? 0;
    const to = fields.valueEnd[row] ?? 0;
    if (equalsIgnoringCase(source, from, to, CHUNKED)) {
      this.chunked = true;
      return undefined;
    }
    return this.#isUnknownThenChunked(source, from, to) ? "transfer-coding-unknown" : "transfer-encoding";
  }

  /** A list of codings that ends with the only `chunked`: well-formed, but nothing that can be undone here. */
  #isUnknownThenChunked(source: Uint8Array, from: number, to: number): boolean {
    const members = this.#members;
    members.over(source, from, to);
    let chunked = false;
    while (members.next()) {
      if (chunked || !members.isToken()) return false;
      chunked = members.is(CHUNKED);
    }
    // An empty member, such as the one that a comma at the end leaves, is no list to answer 501 to.
    return chunked && source[to - 1] !== 0x2c && source[from] !== 0x2c;
  }
}
