import type { Sample } from "../../../bench/support/results.ts";

/** A sample of 1,000 operations in one second that cost `cpuUs` µs each. */
export function sample(workload: string, balancer: string, round: number, cpuUs: number): Sample {
  return {
    round,
    workload,
    balancer,
    operations: 1000,
    bytes: 128_000,
    wallNs: 1e9,
    cpuNs: cpuUs * 1e3 * 1000,
    memoryBytes: 0,
  };
}
