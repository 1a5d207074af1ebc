import type { Cause, EndedBy } from "../model/connection-record.ts";
import type { Clock, Timer } from "../platform/clock.ts";
import type { RelaySocket, SocketHandler } from "../platform/relay-socket.ts";
import type { BufferPool } from "./buffer-pool.ts";
import { HalfDuplex } from "./half-duplex.ts";
import { causeOfSocketError, isResetByPeer } from "./socket-failure.ts";

export type Side = "client" | "backend";

export interface RelayOptions {
  /** No byte either way for this long ends the connection; 0 = never. */
  readonly idleTimeoutMs: number;
  /** The same once one side has sent its FIN; 0 = no limit of its own. */
  readonly halfClosedTimeoutMs: number;
  /** Pass a FIN on and let the other direction go on. False: one FIN ends both directions. */
  readonly halfOpen: boolean;
}

export interface RelayEnd {
  readonly endedBy: EndedBy;
  readonly cause: Cause;
  /** Whom the relay was waiting for when a timeout ended it; decides HAProxy's `c` or `s`. */
  readonly waitingFor: Side;
}

export interface RelayParts {
  readonly client: RelaySocket;
  readonly backend: RelaySocket;
  readonly pool: BufferPool;
  readonly clock: Clock;
  readonly options: RelayOptions;
  /** Called exactly once, when both sockets are closed or being closed for good. A polite end may then still be sending. */
  readonly onFinished: (end: RelayEnd) => void;
}

/** How long a peer may take to fetch the last bytes of a connection that was ended from outside. */
const LINGER_MS = 5_000;

/** What one socket of the relay has done so far. */
class Leg implements SocketHandler {
  /** The direction that this socket feeds. */
  readonly outgoing: HalfDuplex;
  readonly side: Side;
  readonly #relay: Relay;
  ended = false;
  closed = false;

  constructor(relay: Relay, side: Side, outgoing: HalfDuplex) {
    this.#relay = relay;
    this.side = side;
    this.outgoing = outgoing;
  }

  readBuffer(): Buffer {
    return this.outgoing.readBuffer();
  }
  onData(buffer: Buffer, length: number): boolean {
    return this.#relay.onData(this, buffer, length);
  }
  onEnd(): void {
    this.#relay.onEnd(this);
  }
  onDrain(): void {
    this.#relay.onDrain(this);
  }
  onConnected(): void {}
  onError(error: Error): void {
    this.#relay.onError(this, error);
  }
  onClosed(): void {
    this.#relay.onClosed(this);
  }
}

/**
 * Two half-duplexes with one joint end. Half-closes are passed on one side at a time, a reset of one side resets the
 * other, idle and half-closed time are bounded. Owns both sockets from `start` until they are closed.
 */
export class Relay {
  readonly #parts: RelayParts;
  readonly #client: Leg;
  readonly #backend: Leg;
  #lastActivityMs: number;
  #timer: Timer | undefined;
  #firstEnd: Leg | undefined;
  #lastSender: Side = "client";
  #lastBacklog = 0;
  #finished = false;

  constructor(parts: RelayParts) {
    this.#parts = parts;
    this.#lastActivityMs = parts.clock.nowMs();
    this.#client = new Leg(this, "client", new HalfDuplex(parts.pool, parts.client, parts.backend));
    this.#backend = new Leg(this, "backend", new HalfDuplex(parts.pool, parts.backend, parts.client));
  }

  /** Bytes from the client. */
  get bytesIn(): number {
    return this.#client.outgoing.bytes;
  }

  /** Bytes to the client. */
  get bytesOut(): number {
    return this.#backend.outgoing.bytes;
  }

  /**
   * Takes both sockets over and starts reading. `readAhead` are bytes of the client that came before; `clientEnded`: so
   * did its FIN.
   */
  start(readAhead: Buffer | undefined, clientEnded: boolean): void {
    const { client, backend } = this.#parts;
    client.handler = this.#client;
    backend.handler = this.#backend;
    this.#armTimer();
    const goOn = readAhead === undefined || this.#client.outgoing.onSourceData(readAhead, readAhead.length);
    if (goOn) client.resume();
    backend.resume();
    if (clientEnded) this.onEnd(this.#client);
  }

  /**
   * Ends the connection from outside: `politely` sends what is queued and a FIN first, for a few seconds at most,
   * otherwise both sides are reset.
   */
  abort(endedBy: EndedBy, cause: Cause, politely: boolean): void {
    if (this.#finished) return;
    const end: RelayEnd = { endedBy, cause, waitingFor: "client" };
    if (!politely) {
      this.#endBoth(end);
      return;
    }
    const { client, backend, clock } = this.#parts;
    this.#client.outgoing.discardRest();
    this.#backend.outgoing.discardRest();
    client.endAndClose();
    backend.endAndClose();
    this.#finish(end, () => {
      this.#timer = clock.after(LINGER_MS, () => this.#resetBoth());
    });
  }

  onData(from: Leg, buffer: Buffer, length: number): boolean {
    this.#lastActivityMs = this.#parts.clock.nowMs();
    this.#lastSender = from.side;
    return from.outgoing.onSourceData(buffer, length);
  }

  onDrain(of: Leg): void {
    this.#lastActivityMs = this.#parts.clock.nowMs();
    this.#other(of).outgoing.onSinkDrained();
  }

  onEnd(of: Leg): void {
    of.ended = true;
    if (this.#finished) return;
    of.outgoing.onSourceEnded();
    const other = this.#other(of);
    this.#lastActivityMs = this.#parts.clock.nowMs();
    if (this.#firstEnd === undefined) {
      this.#firstEnd = of;
      this.#armTimer();
    }
    if (this.#parts.options.halfOpen || other.ended) {
      this.#socketOf(other).end();
      return;
    }
    // The side that ended gets a FIN too, and what the other still sends is no longer wanted.
    other.outgoing.discardRest();
    this.#socketOf(of).endAndClose();
    this.#socketOf(other).endAndClose();
  }

  onError(of: Leg, error: Error): void {
    if (this.#finished) return;
    const other = this.#other(of);
    const allSent = this.#parts.client.unsent === 0 && this.#parts.backend.unsent === 0;
    const passedOnInFull = this.#firstEnd === other && allSent && isResetByPeer(error);
    // The other side had said goodbye and nothing is on its way: closing with RST instead of FIN is this one's manner.
    if (passedOnInFull) {
      this.#parts.client.close();
      this.#parts.backend.close();
      this.#finish({ endedBy: other.side, cause: "finished", waitingFor: of.side });
    } else this.#endBoth({ endedBy: of.side, cause: causeOfSocketError(error), waitingFor: of.side });
  }

  onClosed(of: Leg): void {
    of.closed = true;
    const other = this.#other(of);
    if (this.#finished) {
      if (other.closed) this.#dispose();
      return;
    }
    if (!other.closed) {
      // A socket that closes by itself has ended both ways, so the other one is about to close too; without both FINs
      // (HALF_OPEN=false) it is told to.
      if (!of.ended || !other.ended) this.#socketOf(other).endAndClose();
      return;
    }
    const first = this.#firstEnd ?? of;
    this.#finish({ endedBy: first.side, cause: "finished", waitingFor: this.#other(first).side });
  }

  #endBoth(end: RelayEnd): void {
    this.#resetBoth();
    this.#finish(end);
  }

  #resetBoth(): void {
    this.#parts.client.reset();
    this.#parts.backend.reset();
    this.#dispose();
  }

  /** @param linger what to do instead of giving everything back, when the sockets have still something to send. */
  #finish(end: RelayEnd, linger: () => void = () => this.#dispose()): void {
    if (this.#finished) return;
    this.#finished = true;
    this.#timer?.cancel();
    linger();
    this.#parts.onFinished(end);
  }

  /** Both sockets are closed: nothing reads into the buffers any more, nothing is sent from them. */
  #dispose(): void {
    this.#timer?.cancel();
    this.#client.outgoing.dispose();
    this.#backend.outgoing.dispose();
  }

  #other(leg: Leg): Leg {
    return leg === this.#client ? this.#backend : this.#client;
  }

  #socketOf(leg: Leg): RelaySocket {
    return leg === this.#client ? this.#parts.client : this.#parts.backend;
  }

  /** One timer for both limits. Activity only moves a number; the timer looks at it when it fires and sleeps on. */
  #armTimer(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    const dueMs = this.#dueMs();
    if (dueMs === Number.POSITIVE_INFINITY) return;
    const delayMs = Math.max(1, dueMs - this.#parts.clock.nowMs());
    this.#timer = this.#parts.clock.after(delayMs, () => this.#onTimer());
  }

  #dueMs(): number {
    const { idleTimeoutMs, halfClosedTimeoutMs } = this.#parts.options;
    const idle = idleTimeoutMs > 0 ? idleTimeoutMs : Number.POSITIVE_INFINITY;
    const halfClosed =
      this.#firstEnd !== undefined && halfClosedTimeoutMs > 0 ? halfClosedTimeoutMs : Number.POSITIVE_INFINITY;
    return this.#lastActivityMs + Math.min(idle, halfClosed);
  }

  #onTimer(): void {
    const now = this.#parts.clock.nowMs();
    // A slow reader that takes a large write bit by bit shows only in the backlog.
    const backlog = this.#parts.client.writeBacklog + this.#parts.backend.writeBacklog;
    if (backlog !== this.#lastBacklog) {
      this.#lastBacklog = backlog;
      this.#lastActivityMs = now;
    }
    if (now < this.#dueMs()) this.#armTimer();
    else if (this.#firstEnd !== undefined) {
      const waitingFor = this.#firstEnd === this.#client ? "backend" : "client";
      // The client has its FIN behind all that the backend had to say, and may be slow to fetch what the kernel holds of it: a
      // reset would throw that away.
      const { client } = this.#parts;
      if (waitingFor === "client" && client.unsent === 0) client.close();
      this.#endBoth({ endedBy: "balancer", cause: "half-closed-timeout", waitingFor });
    } else {
      const waitingFor = this.#lastSender === "client" ? "backend" : "client";
      this.#endBoth({ endedBy: "balancer", cause: "idle-timeout", waitingFor });
    }
  }
}
