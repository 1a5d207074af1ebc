import type { Clock, Timer } from "../platform/clock.ts";

/** SHUTDOWN_MIN, SHUTDOWN_QUIET and SHUTDOWN_TIMEOUT. */
export interface ProcessDrainOptions {
  /** The listeners stay open at least this long after the signal, so that whoever sends clients can notice. */
  readonly minMs: number;
  /**
   * … and until no connection has come for this long, but at the latest half way from `minMs` to `timeoutMs`: under steady
   * traffic it never gets quiet, and the last clients must not be cut off as soon as they have come.
   */
  readonly quietMs: number;
  /** Hard end, counted from the signal. */
  readonly timeoutMs: number;
}

/** What draining needs from the data plane. */
export interface Drainable {
  readonly openConnections: () => number;
  /** Monotonic ms of the last accepted connection, −∞ when there was none. */
  readonly lastAcceptedAtMs: () => number;
  readonly stopAccepting: () => void;
  /** `politely`: what is on its way may still be sent, for some seconds. Otherwise they are reset. */
  readonly closeConnections: (politely: boolean) => void;
}

/** `listening`: still accepting · `ending`: accepts no more, connections end by themselves · `done`. */
export type DrainStage = "listening" | "ending" | "done";

/** Where a drain has come to. */
export interface DrainReport {
  readonly stage: DrainStage;
  readonly openConnections: number;
  /** Connections that had to be closed. */
  readonly closed: number;
}

/** How often the end of the last connection is looked for. */
const LOOK_EVERY_MS = 50;

/**
 * The orderly end of the process: keep listening, then stop accepting once it is quiet, let connections end, close what is
 * left at the hard end. `hurry` cuts all that short.
 */
export class ProcessDrain {
  readonly #options: ProcessDrainOptions;
  readonly #target: Drainable;
  readonly #clock: Clock;
  readonly #onStage: (report: DrainReport) => void;
  readonly #startMs: number;
  #stage: DrainStage = "listening";
  #timer: Timer | undefined;

  constructor(
    options: ProcessDrainOptions,
    target: Drainable,
    clock: Clock,
    /** Told of each stage that it comes to, `done` last. */
    onStage: (report: DrainReport) => void,
  ) {
    this.#options = options;
    this.#target = target;
    this.#clock = clock;
    this.#onStage = onStage;
    this.#startMs = clock.nowMs();
  }

  /** Tells the stage it is in, unless that is over at once. To be called once. */
  begin(): void {
    if (this.#clock.nowMs() < this.#listenUntilMs()) this.#report(0);
    this.#look();
  }

  /** The second signal: reset everything now. */
  hurry(): void {
    this.#endNow(false);
  }

  /** Ends the drain without a word or a deed: somebody else has ended the connections. */
  cancel(): void {
    this.#timer?.cancel();
    this.#stage = "done";
  }

  #look(): void {
    this.#timer?.cancel();
    const now = this.#clock.nowMs();
    const hardEndMs = this.#startMs + this.#options.timeoutMs;
    if (now >= hardEndMs) {
      this.#endNow(true);
      return;
    }
    if (this.#stage === "listening" && now >= this.#listenUntilMs()) {
      this.#stage = "ending";
      this.#target.stopAccepting();
      this.#report(0);
    }
    if (this.#stage === "ending" && this.#target.openConnections() === 0) {
      this.#finish(true);
      return;
    }
    const nextMs = this.#stage === "listening" ? this.#listenUntilMs() : now + LOOK_EVERY_MS;
    this.#timer = this.#clock.after(Math.max(1, Math.min(nextMs, hardEndMs) - now), () => this.#look());
  }

  #listenUntilMs(): number {
    const { minMs, quietMs, timeoutMs } = this.#options;
    const quietAtMs = this.#target.lastAcceptedAtMs() + quietMs;
    const latestMs = this.#startMs + (minMs + timeoutMs) / 2;
    return Math.max(this.#startMs + minMs, Math.min(quietAtMs, latestMs));
  }

  #endNow(politely: boolean): void {
    if (this.#stage === "done") return;
    if (this.#stage === "listening") this.#target.stopAccepting();
    this.#finish(politely);
  }

  #finish(politely: boolean): void {
    this.#timer?.cancel();
    const closed = this.#target.openConnections();
    if (closed > 0) this.#target.closeConnections(politely);
    this.#stage = "done";
    this.#report(closed);
  }

  #report(closed: number): void {
    this.#onStage({ stage: this.#stage, openConnections: this.#target.openConnections(), closed });
  }
}
