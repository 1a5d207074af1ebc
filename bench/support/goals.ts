import { costsOf, type Sample } from "./results.ts";
import { ratioSpread } from "./statistics.ts";
import type { Workload } from "./workload.ts";

/** A promise about Lengket's cost as a multiple of the cheapest of some peers in the same run. */
export interface Goal {
  readonly workload: string;
  /** One or more; all must have been measured. */
  readonly of: readonly string[];
  readonly atMost: number;
}

const SUBJECT = "lengket";

/** Whether the median of the ratios keeps a promise, in words. What was not measured is not kept. */
export interface Verdict {
  readonly kept: boolean;
  readonly text: string;
}

/** The ratio is taken within each round, to whoever was the cheapest in it. */
export function judge(
  goals: readonly Goal[],
  samples: readonly Sample[],
  workloads: readonly Workload[],
): readonly Verdict[] {
  return goals.map(({ workload: id, of, atMost }) => {
    const promised = `${id}: `;
    const goal = `of ${of.length > 1 ? "the cheaper of " : ""}${of.join(" and ")}, goal ${atMost}`;
    const workload = workloads.find((candidate) => candidate.id === id);
    const costs = (name: string): ReadonlyMap<number, number> =>
      workload === undefined ? new Map() : costsOf(workload, samples, name);
    const ratio = ratioSpread(costs(SUBJECT), cheapest(of.map(costs)));
    if (ratio === undefined) return { kept: false, text: `${promised}not measured ${goal}` };
    const kept = ratio.median <= atMost;
    return { kept, text: `${promised}${ratio.median.toFixed(2)} ${goal}: ${kept ? "kept" : "MISSED"}` };
  });
}

/** The least of each round that all have. */
function cheapest(costs: readonly ReadonlyMap<number, number>[]): ReadonlyMap<number, number> {
  const [first = new Map<number, number>(), ...others] = costs;
  const least = new Map<number, number>();
  for (const [round, cost] of first) {
    const theirs = others.map((other) => other.get(round) ?? Number.NaN);
    const smallest = Math.min(cost, ...theirs);
    if (!Number.isNaN(smallest)) least.set(round, smallest);
  }
  return least;
}
