import { Worker } from "node:worker_threads";
import { type HeaviestSweep, sweepHeaviest } from "../../src/skew/report/heaviest-sweep.ts";
import { createTimePlan } from "../../src/skew/simulation/create-time-plan.ts";
import { simulateTime } from "../../src/skew/simulation/simulate-time.ts";
import type { TimeStudy } from "../../src/skew/simulation/time-study.ts";
import { equalBackends, type MatrixPlan, populationOf, SHOWN_BACKENDS } from "./matrix.ts";

/** What is not a cell of the matrix: how things go when something grows or passes. */
export interface Courses {
  /** An office that grows from 1 % to 40 % of the users. */
  readonly sweep: HeaviestSweep;
  /** An hour of {@link TIMED_POPULATION} with a failure, a drain and a new backend. */
  readonly time: TimeStudy;
}

/** One office with a tenth of the users. */
export const TIMED_POPULATION = "s5";
/** All hashes of the address are one line in the growing office's plot. */
const SWEPT = ["ring", "bounded-load", "bounded-load-pinned", "sticky-cookie"] as const;

/** Measures both, one after the other. */
export function coursesOf({ seed, policies, sessions }: MatrixPlan): Courses {
  const backends = equalBackends(SHOWN_BACKENDS);
  const plan = createTimePlan(backends, { seed, sessions });
  return {
    sweep: sweepHeaviest(backends, SWEPT, { seed, hashSeed: seed }),
    time: simulateTime(populationOf(TIMED_POPULATION, seed), backends, policies, plan),
  };
}

/** {@link coursesOf} in a thread of its own. */
export function runCourses(plan: MatrixPlan): Promise<Courses> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL("./courses-worker.js", import.meta.url), { workerData: plan });
    worker.on("message", resolve);
    worker.on("error", reject);
    worker.on("exit", (code) => {
      if (code !== 0) reject(new Error(`the thread of the courses ended with code ${code}`));
    });
  });
}
