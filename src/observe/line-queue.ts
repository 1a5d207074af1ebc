const NEWLINE = 10;
/** UTF-8 needs at most this many bytes for one UTF-16 unit of a JavaScript string. */
const MOST_BYTES_PER_UNIT = 3;

/** A piece of the queue, ready to be written: `queue.buffer` from `offset`, `length` bytes. */
export interface Batch {
  readonly offset: number;
  readonly length: number;
}

/**
 * Lines of text, first in first out, as UTF-8 in one ring of bytes that never grows. A line lies in one piece and is
 * forgotten only when its last byte has been sent, so a line that was sent in part can be sent again from its start.
 * Pages of the ring that were never needed are never touched: an idle queue costs next to no memory.
 */
export class LineQueue {
  /** What the offsets of a {@link Batch} refer to. */
  readonly buffer: Buffer;
  /** Start of the oldest line that was not sent completely. */
  #head = 0;
  /** Next byte to send; beyond `#head` when a line was sent in part. */
  #sent = 0;
  /** Where the next line is put. */
  #tail = 0;
  /** The lines go on at offset 0 after `#end`; `#tail` is then below `#head`. */
  #wrapped = false;
  #end = 0;
  #lines = 0;

  /** @param capacityBytes ceiling of the bytes that wait, line ends included; a positive integer. */
  constructor(capacityBytes: number) {
    this.buffer = Buffer.allocUnsafeSlow(capacityBytes);
  }

  /** Lines that were not sent completely. */
  get lines(): number {
    return this.#lines;
  }

  /** Bytes that were not sent. */
  get bytes(): number {
    return this.#wrapped ? this.#end - this.#sent + this.#tail : this.#tail - this.#sent;
  }

  /** The bytes sent so far end in the middle of a line. */
  get midLine(): boolean {
    return this.#sent !== this.#head;
  }

  /** Puts `line` (without line end, and with none inside) at the end. False when there is no room; nothing is kept of it then. */
  push(line: string): boolean {
    const limit = this.#wrapped ? this.#head : this.buffer.length;
    // Measuring the text is dearer than encoding it, so it is measured only when the room could be too small.
    if (limit - this.#tail <= line.length * MOST_BYTES_PER_UNIT) {
      const size = Buffer.byteLength(line) + 1;
      if (limit - this.#tail < size) {
        if (this.#wrapped || this.#head < size) return false;
        this.#end = this.#tail;
        this.#tail = 0;
        this.#wrapped = true;
      }
    }
    this.#tail += this.buffer.write(line, this.#tail);
    this.buffer[this.#tail++] = NEWLINE;
    this.#lines++;
    return true;
  }

  /** The oldest bytes, at most `mostBytes`: whole lines where that is possible. Length 0 when the queue is empty. */
  batch(mostBytes: number): Batch {
    const offset = this.#sent;
    const available = (this.#wrapped ? this.#end : this.#tail) - offset;
    if (available <= mostBytes) return { offset, length: available };
    const lineEnd = this.buffer.lastIndexOf(NEWLINE, offset + mostBytes - 1);
    return { offset, length: lineEnd < offset ? mostBytes : lineEnd + 1 - offset };
  }

  /** The first `count` bytes of the last batch were sent. Returns the number of lines that this completed. */
  advance(count: number): number {
    this.#sent += count;
    let completed = 0;
    while (this.#head < this.#sent) {
      const lineEnd = this.buffer.indexOf(NEWLINE, this.#head);
      if (lineEnd >= this.#sent) break;
      this.#head = lineEnd + 1;
      completed++;
    }
    this.#lines -= completed;
    if (this.#wrapped && this.#head === this.#end) {
      this.#head = this.#sent = 0;
      this.#wrapped = false;
    }
    // Starting over keeps a queue that is mostly empty in its first pages.
    if (this.#lines === 0) this.#head = this.#sent = this.#tail = 0;
    return completed;
  }

  /** The line that was sent in part is to be sent again, from its start. */
  rewind(): void {
    this.#sent = this.#head;
  }

  /** Forgets everything. Returns the number of lines lost. */
  clear(): number {
    const lost = this.#lines;
    this.#head = this.#sent = this.#tail = this.#lines = 0;
    this.#wrapped = false;
    return lost;
  }
}
