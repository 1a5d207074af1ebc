import { COMMA, equalsIgnoringCase, octetAt, skipBlank, TOKEN, trimBlank } from "./octets.ts";

/**
 * Walks a comma-separated list (RFC 9110, section 5.6.1) without taking it apart: the bounds of the current member are
 * two numbers. Empty members are skipped, as the RFC demands.
 *
 * Owned by one reader at a time; `over` begins a walk, `next` moves on.
 */
export class MemberList {
  /** The current member, without blanks around it. */
  start = 0;
  end = 0;
  #source: Uint8Array = new Uint8Array(0);
  #at = 0;
  #to = 0;

  over(source: Uint8Array, from: number, to: number): void {
    this.#source = source;
    this.#at = from;
    this.#to = to;
  }

  /** Moves to the next member that is not empty; false when there is none. */
  next(): boolean {
    while (this.#at < this.#to) {
      const from = this.#at;
      let comma = from;
      while (comma < this.#to && this.#source[comma] !== COMMA) comma++;
      this.#at = comma + 1;
      this.start = skipBlank(this.#source, from, comma);
      this.end = trimBlank(this.#source, this.start, comma);
      if (this.end > this.start) return true;
    }
    return false;
  }

  /** Whether the member is `word` (in lower case) without regard to case. */
  is(word: Uint8Array): boolean {
    return equalsIgnoringCase(this.#source, this.start, this.end, word);
  }

  isToken(): boolean {
    return isToken(this.#source, this.start, this.end);
  }
}

/** Whether `bytes[from..to)` is a token of at least one character (RFC 9110, section 5.6.2). */
export function isToken(bytes: Uint8Array, from: number, to: number): boolean {
  for (let at = from; at < to; at++) if (TOKEN[octetAt(bytes, at)] !== 1) return false;
  return to > from;
}
