import type { Cause } from "../model/connection-record.ts";
import type { Clock, Timer } from "../platform/clock.ts";
import type { Dial, DialOptions, RelaySocket, SocketHandler } from "../platform/relay-socket.ts";
import { causeOfConnectError } from "./socket-failure.ts";

export interface DialingParts {
  readonly dial: Dial;
  readonly options: DialOptions;
  /** 0 = the kernel's own limit. */
  readonly timeoutMs: number;
  /** Where the socket's first read goes: Node asks for it when the socket is made. */
  readonly firstBuffer: Buffer;
  readonly clock: Clock;
}

/** One attempt to connect, with a deadline. Ends in exactly one of `onConnected`, `onFailed` or `abandon`. */
export class Dialing implements SocketHandler {
  readonly #socket: RelaySocket;
  readonly #onConnected: (socket: RelaySocket) => void;
  readonly #onFailed: (cause: Cause) => void;
  readonly #deadline: Timer | undefined;
  readonly #firstBuffer: Buffer;
  #over = false;

  /** Whoever gets the socket from `onConnected` owns it and replaces its handler at once. */
  constructor(parts: DialingParts, onConnected: (socket: RelaySocket) => void, onFailed: (cause: Cause) => void) {
    const { timeoutMs, clock } = parts;
    this.#firstBuffer = parts.firstBuffer;
    this.#onConnected = onConnected;
    this.#onFailed = onFailed;
    this.#deadline = timeoutMs > 0 ? clock.after(timeoutMs, () => this.#fail("connect-timeout")) : undefined;
    this.#socket = parts.dial(parts.options, this);
  }

  /** Nobody wants the connection any more. */
  abandon(): void {
    if (this.#settle()) this.#socket.close();
  }

  onConnected(): void {
    if (this.#settle()) this.#onConnected(this.#socket);
  }

  onError(error: Error): void {
    this.#fail(causeOfConnectError(error));
  }

  onClosed(): void {
    this.#fail("connect-reset");
  }

  readBuffer(): Buffer {
    return this.#firstBuffer;
  }
  /** Cannot happen before `onConnected`, which replaces the handler; were it to, the bytes would be lost. */
  onData(): boolean {
    this.#fail("unknown-error");
    return false;
  }
  onEnd(): void {}
  onDrain(): void {}

  #fail(cause: Cause): void {
    if (!this.#settle()) return;
    this.#socket.close();
    this.#onFailed(cause);
  }

  #settle(): boolean {
    if (this.#over) return false;
    this.#over = true;
    this.#deadline?.cancel();
    return true;
  }
}
