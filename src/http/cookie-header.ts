import { EQUALS, SEMICOLON, SP, skipBlank, trimBlank } from "./octets.ts";

/** Stands for "no header yet" in a cursor. */
const NOTHING = Buffer.alloc(0);

/**
 * Walks over the pairs of one name in the values of Cookie headers, without allocating: one cursor serves a whole
 * connection. All Cookie lines of a request are read one after the other (`start`, then `next` until it is false).
 *
 * Parts are separated by `;`, blanks (SP, HTAB) around a part, its name and its value do not count, the first `=` ends
 * the name, and the name is compared byte for byte (RFC 6265bis, sections 4.2.1 and 5.8.3: names are case-sensitive).
 * A part without `=` has no name. Quotes mean nothing, as in browsers.
 */
export class CookieCursor {
  readonly #name: Buffer;
  #bytes: Buffer = NOTHING;
  #at = 0;
  #end = 0;
  #valueFrom = 0;
  #valueTo = 0;
  #sawEmptyPart = false;

  /** @param name as {@link cookieNameBytes} makes it */
  constructor(name: Buffer) {
    this.#name = name;
  }

  /** The bytes given to `start`. */
  get bytes(): Buffer {
    return this.#bytes;
  }

  /** Where the value of the current pair begins in the bytes given to `start`. */
  get valueFrom(): number {
    return this.#valueFrom;
  }

  /** Where the value of the current pair ends (exclusive); equal to `valueFrom` when it is empty. */
  get valueTo(): number {
    return this.#valueTo;
  }

  /** Among the parts walked over was one with nothing in it, as between `; ;`. */
  get sawEmptyPart(): boolean {
    return this.#sawEmptyPart;
  }

  /** Begins at the value of a Cookie header, `bytes[from, to)`. The bytes stay the caller's and must not change until the last `next`. */
  start(bytes: Buffer, from: number, to: number): void {
    this.#bytes = bytes;
    this.#at = from;
    this.#end = to;
    this.#sawEmptyPart = false;
  }

  /**
   * Begins at the value of a Set-Cookie header: `next` is true once if it sets the cookie of our name. What follows the
   * first `;` are attributes (RFC 6265bis, section 5.6).
   */
  startSetCookie(bytes: Buffer, from: number, to: number): void {
    this.start(bytes, from, partEnd(bytes, from, to));
  }

  /** Moves to the next pair of the name; false when there is none. */
  next(): boolean {
    const bytes = this.#bytes;
    const end = this.#end;
    let at = this.#at;
    while (at < end) {
      const value = valueStart(this.#name, bytes, at, end);
      const stop = partEnd(bytes, value < 0 ? at : value, end);
      if (stop + 1 === end || (value < 0 && skipBlank(bytes, at, stop) === stop)) this.#sawEmptyPart = true;
      at = stop + 1;
      if (value < 0) continue;
      this.#at = at;
      this.#valueFrom = skipBlank(bytes, value, stop);
      this.#valueTo = trimBlank(bytes, this.#valueFrom, stop);
      return true;
    }
    this.#at = at;
    return false;
  }

  /** The value of the current pair, each byte as one char code (latin1). */
  value(): string {
    return this.#bytes.toString("latin1", this.#valueFrom, this.#valueTo);
  }
}

/** A cookie name as bytes, made once per name. */
export function cookieNameBytes(name: string): Buffer {
  return Buffer.from(name, "latin1");
}

/**
 * Writes the value `bytes[from, to)` of a Cookie header without its pairs of `name` to `target` at `at`, and returns how
 * many bytes were written; 0 = nothing is left and the whole header goes (an empty Cookie header is not valid,
 * RFC 6265bis, section 4.2.1).
 *
 * Every other pair arrives byte for byte, in order, with the separator that stood before it. Parts with nothing in them
 * are left out, so that no `; ;` remains. Undefined when nothing does: then the whole header goes.
 */
export function withoutPairs(name: Buffer, bytes: Buffer, from: number, to: number): Buffer | undefined {
  const target = Buffer.allocUnsafe(to - from);
  let out = 0;
  // Neighbouring parts that stay are copied as one run; -1 = no run is open.
  let runFrom = -1;
  let runTo = from;
  for (let part = from; part < to; ) {
    const stop = partEnd(bytes, part, to);
    const first = skipBlank(bytes, part, stop);
    if (first < stop && valueStart(name, bytes, first, stop) < 0) {
      // A later run begins with the `;` in front of its first part; the very first one with the part itself.
      if (runFrom < 0) runFrom = out === 0 ? first : part - 1;
      runTo = stop;
    } else if (runFrom >= 0) {
      out += bytes.copy(target, out, runFrom, runTo);
      runFrom = -1;
    }
    part = stop + 1;
  }
  if (runFrom >= 0) out += bytes.copy(target, out, runFrom, runTo);
  const length = trimBlank(target, 0, out);
  return length === 0 ? undefined : target.subarray(0, length);
}

/** A range of bytes, `[from, to)`. */
export interface ByteRange {
  readonly from: number;
  readonly to: number;
}

/**
 * What to leave out of the value `bytes[from, to)` of a Cookie header to take out the pair that `cursor` stands at, with one
 * separator: for the usual form, pairs behind each other with `; ` between them. Undefined when the pair stands there in
 * another form or is the only one: then {@link withoutPairs} knows what to do.
 */
export function pairRange(
  name: Buffer,
  cursor: CookieCursor,
  bytes: Buffer,
  from: number,
  to: number,
): ByteRange | undefined {
  const start = cursor.valueFrom - 1 - name.length;
  const end = cursor.valueTo;
  // Blanks around the `=` move the name away from where it would end.
  if (start < from || bytes[cursor.valueFrom - 1] !== EQUALS || bytes[start] !== name[0]) return undefined;
  if (start === from) {
    const next = end + 2;
    const isUsual =
      bytes[end] === SEMICOLON && bytes[end + 1] === SP && skipBlank(bytes, next, to) === next && next < to;
    return isUsual ? { from, to: end + 2 } : undefined;
  }
  const before = start - 2;
  const isUsual = before > from && bytes[before] === SEMICOLON && trimBlank(bytes, from, before) === before;
  return isUsual && bytes[start - 1] === SP && (end === to || bytes[end] === SEMICOLON)
    ? { from: start - 2, to: end }
    : undefined;
}

/** Where the value (blanks included) of the part at `from` begins, if its name is `name`; -1 if it is another. */
function valueStart(name: Buffer, bytes: Buffer, from: number, end: number): number {
  let at = skipBlank(bytes, from, end);
  if (end - at <= name.length) return -1;
  for (let i = 0; i < name.length; i++) if (bytes[at + i] !== name[i]) return -1;
  at = skipBlank(bytes, at + name.length, end);
  return at < end && bytes[at] === EQUALS ? at + 1 : -1;
}

/** The index of the next `;`, or `end`. */
function partEnd(bytes: Buffer, from: number, end: number): number {
  let at = from;
  while (at < end && bytes[at] !== SEMICOLON) at++;
  return at;
}
