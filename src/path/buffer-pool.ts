/**
 * Size of the buffer that all sockets of a process read into first, and of the buffers lent when the budget is used up. Not
 * a power of two, because a read that fills it is taken as a sign of more, and messages like to have round sizes.
 */
const SCRATCH_BYTES = 72 * 1024;

/**
 * Large buffers lent and kept at the same time, together. Busy directions beyond that get buffers of the scratch size, so
 * that thousands of slow readers do not hold a large one each.
 */
const LARGE_BUDGET_BYTES = 32 * 1024 * 1024;

/**
 * The memory of the relay: one scratch buffer that every socket reads into, and large buffers lent to the directions
 * that are busy. An idle connection holds none.
 */
export class BufferPool {
  /** Read into by every socket; its bytes must be copied or written before the read callback returns. */
  readonly scratch: Buffer = Buffer.allocUnsafeSlow(SCRATCH_BYTES);
  /** Size of a large buffer. */
  readonly largeBytes: number;
  readonly #budget: number;
  readonly #freeLarge: Buffer[] = [];
  #lentLarge = 0;
  #lent = 0;

  /** @param largeBytes size of a large buffer (BUFFER), at least 1 KiB; a direction holds at most this much unsent. */
  constructor(largeBytes: number) {
    this.largeBytes = largeBytes;
    this.#budget = Math.max(1, Math.floor(LARGE_BUDGET_BYTES / largeBytes));
  }

  /** Buffers that are lent out now, of either size. Zero when no direction is busy. */
  get lent(): number {
    return this.#lent;
  }

  /**
   * A large buffer, or one of the scratch size when too many are lent. The caller gives it back with `release` when
   * nothing of it is in flight.
   */
  take(): Buffer {
    this.#lent++;
    if (this.#lentLarge >= this.#budget) return Buffer.allocUnsafeSlow(Math.min(SCRATCH_BYTES, this.largeBytes));
    this.#lentLarge++;
    return this.#freeLarge.pop() ?? Buffer.allocUnsafeSlow(this.largeBytes);
  }

  release(buffer: Buffer): void {
    this.#lent--;
    if (buffer.length !== this.largeBytes) return;
    // With a BUFFER of the scratch size or less the two kinds look alike; the count then only bounds what is kept.
    this.#lentLarge = Math.max(0, this.#lentLarge - 1);
    if (this.#freeLarge.length < this.#budget) this.#freeLarge.push(buffer);
  }
}
