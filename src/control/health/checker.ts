import type { Backend, BackendId } from "../../model/backend.ts";
import type { Clock, Timer } from "../../platform/clock.ts";
import type { Random } from "../../platform/random.ts";
import { sameHealthTarget } from "../same-backend.ts";
import type { CheckResult, ProbeOutcome } from "./check-result.ts";
import type { Probe } from "./probe.ts";
import { type CheckPlan, nextCheckDelayMs, timeoutText } from "./schedule.ts";

export interface CheckerDeps {
  readonly clock: Clock;
  readonly random: Random;
  readonly probe: Probe;
  /** Takes a result; returns whether the backend's verdict is still unsettled. */
  readonly onResult: (id: BackendId, result: CheckResult) => boolean;
}

/** The checks of one backend. */
interface Course {
  readonly backend: Backend;
  first: boolean;
  stopped: boolean;
  /** Until the next check, or the deadline of the one that is running. */
  timer: Timer | undefined;
  /** Ends the check that is running. */
  abort: AbortController | undefined;
}

/**
 * Keeps checking a set of backends, one check in flight for each. It owns the deadlines and the timers; the probes own
 * their sockets and close them when their signal is aborted.
 */
export class Checker {
  readonly #plan: CheckPlan;
  readonly #deps: CheckerDeps;
  readonly #courses = new Map<BackendId, Course>();

  constructor(plan: CheckPlan, deps: CheckerDeps) {
    this.#plan = plan;
    this.#deps = deps;
  }

  /**
   * Checks exactly these backends from now on. A new one is checked at once; so is one whose address or health target
   * changed, and an answer from the old place is no longer listened to.
   */
  track(backends: readonly Backend[]): void {
    const wanted = new Map(backends.map((backend) => [backend.id, backend]));
    for (const [id, course] of this.#courses) {
      const backend = wanted.get(id);
      if (backend !== undefined && sameHealthTarget(course.backend, backend)) wanted.delete(id);
      else this.#end(id, course);
    }
    for (const backend of wanted.values()) {
      const course: Course = { backend, first: true, stopped: false, timer: undefined, abort: undefined };
      this.#courses.set(backend.id, course);
      void this.#check(course);
    }
  }

  /** Stops all checks. Nothing is reported after this. */
  stop(): void {
    this.track([]);
  }

  #end(id: BackendId, course: Course): void {
    course.stopped = true;
    course.timer?.cancel();
    course.abort?.abort("no longer checked");
    this.#courses.delete(id);
  }

  async #check(course: Course): Promise<void> {
    const { clock, random, onResult } = this.#deps;
    const startedMs = clock.nowMs();
    const abort = new AbortController();
    course.abort = abort;
    course.timer = clock.after(this.#plan.timeoutMs, () => abort.abort(timeoutText(this.#plan)));
    const outcome = await this.#probe(course.backend, abort.signal);
    if (course.stopped) return;
    course.timer.cancel();
    course.abort = undefined;
    const tookMs = clock.nowMs() - startedMs;
    const unsettled = onResult(course.backend.id, { ...outcome, tookMs });
    // Whoever took the result may have removed this very backend.
    if (course.stopped) return;
    const delayMs = nextCheckDelayMs(this.#plan, { first: course.first, unsettled, tookMs }, random);
    course.first = false;
    course.timer = clock.after(delayMs, () => void this.#check(course));
  }

  /** A probe that throws is a bug of ours; it must not take a backend out. */
  async #probe(backend: Backend, signal: AbortSignal): Promise<ProbeOutcome> {
    try {
      return await this.#deps.probe(backend, signal);
    } catch (error) {
      return { verdict: "undecided", detail: `the check itself failed: ${String(error)}` };
    }
  }
}
