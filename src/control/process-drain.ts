import type { Clock, Timer } from "../platform/clock.ts";

export interface ProcessDrainOptions {
  /** The listeners stay open at least this long after the signal, so that whoever sends clients can notice. */
  readonly minMs: number;
  /** … and until no connection has come for this long. */
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
  readonly closeConnections: () => void;
}

/** `listening`: still accepting · `ending`: accepts no more, connections end by themselves · `done`. */
export type DrainStage = "listening" | "ending" | "done";

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
 * left at the hard end. `hurry` goes to the end at once.
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
    /** Told once per stage, `done` last. */
    onStage: (report: DrainReport) => void,
  ) {
    this.#options = options;
    this.#target = target;
    this.#clock = clock;
    this.#onStage = onStage;
    this.#startMs = clock.nowMs();
  }

  get stage(): DrainStage {
    return this.#stage;
  }

  begin(): void {
    this.#report(0);
    this.#look();
  }

  /** The second signal: close everything now. */
  hurry(): void {
    if (this.#stage === "done") return;
    if (this.#stage === "listening") this.#target.stopAccepting();
    this.#finish();
  }

  #look(): void {
    this.#timer?.cancel();
    const now = this.#clock.nowMs();
    const hardEndMs = this.#startMs + this.#options.timeoutMs;
    if (now >= hardEndMs) {
      this.hurry();
      return;
    }
    if (this.#stage === "listening" && now >= this.#quietAtMs()) {
      this.#stage = "ending";
      this.#target.stopAccepting();
      this.#report(0);
    }
    if (this.#stage === "ending" && this.#target.openConnections() === 0) {
      this.#finish();
      return;
    }
    const nextMs = this.#stage === "listening" ? this.#quietAtMs() : now + LOOK_EVERY_MS;
    this.#timer = this.#clock.after(Math.max(1, Math.min(nextMs, hardEndMs) - now), () => this.#look());
  }

  #quietAtMs(): number {
    return Math.max(this.#startMs + this.#options.minMs, this.#target.lastAcceptedAtMs() + this.#options.quietMs);
  }

  #finish(): void {
    this.#timer?.cancel();
    const closed = this.#target.openConnections();
    if (closed > 0) this.#target.closeConnections();
    this.#stage = "done";
    this.#report(closed);
  }

  #report(closed: number): void {
    this.#onStage({ stage: this.#stage, openConnections: this.#target.openConnections(), closed });
  }
}
