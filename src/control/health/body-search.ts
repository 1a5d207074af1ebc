/** How much of a body is looked at. */
export const BODY_LIMIT_BYTES = 64 * 1024;

/** Looks for a text in the first 64 KiB of a body that arrives in pieces; keeps no more of it than a match could begin in. */
export class BodySearch {
  readonly #needle: Buffer;
  #kept: Buffer = Buffer.alloc(0);
  #seenBytes = 0;
  #found = false;

  /** `text` is looked for as UTF-8; empty means there is nothing to look for. */
  constructor(text: string) {
    this.#needle = Buffer.from(text, "utf8");
    this.#found = this.#needle.length === 0;
  }

  get found(): boolean {
    return this.#found;
  }

  /** The whole limit was seen. */
  get full(): boolean {
    return this.#seenBytes >= BODY_LIMIT_BYTES;
  }

  add(piece: Buffer): void {
    const counted = piece.subarray(0, BODY_LIMIT_BYTES - this.#seenBytes);
    this.#seenBytes += counted.length;
    if (this.#found) return;
    const joined = Buffer.concat([this.#kept, counted]);
    this.#found = joined.includes(this.#needle);
    this.#kept = joined.subarray(Math.max(0, joined.length - this.#needle.length + 1));
  }
}
