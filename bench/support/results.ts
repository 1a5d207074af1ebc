import type { Machine } from "./machine.ts";
import type { Measurement } from "./metering.ts";
import type { BenchOptions } from "./options.ts";
import { ratioSpread, type Spread, spreadOf } from "./statistics.ts";
import type { Workload } from "./workload.ts";

/** One measurement and what it was of. Rounds count from 1. */
export interface Sample extends Measurement {
  readonly round: number;
  readonly workload: string;
  readonly balancer: string;
}

/** The file `latest.json`. */
export interface Results {
  readonly format: 1;
  /** ISO 8601 */
  readonly startedAt: string;
  readonly machine: Machine;
  readonly versions: Readonly<Record<string, string>>;
  readonly options: BenchOptions;
  readonly summary: readonly Summary[];
  /** What became of each, in words. */
  readonly goals: readonly string[];
  readonly samples: readonly Sample[];
}

/** What the rounds of one workload and balancer come to. */
export interface Summary {
  readonly workload: string;
  readonly balancer: string;
  readonly unit: Workload["unit"];
  /** In `unit` per operation. */
  readonly cost: Spread;
  /** To HAProxy's cost in the same round; undefined when HAProxy was not measured. */
  readonly ratio: Spread | undefined;
  /** Median. */
  readonly operationsPerSecond: number;
  /** Median share of one core that the balancer used; near 1 = it was the bottleneck. */
  readonly cpuShare: number;
}

/** Whom the others are compared with. */
const BASELINE = "haproxy";

/** The cost of one operation: µs of CPU, or KiB of memory. */
export function costOf(workload: Pick<Workload, "unit">, sample: Measurement): number {
  return workload.unit === "µs"
    ? sample.cpuNs / 1e3 / sample.operations
    : sample.memoryBytes / 1024 / sample.operations;
}

/** What one operation cost a balancer in each round. */
export function costsOf(workload: Workload, samples: readonly Sample[], balancer: string): ReadonlyMap<number, number> {
  const own = samples.filter((sample) => sample.workload === workload.id && sample.balancer === balancer);
  return new Map(own.map((sample) => [sample.round, costOf(workload, sample)]));
}

/** Every workload × balancer that was measured, in their orders. */
export function summarize(
  samples: readonly Sample[],
  workloads: readonly Workload[],
  balancers: readonly string[],
): readonly Summary[] {
  const summaries: Summary[] = [];
  for (const workload of workloads) {
    const baseline = costsOf(workload, samples, BASELINE);
    for (const balancer of balancers) {
      const own = samples.filter((sample) => sample.workload === workload.id && sample.balancer === balancer);
      const costs = costsOf(workload, samples, balancer);
      const cost = spreadOf([...costs.values()]);
      if (cost === undefined) continue;
      summaries.push({
        workload: workload.id,
        balancer,
        unit: workload.unit,
        cost,
        ratio: ratioSpread(costs, baseline),
        operationsPerSecond: spreadOf(own.map((sample) => (sample.operations / sample.wallNs) * 1e9))?.median ?? 0,
        cpuShare: spreadOf(own.map((sample) => sample.cpuNs / sample.wallNs))?.median ?? 0,
      });
    }
  }
  return summaries;
}
