import { type Evenness, evenness } from "../measures/evenness.ts";
import { LoadOverTime } from "../measures/load-over-time.ts";
import { rounded } from "../rounded.ts";
import type { Course } from "./course.ts";
import type { LoadSeries } from "./time-study.ts";

/** Intervals of the series; of half a minute in the default plan. */
export const INTERVALS = 90;
/** More digits than a plot shows, fewer than a file needs. */
const SERIES_DECIMALS = 3;
const SHARE_DECIMALS = 6;

/** What a {@link LoadWatch} saw. */
export interface SeenLoad {
  readonly byTime: Evenness;
  readonly peakOverFairShare: number;
  readonly series: LoadSeries;
}

/**
 * Watches how many connections are open on each backend, from the end of the warm-up on. Changes have to come in the order
 * of time. An instant counts as it is when everything in it has happened: a failure together with all that reconnected.
 */
export class LoadWatch {
  readonly #course: Course;
  readonly #open: Int32Array;
  readonly #weights: Float64Array;
  /** 1 = takes new clients: only those have a fair share. */
  readonly #isUp: Uint8Array;
  /** Undefined during the warm-up. */
  #measured: LoadOverTime | undefined;
  #nowMs = 0;
  #peak = 0;
  #quiet: Evenness | undefined;
  /** Connections × ms from the end of the warm-up to the start of the current interval, by backend. */
  #before: Float64Array;
  readonly #series: number[][];
  #interval = 0;

  constructor(course: Course) {
    const { backends, atStart } = course;
    this.#course = course;
    this.#open = new Int32Array(backends.length);
    this.#weights = Float64Array.from(backends, ({ weight }) => weight);
    this.#isUp = Uint8Array.from(backends, (_, i) => (i < atStart ? 1 : 0));
    this.#before = new Float64Array(backends.length);
    this.#series = backends.map(() => []);
  }

  /** `difference` more connections are open on a backend, fewer when it is negative. */
  change(backend: number, atMs: number, difference: number): void {
    this.#advance(atMs);
    this.#open[backend] = (this.#open[backend] ?? 0) + difference;
    this.#measured?.change(backend, atMs, difference);
  }

  setUp(backend: number, atMs: number, isUp: boolean): void {
    this.#advance(atMs);
    this.#isUp[backend] = isUp ? 1 : 0;
  }

  /** Connections open now, on all backends. */
  get total(): number {
    return this.#open.reduce((a, b) => a + b, 0);
  }

  /** Ends the watch; to be called once. */
  finish(): SeenLoad {
    const { lengthMs } = this.#course;
    this.#advance(lengthMs);
    return {
      byTime: this.#quiet ?? evenness([0]),
      peakOverFairShare: rounded(this.#peak, SHARE_DECIMALS),
      series: {
        atMs: Array.from({ length: INTERVALS }, (_, i) => Math.round((this.#endOf(i - 1) + this.#endOf(i)) / 2)),
        open: this.#series,
      },
    };
  }

  /** Nothing has changed from the last call until `toMs`. */
  #advance(toMs: number): void {
    if (toMs <= this.#nowMs) return;
    const { warmUpMs } = this.#course;
    if (toMs > warmUpMs) {
      if (this.#measured === undefined) this.#measured = this.#begin();
      this.#notePeak();
      this.#takeMeans(this.#measured, toMs);
    }
    this.#nowMs = toMs;
  }

  #begin(): LoadOverTime {
    const { warmUpMs } = this.#course;
    const measured = new LoadOverTime(this.#open.length, warmUpMs);
    this.#open.forEach((open, backend) => {
      measured.change(backend, warmUpMs, open);
    });
    return measured;
  }

  #notePeak(): void {
    let open = 0;
    let weight = 0;
    let most = 0;
    for (let i = 0; i < this.#open.length; i++) {
      if (this.#isUp[i] === 0) continue;
      const ownOpen = this.#open[i] ?? 0;
      const ownWeight = this.#weights[i] ?? 1;
      open += ownOpen;
      weight += ownWeight;
      most = Math.max(most, ownOpen / ownWeight);
    }
    if (open > 0) this.#peak = Math.max(this.#peak, (most * weight) / open);
  }

  #takeMeans(measured: LoadOverTime, toMs: number): void {
    const { quietUntilMs, atStart } = this.#course;
    while (this.#interval < INTERVALS && this.#endOf(this.#interval) <= toMs) {
      if (quietUntilMs <= this.#endOf(this.#interval)) this.#takeQuiet(measured, quietUntilMs, atStart);
      this.#takeInterval(measured);
    }
    if (quietUntilMs <= toMs) this.#takeQuiet(measured, quietUntilMs, atStart);
  }

  #takeQuiet(measured: LoadOverTime, untilMs: number, atStart: number): void {
    this.#quiet ??= evenness(measured.meansUntil(untilMs).subarray(0, atStart), this.#weights.subarray(0, atStart));
  }

  #takeInterval(measured: LoadOverTime): void {
    const { warmUpMs } = this.#course;
    const endMs = this.#endOf(this.#interval);
    const lengthMs = endMs - this.#endOf(this.#interval - 1);
    const means = measured.meansUntil(endMs);
    const upTo = means.map((mean) => mean * (endMs - warmUpMs));
    upTo.forEach((integral, backend) => {
      const mean = (integral - (this.#before[backend] ?? 0)) / lengthMs;
      this.#series[backend]?.push(rounded(mean, SERIES_DECIMALS));
    });
    this.#before = upTo;
    this.#interval++;
  }

  #endOf(interval: number): number {
    const { warmUpMs, lengthMs } = this.#course;
    return warmUpMs + ((lengthMs - warmUpMs) * (interval + 1)) / INTERVALS;
  }
}
