import { DIGIT_0, octetAt } from "./octets.ts";

/** Below this a loop is cheaper than a call into the runtime. */
const LOOP_BELOW = 32;

/** Writes bytes one behind the other into a buffer that it is lent. What does not fit is not written, and `overflow` says so. */
export class OctetWriter {
  /** Behind the last byte written. */
  at = 0;
  overflow = false;
  #target: Buffer = Buffer.alloc(0);

  /** Begins at `target[at]`. */
  begin(target: Buffer, at: number): void {
    this.#target = target;
    this.at = at;
    this.overflow = false;
  }

  /** Lets go of the buffer. */
  release(): void {
    this.#target = Buffer.alloc(0);
  }

  /** Writes `source[from..to)`. */
  copy(source: Buffer, from: number, to: number): void {
    if (!this.#reserve(to - from)) return;
    if (to - from < LOOP_BELOW) {
      const target = this.#target;
      for (let i = from, at = this.at; i < to; i++, at++) target[at] = octetAt(source, i);
    } else {
      source.copy(this.#target, this.at, from, to);
    }
    this.at += to - from;
  }

  octets(bytes: Buffer): void {
    this.copy(bytes, 0, bytes.length);
  }

  /** Writes every char code as one byte. */
  latin1(text: string): void {
    if (!this.#reserve(text.length)) return;
    this.#target.write(text, this.at, "latin1");
    this.at += text.length;
  }

  /** Writes a whole number from 0 to 2^53 − 1 in decimal digits. */
  decimal(value: number): void {
    let digits = 1;
    for (let rest = value; rest >= 10; rest = Math.floor(rest / 10)) digits++;
    if (!this.#reserve(digits)) return;
    let rest = value;
    for (let i = digits - 1; i >= 0; i--) {
      const tenth = Math.floor(rest / 10);
      this.#target[this.at + i] = DIGIT_0 + (rest - 10 * tenth);
      rest = tenth;
    }
    this.at += digits;
  }

  #reserve(length: number): boolean {
    if (this.at + length > this.#target.length) this.overflow = true;
    return !this.overflow;
  }
}
