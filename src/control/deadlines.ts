import type { Clock, Timer } from "../platform/clock.ts";

interface Armed {
  readonly atMs: number;
  timer: Timer;
}

/**
 * A set of named points in time, kept equal to what the state says. Actions run at or after their time, never before: a
 * timer that fires early (Node rounds to whole milliseconds, and cuts delays above 24.8 days) is set again for the rest.
 */
export class Deadlines<Key> {
  readonly #clock: Clock;
  readonly #onDeadline: (key: Key) => void;
  readonly #armed = new Map<Key, Armed>();

  constructor(clock: Clock, onDeadline: (key: Key) => void) {
    this.#clock = clock;
    this.#onDeadline = onDeadline;
  }

  /** Arms what is new or moved and cancels what is not in `wanted` any more. Infinity means never. */
  sync(wanted: ReadonlyMap<Key, number>): void {
    for (const [key, armed] of this.#armed) {
      if (wanted.get(key) === armed.atMs) continue;
      armed.timer.cancel();
      this.#armed.delete(key);
    }
    for (const [key, atMs] of wanted) {
      if (this.#armed.has(key) || atMs === Number.POSITIVE_INFINITY) continue;
      this.#armed.set(key, { atMs, timer: this.#schedule(key, atMs) });
    }
  }

  #schedule(key: Key, atMs: number): Timer {
    return this.#clock.after(Math.max(0, atMs - this.#clock.nowMs()), () => {
      const armed = this.#armed.get(key);
      if (armed === undefined) return;
      if (this.#clock.nowMs() < atMs) {
        armed.timer = this.#schedule(key, atMs);
        return;
      }
      this.#armed.delete(key);
      this.#onDeadline(key);
    });
  }
}
