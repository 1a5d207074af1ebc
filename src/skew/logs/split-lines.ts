import { CARRIAGE_RETURN, isBlank, LINE_FEED } from "./bytes.ts";

/** A line longer than this is not looked at: memory stays the same whatever the file holds. */
const LONGEST_LINE = 64 * 1024;

/** Gets each line that is not blank, without its end (LF or CRLF); `from` === `to` stands for one that was too long. */
export type LineTaker = (bytes: Uint8Array, from: number, to: number, line: number) => void;

/**
 * Cuts a stream of bytes into lines. However the stream is cut into chunks, the lines are the same. Lines that lie within
 * a chunk are passed on where they are; only one that runs over its end is copied.
 */
export class LineSplitter {
  readonly #take: LineTaker;
  readonly #carry = new Uint8Array(LONGEST_LINE + 1);
  #carried = 0;
  /** Blank ones included. */
  #lines = 0;

  constructor(take: LineTaker) {
    this.#take = take;
  }

  push(chunk: Uint8Array): void {
    let start = 0;
    if (this.#carried > 0) {
      const end = chunk.indexOf(LINE_FEED);
      this.#keep(chunk, 0, end < 0 ? chunk.length : end);
      if (end < 0) return;
      this.#line(this.#carry, 0, this.#carried);
      this.#carried = 0;
      start = end + 1;
    }
    for (;;) {
      const end = chunk.indexOf(LINE_FEED, start);
      if (end < 0) break;
      this.#line(chunk, start, end);
      start = end + 1;
    }
    this.#keep(chunk, start, chunk.length);
  }

  /** The stream has ended: what is left is the last line. */
  end(): void {
    if (this.#carried > 0) this.#line(this.#carry, 0, this.#carried);
    this.#carried = 0;
  }

  /** Keeps the beginning of a line; of a line that is too long, so much that its length shows. */
  #keep(chunk: Uint8Array, start: number, end: number): void {
    const length = Math.min(end - start, this.#carry.length - this.#carried);
    this.#carry.set(chunk.subarray(start, start + length), this.#carried);
    this.#carried += length;
  }

  #line(bytes: Uint8Array, start: number, end: number): void {
    this.#lines++;
    if (end - start > LONGEST_LINE) {
      this.#take(bytes, start, start, this.#lines);
      return;
    }
    let to = end;
    if (to > start && bytes[to - 1] === CARRIAGE_RETURN) to--;
    for (let i = start; i < to; i++) {
      if (!isBlank(bytes[i])) {
        this.#take(bytes, start, to, this.#lines);
        return;
      }
    }
  }
}
