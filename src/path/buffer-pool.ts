/** Size of the buffer that all sockets of a process read into first. */
const SCRATCH_BYTES = 64 * 1024;

/** Free large buffers kept for reuse; more are left to the garbage collector. */
const KEPT_BYTES = 32 * 1024 * 1024;

/**
 * The memory of the relay: one scratch buffer that every socket reads into, and large buffers lent to the directions
 * that are busy. An idle connection holds none.
 */
export class BufferPool {
  /** Read into by every socket; its bytes must be copied or written before the read callback returns. */
  readonly scratch: Buffer = Buffer.allocUnsafeSlow(SCRATCH_BYTES);
  readonly largeBytes: number;
  readonly #free: Buffer[] = [];
  readonly #keep: number;
  #lent = 0;

  /** @param largeBytes size of a large buffer (BUFFER), at least 1 KiB; a direction holds at most this much unsent. */
  constructor(largeBytes: number) {
    this.largeBytes = largeBytes;
    this.#keep = Math.max(1, Math.floor(KEPT_BYTES / largeBytes));
  }

  /** Large buffers that are lent out now. Zero when no direction is busy. */
  get lent(): number {
    return this.#lent;
  }

  /** The caller gives the buffer back with `release` when nothing of it is in flight. */
  take(): Buffer {
    this.#lent++;
    return this.#free.pop() ?? Buffer.allocUnsafeSlow(this.largeBytes);
  }

  release(buffer: Buffer): void {
    this.#lent--;
    if (this.#free.length < this.#keep) this.#free.push(buffer);
  }
}
