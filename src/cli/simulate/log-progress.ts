import type { Clock } from "../../platform/clock.ts";
import { COLUMNS, type Output } from "../output.ts";

/** Between two drawings; also before the first, so that small logs show nothing. */
const REDRAW_MS = 100;
const BAR_CELLS = 20;
const LONGEST_NAME = 24;
/** Below this share of the log a guess about the rest is worth nothing. */
const LEAST_DONE = 0.01;
/** Back to the first column, and clear to the end of the line (ECMA-48, EL). */
const TO_START = "\r\u001b[K";

/** How far the reading is. */
export interface ReadSoFar {
  /** What is being read. */
  readonly name: string;
  /** As they are on disk, of all logs together. */
  readonly bytes: number;
  readonly lines: number;
}

/**
 * One line on a terminal that tells how far the reading of logs is. It is redrawn at most ten times a second, from within
 * {@link update}: there is no timer that could outlive the reading.
 */
export class LogProgress {
  readonly #output: Output;
  readonly #clock: Clock;
  readonly #totalBytes: number | undefined;
  readonly #startMs: number;
  #drawnMs: number;
  #isShown = false;

  /** @param totalBytes - of all logs together; undefined when nobody knows (a pipe) */
  constructor(output: Output, clock: Clock, totalBytes: number | undefined) {
    this.#output = output;
    this.#clock = clock;
    this.#totalBytes = totalBytes;
    this.#startMs = clock.nowMs();
    this.#drawnMs = this.#startMs;
  }

  update(so: ReadSoFar): void {
    const nowMs = this.#clock.nowMs();
    if (nowMs - this.#drawnMs < REDRAW_MS) return;
    this.#drawnMs = nowMs;
    this.#isShown = true;
    const line = progressLine(so, this.#totalBytes, nowMs - this.#startMs);
    // A line that went on in the next row could not be replaced.
    this.#output.write(TO_START + line.slice(0, (this.#output.columns || COLUMNS) - 1));
  }

  /** The reading has ended, well or not: nothing of the line is left. */
  clear(): void {
    if (this.#isShown) this.#output.write(TO_START);
    this.#isShown = false;
  }
}

/** The line, shorter than a terminal is wide. */
export function progressLine(so: ReadSoFar, totalBytes: number | undefined, elapsedMs: number): string {
  const parts = [shortName(so.name)];
  const done = totalBytes === undefined || totalBytes === 0 ? undefined : Math.min(1, so.bytes / totalBytes);
  if (done === undefined) {
    parts.push(`${(so.bytes / 2 ** 20).toFixed(0)} MiB`);
  } else {
    const cells = Math.floor(done * BAR_CELLS);
    parts.push(`${"█".repeat(cells)}${"░".repeat(BAR_CELLS - cells)} ${String(Math.floor(100 * done)).padStart(3)} %`);
  }
  parts.push(`${rateText((1000 * so.lines) / elapsedMs)} lines/s`);
  if (done !== undefined && done >= LEAST_DONE) {
    parts.push(`${timeText((elapsedMs * (1 - done)) / done)} left`);
  }
  return parts.join("  ").slice(0, COLUMNS - 1);
}

/** The end of a long name tells more than its beginning. */
function shortName(name: string): string {
  return name.length <= LONGEST_NAME ? name : `…${name.slice(1 - LONGEST_NAME)}`;
}

/** `870`, `54 thousand`, `1.31 million`; a rate, so three digits are enough. */
export function rateText(perSecond: number): string {
  if (!(perSecond >= 0 && Number.isFinite(perSecond))) return "0";
  if (perSecond >= 999_500) return `${(perSecond / 1e6).toPrecision(3)} million`;
  return perSecond >= 1000 ? `${Math.round(perSecond / 1000)} thousand` : perSecond.toFixed(0);
}

/** `7 s`, `2 min 05 s`. */
function timeText(ms: number): string {
  const seconds = Math.ceil(ms / 1000);
  if (seconds < 60) return `${seconds} s`;
  return `${Math.floor(seconds / 60)} min ${String(seconds % 60).padStart(2, "0")} s`;
}
