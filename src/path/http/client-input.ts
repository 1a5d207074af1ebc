import type { RelaySocket } from "../../platform/relay-socket.ts";

/** The client's side of the socket as a source that can be held: what came ahead of its turn, and whether it is read at all. */
export class ClientInput {
  #kept: Buffer | undefined;
  #isHeld = true;
  readonly #socket: RelaySocket;

  /** The socket is not being read yet. */
  constructor(socket: RelaySocket) {
    this.#socket = socket;
  }

  /** The socket is being read. */
  get isRead(): boolean {
    return !this.#isHeld;
  }

  get hasKept(): boolean {
    return this.#kept !== undefined;
  }

  /** Copies bytes whose turn has not come. */
  keep(buffer: Buffer, from: number, to: number): void {
    const rest = Buffer.from(buffer.subarray(from, to));
    this.#kept = this.#kept === undefined ? rest : Buffer.concat([this.#kept, rest]);
  }

  /** Gives them away. */
  take(): Buffer | undefined {
    const kept = this.#kept;
    this.#kept = undefined;
    return kept;
  }

  /** `onData` has answered: whether the socket reads on. */
  answered(readsOn: boolean): boolean {
    this.#isHeld = !readsOn;
    return readsOn;
  }

  /** Reads on, if it was held. */
  resume(): void {
    if (!this.#isHeld) return;
    this.#isHeld = false;
    this.#socket.resume();
  }
}
