import type { Balancer, Missing } from "./balancer.ts";
import type { Goal } from "./goals.ts";
import type { BenchOptions, RunLength } from "./options.ts";
import type { Workload } from "./workload.ts";

/** One benchmark: who does what, and what is expected of it. `runBench` does the rest. */
export interface Bench {
  /** Of the npm script, such as `bench:relay`. */
  readonly script: string;
  /** The first line of `--help`. */
  readonly about: string;
  /** What `--check` demands, in words. */
  readonly promise: string;
  /** All that can take part, in the order they take turns. */
  readonly balancers: readonly string[];
  readonly workloads: readonly Workload[];
  readonly goals: readonly Goal[];
  /** What `--quick` makes of it. */
  readonly quick: RunLength;
  /** The programs of the driver and of the backend; see `Arena`. */
  readonly driver: URL;
  readonly backend: URL;
  /** Where the results go, from the root of the project. */
  readonly folder: string;
  /** Looks for one of `balancers`. `lengketVersion` is what the report will call ours. */
  find(name: string, options: Pick<BenchOptions, "lengket">, lengketVersion: string): Balancer | Missing;
}

/** Looks for the balancers that `options` asks for. */
export function findBalancers(
  bench: Pick<Bench, "find">,
  options: Pick<BenchOptions, "balancers" | "lengket">,
  lengketVersion: string,
): { readonly found: readonly Balancer[]; readonly missing: readonly Missing[] } {
  const found: Balancer[] = [];
  const missing: Missing[] = [];
  for (const name of options.balancers) {
    const result = bench.find(name, options, lengketVersion);
    if ("start" in result) found.push(result);
    else missing.push(result);
  }
  return { found, missing };
}
