import type { Cause, EndedBy } from "../../model/connection-record.ts";
import type { Clock } from "../../platform/clock.ts";
import type { RelaySocket } from "../../platform/relay-socket.ts";
import type { Deadline } from "../deadline.ts";

/** How long a client may take to fetch the last answer and to close, before it is closed for it (RFC 9112, section 9.6). */
const LINGER_MS = 2_000;

/**
 * The end of a connection whose client may still be sending: FIN behind the last answer, and what comes is thrown away until
 * the client closes too. To close at once would reset the connection and could take the answer with it.
 */
export class Goodbye {
  readonly #socket: RelaySocket;
  readonly #onSaid: (endedBy: EndedBy, cause: Cause) => void;
  readonly #endedBy: EndedBy;
  readonly #cause: Cause;

  /** @param onSaid called once, when the socket is closed or being closed; may be called again */
  constructor(
    socket: RelaySocket,
    clock: Clock,
    deadline: Deadline,
    endedBy: EndedBy,
    cause: Cause,
    onSaid: (endedBy: EndedBy, cause: Cause) => void,
  ) {
    this.#socket = socket;
    this.#endedBy = endedBy;
    this.#cause = cause;
    this.#onSaid = onSaid;
    deadline.set(clock.nowMs() + LINGER_MS);
    socket.end();
  }

  /** The client has said goodbye as well; what is left of the answer is still sent. */
  onEnd(): void {
    this.#socket.endAndClose();
  }

  /** The deadline has passed: it had its time. */
  onDeadline(): void {
    this.#socket.reset();
    this.over();
  }

  /** The socket is closed. */
  over(): void {
    this.#onSaid(this.#endedBy, this.#cause);
  }
}
