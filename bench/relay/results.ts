import type { Machine } from "./machine.ts";
import type { Measurement } from "./measure.ts";
import type { BalancerName, BenchOptions } from "./options.ts";
import { ratioSpread, type Spread, spreadOf } from "./statistics.ts";
import { WORKLOADS, type Workload } from "./workloads.ts";

/** One measurement and what it was of. Rounds count from 1. */
export interface Sample extends Measurement {
  readonly round: number;
  readonly workload: string;
  readonly balancer: BalancerName;
}

/** The file `latest.json`. */
export interface Results {
  readonly format: 1;
  /** ISO 8601 */
  readonly startedAt: string;
  readonly machine: Machine;
  readonly versions: Readonly<Partial<Record<BalancerName, string>>>;
  readonly options: BenchOptions;
  readonly summary: readonly Summary[];
  readonly samples: readonly Sample[];
}

/** What the rounds of one workload and balancer come to. */
export interface Summary {
  readonly workload: string;
  readonly balancer: BalancerName;
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

export const BASELINE: BalancerName = "haproxy";

/** The cost of one operation: µs of CPU, or KiB of memory. */
export function costOf(workload: Workload, sample: Measurement): number {
  return workload.unit === "µs"
    ? sample.cpuNs / 1e3 / sample.operations
    : sample.memoryBytes / 1024 / sample.operations;
}

/** Every workload × balancer that was measured, in the order of WORKLOADS and `balancers`. */
export function summarize(samples: readonly Sample[], balancers: readonly BalancerName[]): readonly Summary[] {
  const summaries: Summary[] = [];
  for (const workload of WORKLOADS) {
    const samplesOf = (name: BalancerName): readonly Sample[] =>
      samples.filter((sample) => sample.workload === workload.id && sample.balancer === name);
    const costsOf = (name: BalancerName): ReadonlyMap<number, number> =>
      new Map(samplesOf(name).map((sample) => [sample.round, costOf(workload, sample)]));
    for (const balancer of balancers) {
      const own = samplesOf(balancer);
      const costs = costsOf(balancer);
      const cost = spreadOf([...costs.values()]);
      if (cost === undefined) continue;
      summaries.push({
        workload: workload.id,
        balancer,
        unit: workload.unit,
        cost,
        ratio: ratioSpread(costs, costsOf(BASELINE)),
        operationsPerSecond: spreadOf(own.map((sample) => (sample.operations / sample.wallNs) * 1e9))?.median ?? 0,
        cpuShare: spreadOf(own.map((sample) => sample.cpuNs / sample.wallNs))?.median ?? 0,
      });
    }
  }
  return summaries;
}
