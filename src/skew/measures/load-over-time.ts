/**
 * Load by time: integrates how many connections each backend has open, so that a long one counts for more than a short one.
 * Changes have to come in the order of time.
 */
export class LoadOverTime {
  readonly #open: Float64Array;
  readonly #peaks: Float64Array;
  /** Connections × ms up to the backend's last change. */
  readonly #integrals: Float64Array;
  readonly #changedMs: Float64Array;
  readonly #startMs: number;
  #nowMs: number;

  /** @param backends - how many; they are named by their index */
  constructor(backends: number, startMs: number) {
    this.#open = new Float64Array(backends);
    this.#peaks = new Float64Array(backends);
    this.#integrals = new Float64Array(backends);
    this.#changedMs = new Float64Array(backends).fill(startMs);
    this.#startMs = startMs;
    this.#nowMs = startMs;
  }

  /**
   * `difference` more connections are open on `backend` from `atMs` on; fewer when it is negative.
   * @throws RangeError for an unknown backend, a time before an earlier one, or less than no connections
   */
  change(backend: number, atMs: number, difference: number): void {
    const open = this.#open[backend];
    if (open === undefined) throw new RangeError(`there is no backend ${backend}`);
    this.#pass(atMs);
    if (open + difference < 0) throw new RangeError(`backend ${backend} would have ${open + difference} connections`);
    this.#integrals[backend] = this.#integralAt(backend, atMs);
    this.#changedMs[backend] = atMs;
    this.#open[backend] = open + difference;
    this.#peaks[backend] = Math.max(this.#peaks[backend] ?? 0, open + difference);
  }

  /** Open connections of each backend now, in an array of its own. */
  get open(): Float64Array {
    return this.#open.slice();
  }

  /** The most that each backend ever had open. */
  get peaks(): Float64Array {
    return this.#peaks.slice();
  }

  /** Average of the open connections of each backend from the start to `untilMs`; what is open now when no time has passed. */
  meansUntil(untilMs: number): Float64Array {
    this.#pass(untilMs);
    const lengthMs = untilMs - this.#startMs;
    if (lengthMs === 0) return this.open;
    return this.#integrals.map((_, backend) => this.#integralAt(backend, untilMs) / lengthMs);
  }

  #integralAt(backend: number, atMs: number): number {
    return (this.#integrals[backend] ?? 0) + (this.#open[backend] ?? 0) * (atMs - (this.#changedMs[backend] ?? 0));
  }

  #pass(atMs: number): void {
    if (!(atMs >= this.#nowMs)) throw new RangeError(`${atMs} ms is before ${this.#nowMs} ms`);
    this.#nowMs = atMs;
  }
}
