import type { Clock, Timer } from "../platform/clock.ts";

/**
 * One deadline that moves all the time. Moving it further away only changes a number; the timer looks at it when it fires and
 * sleeps on, so that a busy connection arms a timer now and then instead of with every message.
 */
export class Deadline {
  readonly #clock: Clock;
  readonly #onDue: () => void;
  #dueMs = Number.POSITIVE_INFINITY;
  #firesAtMs = Number.POSITIVE_INFINITY;
  #timer: Timer | undefined;

  /** @param onDue called once for every deadline that was `set` and passed; may set the next one. */
  constructor(clock: Clock, onDue: () => void) {
    this.#clock = clock;
    this.#onDue = onDue;
  }

  /** Replaces the deadline. @param dueMs monotonic ms; Infinity = none. */
  set(dueMs: number): void {
    this.#dueMs = dueMs;
    if (dueMs < this.#firesAtMs) this.#arm(dueMs);
  }

  /** No deadline any more, and no timer. May be `set` again. */
  cancel(): void {
    this.#dueMs = Number.POSITIVE_INFINITY;
    this.#firesAtMs = Number.POSITIVE_INFINITY;
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  #arm(atMs: number): void {
    this.#timer?.cancel();
    this.#firesAtMs = atMs;
    this.#timer = this.#clock.after(Math.max(1, atMs - this.#clock.nowMs()), () => this.#onTimer());
  }

  #onTimer(): void {
    this.#firesAtMs = Number.POSITIVE_INFINITY;
    this.#timer = undefined;
    const dueMs = this.#dueMs;
    if (dueMs === Number.POSITIVE_INFINITY) return;
    if (this.#clock.nowMs() < dueMs) {
      this.#arm(dueMs);
      return;
    }
    this.#dueMs = Number.POSITIVE_INFINITY;
    this.#onDue();
  }
}
