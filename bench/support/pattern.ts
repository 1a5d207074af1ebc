/** Bytes at either end of a chunk that `matchesAtEnds` looks at. */
const END_BYTES = 2048;

/**
 * The bytes that travel: a seeded pseudo-random sequence that repeats after a prime number of bytes, so that anything
 * lost, doubled or moved by less than a whole period no longer fits its place in the stream. Checking is one memcmp.
 */
export class Pattern {
  /** Bytes after which the sequence repeats; a prime. */
  static readonly PERIOD = 65_521;
  /** The longest piece `slice` can give. */
  static readonly LONGEST = 262_144;
  readonly #bytes: Buffer;

  /** Where in the stream the `index`-th of many begins (from 0): another place for each, so that mix-ups are noticed. */
  static startOf(index: number): number {
    return (index * 7919) % Pattern.PERIOD;
  }

  /** @param seed any u32 */
  constructor(seed: number) {
    this.#bytes = Buffer.allocUnsafe(Pattern.PERIOD + Pattern.LONGEST);
    let x = seed >>> 0;
    for (let i = 0; i < Pattern.PERIOD; i++) {
      // A linear congruential generator (Numerical Recipes, 2nd ed., 7.1); the top byte is its best one.
      x = (Math.imul(x, 1_664_525) + 1_013_904_223) >>> 0;
      this.#bytes[i] = x >>> 24;
    }
    for (let i = Pattern.PERIOD; i < this.#bytes.length; i++) this.#bytes[i] = this.#bytes[i - Pattern.PERIOD] ?? 0;
  }

  /** The `length` bytes (at most LONGEST) at `position` of the endless stream: a view, to be written and never changed. */
  slice(position: number, length: number): Buffer {
    if (length > Pattern.LONGEST) throw new RangeError(`${length} bytes asked, ${Pattern.LONGEST} at most`);
    const start = position % Pattern.PERIOD;
    return this.#bytes.subarray(start, start + length);
  }

  /** Whether the first `length` bytes of `chunk` are those at `position` of the stream. */
  matches(position: number, chunk: Uint8Array, length: number): boolean {
    for (let done = 0; done < length; done += Pattern.LONGEST) {
      if (!this.#matches(position, chunk, done, Math.min(length, done + Pattern.LONGEST))) return false;
    }
    return true;
  }

  /**
   * The same, but of a long chunk only the first and the last 2 KiB are compared. For bulk: comparing all would cost the
   * load as much as sending. Whatever is lost, doubled or moved shifts the ends; a byte changed in the middle goes unseen.
   */
  matchesAtEnds(position: number, chunk: Uint8Array, length: number): boolean {
    if (length <= 2 * END_BYTES) return this.matches(position, chunk, length);
    return this.#matches(position, chunk, 0, END_BYTES) && this.#matches(position, chunk, length - END_BYTES, length);
  }

  /** Compares `chunk` from `from` up to `to`, at most LONGEST bytes, with its place when it begins at `position`. */
  #matches(position: number, chunk: Uint8Array, from: number, to: number): boolean {
    const start = (position + from) % Pattern.PERIOD;
    return this.#bytes.compare(chunk, from, to, start, start + to - from) === 0;
  }
}
