import type { Verdict } from "../support/goals.ts";
import type { PickCost } from "./measure-picks.ts";

/** A decision of ours, from the raw bytes of an address. */
const MOST_NS = 100;
/** The table for a hundred backends, even the first of a process: so long nothing else happens in it. */
const MOST_BUILD_MS = 20;

/**
 * Whether our own tables keep what we promise. A decision is judged by the median of its CPU time, a build by the shortest
 * one: whatever else runs on the machine can only add to it.
 */
export function judgePicks(costs: readonly PickCost[]): readonly Verdict[] {
  return costs
    .filter(({ isOurs, backends }) => isOurs && backends === 100)
    .flatMap(({ title, nsPerDecision, coldBuildMs }) => [
      verdict(`${title}: ${nsPerDecision.median.toFixed(0)} ns a decision`, nsPerDecision.median, MOST_NS),
      verdict(`${title}: first build in ${coldBuildMs.min.toFixed(1)} ms`, coldBuildMs.min, MOST_BUILD_MS),
    ]);
}

function verdict(text: string, value: number, goal: number): Verdict {
  const kept = value <= goal;
  return { kept, text: `${text}, goal ${goal}: ${kept ? "kept" : "MISSED"}` };
}
