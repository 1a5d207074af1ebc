import type { BalancerName } from "./options.ts";
import type { Summary } from "./results.ts";

/** A promise about Lengket's cost as a multiple of HAProxy's in the same run. */
export interface Goal {
  readonly workload: string;
  readonly atMost: number;
}

export const GOALS: readonly Goal[] = [
  { workload: "round-trip-64", atMost: 1.4 },
  { workload: "bulk-to-backend", atMost: 0.6 },
  { workload: "bulk-to-client", atMost: 0.6 },
];

const SUBJECT: BalancerName = "lengket";

/** Whether the median of the ratios keeps a promise, in words. What was not measured is not kept. */
export interface Verdict {
  readonly kept: boolean;
  readonly text: string;
}

export function judge(summary: readonly Summary[]): readonly Verdict[] {
  return GOALS.map(({ workload, atMost }) => {
    const ratio = summary.find((row) => row.workload === workload && row.balancer === SUBJECT)?.ratio;
    if (ratio === undefined) return { kept: false, text: `${workload}: not measured, goal ${atMost} of HAProxy's CPU` };
    const kept = ratio.median <= atMost;
    const text = `${workload}: ${ratio.median.toFixed(2)} of HAProxy's CPU, goal ${atMost}: ${kept ? "kept" : "MISSED"}`;
    return { kept, text };
  });
}
