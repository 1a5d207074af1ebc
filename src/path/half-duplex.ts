import type { RelaySocket } from "../platform/relay-socket.ts";
import type { BufferPool } from "./buffer-pool.ts";

/**
 * A chunk up to this size is written as a `latin1` string: libuv tries the write at once and copies what the kernel did
 * not take, so the shared scratch buffer is free again when the call returns.
 */
const SMALL_BYTES = 1024;

/**
 * One direction of a relay: what `source` sends goes to `sink`, in order, each byte once.
 *
 * Reads start in the shared scratch buffer. A small chunk is written as a string; a larger one is copied once into a
 * large buffer from the pool. A read that fills its buffer says that more is waiting: then the next read goes straight to
 * the large buffer, until one does not fill it. While the sink has bytes that the kernel did not take, the source is not
 * read, so nothing of the large buffer is overwritten in flight and no more than one is ever queued. When all is sent and
 * nothing more is waiting the buffer goes back, so a direction that is idle holds none (unless its last read filled its
 * buffer to the byte: Node has that buffer as the target of the next read and cannot be given another one meanwhile).
 *
 * Borrows both sockets; the relay owns their end.
 */
export class HalfDuplex {
  /** Bytes that `source` sent. */
  bytes = 0;
  readonly #pool: BufferPool;
  readonly #source: RelaySocket;
  readonly #sink: RelaySocket;
  /** Lent by the pool: bytes of it may be in flight, and the next read may go there. */
  #large: Buffer | undefined;
  #readsLarge = false;
  #sourceStopped = false;
  #sinkGone = false;

  constructor(pool: BufferPool, source: RelaySocket, sink: RelaySocket) {
    this.#pool = pool;
    this.#source = source;
    this.#sink = sink;
  }

  readBuffer(): Buffer {
    return this.#readsLarge && this.#large !== undefined ? this.#large : this.#pool.scratch;
  }

  /** Passes a chunk on. Returns false when the source must wait for `onSinkDrained`. */
  onSourceData(buffer: Buffer, length: number): boolean {
    this.bytes += length;
    if (this.#sinkGone) return true;
    const sink = this.#sink;
    const { scratch } = this.#pool;
    if (buffer === this.#large) sink.write(buffer.subarray(0, length));
    else if (buffer !== scratch) sink.write(buffer);
    else if (length <= SMALL_BYTES) sink.writeLatin1(buffer.toString("latin1", 0, length));
    else this.#copyAndWrite(buffer, length);
    this.#readsLarge = length === buffer.length && this.#large !== undefined;
    if (sink.unsent > 0) {
      this.#sourceStopped = true;
      return false;
    }
    if (!this.#readsLarge) this.#giveBack();
    return true;
  }

  #copyAndWrite(scratch: Buffer, length: number): void {
    const large = this.#pool.take();
    let from = 0;
    // Only a BUFFER below the scratch size needs more than one round: those chunks get memory of their own.
    while (length - from > large.length) {
      this.#sink.write(Buffer.from(scratch.subarray(from, from + large.length)));
      from += large.length;
    }
    this.#large = large;
    scratch.copy(large, 0, from, length);
    this.#sink.write(large.subarray(0, length - from));
  }

  #giveBack(): void {
    if (this.#large === undefined) return;
    this.#pool.release(this.#large);
    this.#large = undefined;
  }

  /** The kernel has taken everything: read on. */
  onSinkDrained(): void {
    if (!this.#sourceStopped || this.#sink.unsent > 0) return;
    this.#sourceStopped = false;
    if (!this.#readsLarge) this.#giveBack();
    this.#source.resume();
  }

  /** The source will send no more; its last bytes may still be on their way to the sink. */
  onSourceEnded(): void {
    if (this.#sink.unsent === 0) this.#giveBack();
  }

  /**
   * The sink takes no more bytes: what still comes from the source is dropped. A source that was stopped stays so, as its
   * next read would overwrite what the sink has not sent.
   */
  discardRest(): void {
    this.#sinkGone = true;
  }

  /** Both sockets are closed: nothing is in flight any more. */
  dispose(): void {
    this.#giveBack();
  }
}
