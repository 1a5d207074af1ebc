/** A pending timer. Cancelling twice, or after it fired, is harmless. */
export interface Timer {
  cancel(): void;
}

/** Time as the rest of the code sees it; tests inject their own. */
export interface Clock {
  /** Monotonic milliseconds, for durations and deadlines. */
  nowMs(): number;
  /** Wall clock, milliseconds since the epoch, for log lines. */
  wallMs(): number;
  /** Runs `action` once after `delayMs`. The timer alone does not keep the process alive. */
  after(delayMs: number, action: () => void): Timer;
}

/** Node rounds a delay above this down to 1 ms, so longer ones are cut to it (24.8 days). */
const LONGEST_DELAY_MS = 2 ** 31 - 1;

class NodeTimer implements Timer {
  readonly #handle: NodeJS.Timeout;

  constructor(delayMs: number, action: () => void) {
    this.#handle = setTimeout(action, Math.min(delayMs, LONGEST_DELAY_MS));
    this.#handle.unref();
  }

  cancel(): void {
    clearTimeout(this.#handle);
  }
}

/** The machine's clock. */
export const systemClock: Clock = {
  nowMs: () => performance.now(),
  wallMs: () => Date.now(),
  after: (delayMs, action) => new NodeTimer(delayMs, action),
};
