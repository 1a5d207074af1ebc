import type { Clock, Timer } from "../../src/platform/clock.ts";

interface Pending {
  readonly dueMs: number;
  readonly action: () => void;
}

/** A clock that stands still until it is told to go on. */
export class SteppedClock implements Clock {
  readonly #wallAtZeroMs: number;
  readonly #pending = new Set<Pending>();
  #nowMs = 0;

  constructor(wallAtZeroMs = 0) {
    this.#wallAtZeroMs = wallAtZeroMs;
  }

  /** Timers that neither fired nor were cancelled. */
  get timers(): number {
    return this.#pending.size;
  }

  nowMs(): number {
    return this.#nowMs;
  }

  wallMs(): number {
    return this.#wallAtZeroMs + this.#nowMs;
  }

  after(delayMs: number, action: () => void): Timer {
    const pending = { dueMs: this.#nowMs + delayMs, action };
    this.#pending.add(pending);
    return { cancel: () => this.#pending.delete(pending) };
  }

  /** Lets `ms` pass; timers fire in the order of their deadlines, also those set meanwhile. */
  advance(ms: number): void {
    const untilMs = this.#nowMs + ms;
    for (;;) {
      const [next] = [...this.#pending].filter((p) => p.dueMs <= untilMs).sort((a, b) => a.dueMs - b.dueMs);
      if (next === undefined) break;
      this.#pending.delete(next);
      this.#nowMs = next.dueMs;
      next.action();
    }
    this.#nowMs = untilMs;
  }
}
