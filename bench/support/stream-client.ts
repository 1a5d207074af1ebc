import { connect, type Socket } from "node:net";
import { resetConnection } from "../../src/platform/socket-quirks.ts";
import { type LoadContext, sourceAddress } from "./load.ts";

const READ_BUFFER_BYTES = 262_144;

/** A buffer that all clients of one load read into: a read is handled to its end before the next one begins. */
export function newReadBuffer(): Buffer {
  return Buffer.allocUnsafe(READ_BUFFER_BYTES);
}

/** What a client does with what happens to it. `chunk` is valid during the call only, up to `length`. */
export interface ClientEvents {
  received(chunk: Uint8Array, length: number): void;
  drained?(): void;
}

/**
 * One load connection through the balancer; owns its socket. Whatever it is waited for is rejected as soon as the
 * connection fails, or ends without having been asked to.
 */
export class StreamClient {
  readonly #socket: Socket;
  readonly #connected: Promise<void>;
  readonly #closed: Promise<void>;
  readonly #failed: Promise<never>;
  readonly #balancerEnded: Promise<void>;
  #reject: (error: Error) => void = () => {};
  #ending = false;
  #ended: () => void = () => {};

  /** @param index gives its source address */
  constructor(context: LoadContext, index: number, readBuffer: Buffer, events: ClientEvents) {
    this.#failed = new Promise((_, reject) => {
      this.#reject = reject;
    });
    // Nobody may be waiting when it fails; the next one to wait is told.
    this.#failed.catch(() => {});
    const socket = connect({
      ...context.target,
      localAddress: sourceAddress(index, context.seed),
      noDelay: true,
      allowHalfOpen: true,
      onread: {
        buffer: readBuffer,
        callback: (length, chunk) => {
          events.received(chunk, length);
          return true;
        },
      },
    });
    this.#socket = socket;
    if (events.drained !== undefined) socket.on("drain", events.drained);
    socket.on("error", (error) => this.fail(`a connection failed: ${error.message}`));
    socket.on("end", () => {
      if (!this.#ending) this.fail("the balancer ended a connection in the middle of the work");
      this.#ended();
    });
    this.#balancerEnded = new Promise((resolve) => {
      this.#ended = resolve;
    });
    this.#connected = new Promise((resolve) => socket.once("connect", () => resolve()));
    this.#closed = new Promise((resolve) => socket.once("close", () => resolve()));
  }

  connected(): Promise<void> {
    return this.during(this.#connected);
  }

  /** False when nothing more should be written before `drained`. */
  write(chunk: Buffer): boolean {
    return this.#socket.write(chunk);
  }

  /** Waits for `work`, or for this connection to fail. */
  during<T>(work: Promise<T>): Promise<T> {
    return Promise.race([work, this.#failed]);
  }

  /** The balancer is to end this connection: from now on that is no failure, but waited for. Then says goodbye as well. */
  async closedByBalancer(): Promise<void> {
    this.#ending = true;
    await this.during(this.#balancerEnded);
    await this.close();
  }

  /** Says goodbye and waits for the other side's. */
  async close(): Promise<void> {
    this.#ending = true;
    this.#socket.end();
    await this.during(this.#closed);
  }

  /** Rejects whatever waits for this connection and resets it. The first reason counts. */
  fail(reason: string): void {
    this.#reject(new Error(reason));
    resetConnection(this.#socket);
  }
}
