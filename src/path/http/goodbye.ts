import type { Clock } from "../../platform/clock.ts";
import type { RelaySocket } from "../../platform/relay-socket.ts";
import type { Deadline } from "../deadline.ts";

/** How long a client is listened to behind the last answer, before it is closed for it (RFC 9112, section 9.6). */
const LINGER_MS = 2_000;

/**
 * The end of a connection whose client may still be sending: FIN behind the last answer, and what comes is thrown away until
 * the client closes too. To close at once would reset the connection and could take the answer with it.
 */
export class Goodbye {
  readonly #socket: RelaySocket;
  readonly #onSaid: () => void;

  /** @param onSaid called when the socket is closed, perhaps more than once */
  constructor(socket: RelaySocket, clock: Clock, deadline: Deadline, onSaid: () => void) {
    this.#socket = socket;
    this.#onSaid = onSaid;
    deadline.set(clock.nowMs() + LINGER_MS);
    socket.end();
  }

  /** The client has said goodbye as well; what is left of the answer is still sent. */
  onEnd(): void {
    this.#socket.endAndClose();
  }

  /** It had its time. A slow client still gets what the kernel has taken: a reset would throw that away. */
  cut(): void {
    if (this.#socket.unsent > 0) this.#socket.reset();
    else this.#socket.close();
    this.over();
  }

  /** The socket is closed. */
  over(): void {
    this.#onSaid();
  }
}
