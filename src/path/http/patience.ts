import type { Clock } from "../../platform/clock.ts";
import type { DataPath } from "../data-path.ts";
import type { Side } from "../relay.ts";
import type { ExchangeHost } from "./exchange-host.ts";
import type { Seat } from "./seat.ts";
import type { Sending } from "./sending.ts";
import type { HttpService } from "./service.ts";

/** The exchange that is waited for. */
export interface Awaited {
  readonly seat: Seat;
  readonly sending: Sending;
}

/**
 * How long an exchange is waited for: keeps the deadline of its client connection up to date. One serves all exchanges of the
 * connection, one after another: each begins it anew.
 */
export class Patience {
  readonly #clock: Clock;
  readonly #idleTimeoutMs: number;
  readonly #responseTimeoutMs: number;
  readonly #host: ExchangeHost;
  #awaited: Awaited | undefined;
  #lastActivityMs = 0;
  #lastBacklog = 0;
  #sentAtMs = -1;
  #hasHead = false;

  constructor(path: DataPath, { options }: HttpService, host: ExchangeHost) {
    this.#clock = path.clock;
    this.#idleTimeoutMs = path.options.relay.idleTimeoutMs;
    this.#responseTimeoutMs = options.responseTimeoutMs;
    this.#host = host;
  }

  /** Nothing of `awaited` was sent yet. */
  begin(awaited: Awaited): void {
    this.#awaited = awaited;
    this.#lastBacklog = 0;
    this.#sentAtMs = -1;
    this.#hasHead = false;
  }

  /** It is over. Nothing of it is kept: the connection may be idle for long. */
  end(): void {
    this.#awaited = undefined;
  }

  /** When bytes came or went last. */
  get lastActivityMs(): number {
    return this.#lastActivityMs;
  }

  /** Bytes have come from the backend, or a side has taken what it was sent. */
  touch(): void {
    this.#lastActivityMs = this.#clock.nowMs();
    this.#setDeadline();
  }

  /** A part of the request was sent, or all of it. */
  noteSending(nowMs: number): void {
    this.#lastActivityMs = nowMs;
    if (this.#awaited?.sending.isDone === true) this.#sentAtMs = nowMs;
    this.#setDeadline();
  }

  /**
   * The head of the answer is there; from now on only silence counts.
   * @returns from the end of the request to the last bytes that came; 0 when the answer came before it
   */
  noteHead(): number {
    this.#hasHead = true;
    this.#setDeadline();
    return this.#sentAtMs < 0 ? 0 : this.#lastActivityMs - this.#sentAtMs;
  }

  /** The deadline has passed: whose turn it was, or undefined when something has moved after all. */
  expired(): Side | undefined {
    const host = this.#host;
    const backlog = host.socket.writeBacklog + (this.#awaited?.seat.upstream?.socket.writeBacklog ?? 0);
    // A slow reader that takes a large write bit by bit shows only in the backlog.
    if (backlog !== this.#lastBacklog) {
      this.#lastBacklog = backlog;
      this.touch();
      return undefined;
    }
    if (host.answerFlow.isStalled) return "client";
    const sending = this.#awaited?.sending;
    return sending?.isDone === true || sending?.isStalled === true ? "backend" : "client";
  }

  #setDeadline(): void {
    const idleMs = this.#idleTimeoutMs > 0 ? this.#lastActivityMs + this.#idleTimeoutMs : Number.POSITIVE_INFINITY;
    const waitsForHead = this.#responseTimeoutMs > 0 && this.#sentAtMs >= 0 && !this.#hasHead;
    this.#host.deadline.set(waitsForHead ? Math.min(idleMs, this.#sentAtMs + this.#responseTimeoutMs) : idleMs);
  }
}
