import type { Advice } from "../advice/advice.ts";
import { roundingReplacer } from "../rounded.ts";
import type { TimeStudy } from "../simulation/time-study.ts";
import type { PlacementStudy } from "../study/placement-study.ts";
import type { Unit } from "./figures.ts";
import type { HeaviestSweep } from "./heaviest-sweep.ts";

/** Everything that one `lengket simulate` found out. Holds no dates and nothing of the machine: the same seed, the same bytes. */
export interface SimulationResult {
  readonly program: { readonly name: "lengket"; readonly version: string };
  /** Of the people who were drawn. The hash tables have the seed of the placement study. */
  readonly seed: number;
  readonly unit: Unit;
  /** The policy that the configuration asks for, when there is one and it is compared. */
  readonly yours: string | undefined;
  /** One sentence about each log that was read. */
  readonly logs: readonly string[];
  /** What of the configuration was left out, and what was placed of the people, in sentences. */
  readonly notes: readonly string[];
  readonly placement: PlacementStudy;
  readonly time: TimeStudy;
  /** Made for reports only. */
  readonly sweep?: HeaviestSweep;
  readonly advice: Advice;
}

/** Digits after the point that are worth writing. */
const DECIMALS = 6;

/** The result as JSON, numbers rounded to six decimals. What is undefined is left out. */
export function resultJson(result: SimulationResult): string {
  return `${JSON.stringify(result, roundingReplacer(DECIMALS), 2)}\n`;
}
