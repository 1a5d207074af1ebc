import type { Evenness } from "../measures/evenness.ts";
import type { ComparedPolicy } from "../policies/compared-policy.ts";
import type { TimeFigures, TimeStudy } from "../simulation/time-study.ts";
import type { PlacementFigures, PlacementStudy } from "../study/placement-study.ts";
import { countedIn, floorOf, loadOf, nounOf, type Unit } from "./figures.ts";

/** One policy with all that was found out about it. */
export interface ComparisonRow {
  readonly policy: ComparedPolicy;
  /** Why it could not be asked. */
  readonly impossible: string | undefined;
  readonly evenness: Evenness | undefined;
  readonly placement: PlacementFigures;
  readonly time: TimeFigures | undefined;
}

/** One figure of every policy. */
export interface ComparisonColumn {
  /** In two lines of at most five characters, for tables of text. */
  readonly head: readonly [string, string];
  /** For wide tables. */
  readonly title: string;
  /** What it means, in one sentence. */
  readonly meaning: string;
  /** Undefined when it is not known. */
  value(row: ComparisonRow): string | undefined;
}

/** A row for each policy, in the order of the placement study. */
export function comparisonRows(placement: PlacementStudy, time: TimeStudy | undefined): readonly ComparisonRow[] {
  const unit = countedIn(placement);
  return placement.policies.map((figures) => {
    const inTime = time?.policies.find(({ policy }) => policy.name === figures.policy.name);
    return {
      policy: figures.policy,
      impossible: figures.impossible ?? inTime?.impossible,
      evenness: loadOf(figures, unit)?.evenness,
      placement: figures,
      time: inTime,
    };
  });
}

/** All columns, in their order; the last two are about the simulation in time. */
export function comparisonColumns(study: PlacementStudy, unit: Unit): readonly ComparisonColumn[] {
  const noun = nounOf(study, unit);
  const before = { of: `${unit}s`, who: countedIn(study) === "users" ? "the user's" : "the address's" };
  return [
    {
      head: ["max", "/avg"],
      title: "max/avg",
      meaning: `${noun} of the fullest backend, in fair shares; 1 is perfect`,
      value: ({ evenness }) => evenness?.maxOverAvg.toFixed(2),
    },
    {
      head: ["min", "/avg"],
      title: "min/avg",
      meaning: `${noun} of the emptiest backend, in fair shares; 1 is perfect`,
      value: ({ evenness }) => evenness?.minOverAvg.toFixed(2),
    },
    {
      head: ["", "CV"],
      title: "CV",
      meaning: "standard deviation of the backends' load over its mean; 0 is perfect",
      value: ({ evenness }) => evenness?.cv.toFixed(2),
    },
    {
      head: ["away", "%"],
      title: "away from home",
      meaning: `${before.of} placed elsewhere than at their first choice: the overflow of a bound`,
      value: ({ placement }) => percentCell(placement.stickiness?.overflowShare),
    },
    {
      head: ["torn", "%"],
      title: "torn",
      meaning: `${before.of} that found another backend than ${before.who} last one, all backends being up`,
      value: ({ placement }) => percentCell(placement.stickiness?.breakRate),
    },
    {
      head: ["gone", "%"],
      title: "moved when one is gone",
      meaning: `${noun} that move when one backend is taken out of the list${idealOf(study)}`,
      value: ({ placement }) => percentCell(placement.remove?.moved),
    },
    {
      head: ["moved", "%"],
      title: "sessions moved",
      meaning: "in the simulated hour: sessions that came to another backend though theirs was there",
      value: ({ time }) => percentCell(shareOf(time, "moved")),
    },
    {
      head: ["lost", "%"],
      title: "sessions lost",
      meaning: "in the simulated hour: sessions whose backend failed, whatever the policy",
      value: ({ time }) => percentCell(shareOf(time, "lost")),
    },
  ];
}

/** What theory says of every hash of the address, in the words of the columns. */
export function theoryCells(study: PlacementStudy): ReadonlyMap<string, string> {
  const cv = study.theoreticalCv[countedIn(study)] ?? study.theoreticalCv.connections;
  return new Map([
    ["max/avg", floorOf(study).toFixed(2)],
    ["CV", cv.toFixed(2)],
  ]);
}

/** Nothing where no backend can be taken out. */
function idealOf({ policies }: PlacementStudy): string {
  const ideal = percentCell(policies.find(({ remove }) => remove !== undefined)?.remove?.ideal);
  return ideal === undefined ? "" : `; its fair share is ${ideal} %`;
}

function shareOf(time: TimeFigures | undefined, what: "moved" | "lost"): number | undefined {
  if (time?.sessions === undefined) return undefined;
  const { sessions } = time.sessions;
  return sessions === 0 ? 0 : time.sessions[what] / sessions;
}

/** Percent without the sign, in at most four characters: `0`, `<0.1`, `8.3`, `91`, `100`. Not quite all is never `100`. */
export function percentCell(share: number | undefined): string | undefined {
  if (share === undefined) return undefined;
  const value = 100 * share;
  if (value === 0) return "0";
  if (value < 0.05) return "<0.1";
  if (value >= 99.5 && value < 100) return Math.min(99.9, Math.round(10 * value) / 10).toFixed(1);
  return value < 9.95 ? value.toFixed(1) : value.toFixed(0);
}
