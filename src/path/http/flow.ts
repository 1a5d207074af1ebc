import type { RelaySocket } from "../../platform/relay-socket.ts";
import type { BufferPool } from "../buffer-pool.ts";

/**
 * Up to this size bytes are written as a `latin1` string: libuv tries the write at once and copies what the kernel did not
 * take, so the memory they lie in is free again when the call returns.
 */
const SMALL_BYTES = 4096;

/**
 * One direction of an exchange: ranges of what was read go to `sink`, in order, each byte once. As `HalfDuplex` does for
 * whole reads: small ranges as strings, large ones copied once into a buffer of the pool, which the next read then goes to
 * while reads fill it. While the sink has bytes that the kernel did not take, its source must not be read.
 */
export class Flow {
  /** Bytes written to the sink. */
  bytes = 0;
  readonly #pool: BufferPool;
  readonly #sink: RelaySocket;
  #large: Buffer | undefined;
  #readsLarge = false;

  constructor(pool: BufferPool, sink: RelaySocket) {
    this.#pool = pool;
    this.#sink = sink;
  }

  readBuffer(): Buffer {
    return this.#readsLarge && this.#large !== undefined ? this.#large : this.#pool.scratch;
  }

  /** Its source reads into a buffer of the pool next, which must not be given back while that socket is open. */
  get isReadInto(): boolean {
    return this.#readsLarge;
  }

  /** The kernel has not taken everything yet. */
  get isStalled(): boolean {
    return this.#sink.unsent > 0;
  }

  /** Writes each char code as one byte. */
  text(text: string): void {
    this.bytes += text.length;
    this.#sink.writeLatin1(text);
  }

  /** Writes bytes that stay as they are: constants, or memory that belongs to nobody else. */
  own(bytes: Buffer): void {
    this.bytes += bytes.length;
    this.#sink.write(bytes);
  }

  /**
   * Writes `buffer[from..to)` behind `ahead`, a text of one char code a byte. At most once for what one read gave: the next
   * one may overwrite the pool's buffer only when all is sent.
   */
  pass(ahead: string, buffer: Buffer, from: number, to: number): void {
    const total = ahead.length + to - from;
    if (total === 0) return;
    this.bytes += total;
    if (from === to) this.#sink.writeLatin1(ahead);
    else if (total <= SMALL_BYTES) this.#sink.writeLatin1(ahead + buffer.toString("latin1", from, to));
    else if (buffer === this.#pool.scratch) this.#copyAndWrite(ahead, buffer, from, to);
    else {
      if (ahead !== "") this.#sink.writeLatin1(ahead);
      this.#sink.write(buffer.subarray(from, to));
    }
  }

  /**
   * To be called behind the passes of one read. @param filled the read filled its buffer, so more is waiting.
   * @returns false when the source must wait until the sink has drained
   */
  settle(filled: boolean): boolean {
    this.#readsLarge = filled && this.#large !== undefined;
    if (this.isStalled) return false;
    if (!this.#readsLarge) this.#giveBack();
    return true;
  }

  /** The kernel has taken everything. @returns whether the source may go on */
  onSinkDrained(): boolean {
    if (this.isStalled) return false;
    if (!this.#readsLarge) this.#giveBack();
    return true;
  }

  /** The direction is over: nothing is read into its buffer any more, and nothing of it is on its way, or never will be. */
  dispose(): void {
    this.#readsLarge = false;
    this.#giveBack();
  }

  #copyAndWrite(ahead: string, buffer: Buffer, from: number, to: number): void {
    const large = this.#pool.take();
    this.#large = large;
    let start = from;
    let at = 0;
    if (ahead.length + to - from <= large.length) at = large.write(ahead, 0, "latin1");
    else {
      // Only a BUFFER below the scratch size needs more than one round: those bytes get memory of their own.
      if (ahead !== "") this.#sink.writeLatin1(ahead);
      while (to - start > large.length) {
        this.#sink.write(Buffer.from(buffer.subarray(start, start + large.length)));
        start += large.length;
      }
    }
    at += buffer.copy(large, at, start, to);
    this.#sink.write(large.subarray(0, at));
  }

  #giveBack(): void {
    if (this.#large === undefined) return;
    this.#pool.release(this.#large);
    this.#large = undefined;
  }
}
