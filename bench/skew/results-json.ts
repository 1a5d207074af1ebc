import type { Concentration } from "../../src/skew/measures/concentration.ts";
import type { ComparedPolicy } from "../../src/skew/policies/compared-policy.ts";
import type { SweepLine } from "../../src/skew/report/heaviest-sweep.ts";
import { roundingReplacer } from "../../src/skew/rounded.ts";
import type { TimeFigures } from "../../src/skew/simulation/time-study.ts";
import type { LoadFigures, PlacementFigures } from "../../src/skew/study/placement-study.ts";
import { type Courses, TIMED_POPULATION } from "./courses.ts";
import type { MatrixCell, MatrixPlan } from "./matrix.ts";

/** What is the same wherever and whenever it is measured. */
export interface About {
  readonly version: string;
  readonly plan: MatrixPlan;
  readonly policies: readonly ComparedPolicy[];
}

const DECIMALS = 5;

/** The results as JSON, a line for each policy in each cell; no times, no dates, nothing of the machine. */
export function resultsJson(
  { version, plan, policies }: About,
  cells: readonly MatrixCell[],
  courses: Courses,
): string {
  const { sweep, time } = courses;
  const first = plan.backendCounts[0];
  const populations = cells.filter(({ backends }) => backends === first).map(({ study }) => populationLine(study));
  const theory = cells.flatMap(({ population, backends, salted }) => {
    return salted === undefined ? [] : [compact({ population, backends, ...salted })];
  });
  const placements = cells.map(({ study, population, backends }) => {
    const { floor, theoreticalCv, connectionsPlaced } = study;
    const head = { population, backends, floor, theoreticalCv, connectionsPlaced };
    return withLines(head, "policies", study.policies.map(policyLine), 3);
  });
  return [
    "{",
    `  "format": 1,`,
    `  "lengket": ${JSON.stringify(version)},`,
    `  "plan": ${compact(plan)},`,
    `  "policies": ${lines(policies.map(compact), 2)},`,
    `  "populations": ${lines(populations, 2)},`,
    `  "theory": ${lines(theory, 2)},`,
    `  "placements": ${lines(placements, 2)},`,
    `  "growingOffice": ${withLines({ ...sweep, policies: undefined }, "policies", sweep.policies.map(sweepLine), 2)},`,
    `  "hour": ${withLines({ population: TIMED_POPULATION, ...time, policies: undefined }, "policies", time.policies.map(timeLine), 2)}`,
    "}\n",
  ].join("\n");
}

function populationLine({ population }: MatrixCell["study"]): string {
  const { name, title, source, seed, addresses, users, connections, heaviest } = population;
  const concentration = (given: Concentration | undefined) =>
    given && { total: given.total, nEff: given.effectiveAddresses, heaviestShare: given.heaviestShare };
  return compact({
    name,
    title,
    source,
    seed,
    addresses,
    users: concentration(users),
    connections: concentration(connections),
    heaviest: heaviest.slice(0, 3),
  });
}

/** Loads by users; those by connections differ by little, their evenness says how much. */
function policyLine({ policy, impossible, users, connections, ...others }: PlacementFigures): string {
  const measuresOf = (given: LoadFigures | undefined) => {
    if (given === undefined) return undefined;
    const { maxOverAvg, minOverAvg, cv, jain, gini, p99 } = given.evenness;
    return { maxOverAvg, minOverAvg, cv, jain, gini, p99 };
  };
  return compact({
    policy: policy.name,
    impossible,
    users: users && { ...measuresOf(users), loads: users.loads },
    connections: measuresOf(connections),
    ...others,
  });
}

/** The course over time is in the plot only. */
function timeLine({ policy, series: _, ...figures }: TimeFigures): string {
  return compact({ ...figures, policy: policy.name });
}

function sweepLine({ policy, points }: SweepLine): string {
  return compact({ policy: policy.name, points });
}

/** An object whose last value is a list with a line for each item. */
function withLines(head: object, name: string, items: readonly string[], depth: number): string {
  return `${compact(head).slice(0, -1)}, "${name}": ${lines(items, depth)}}`;
}

function lines(items: readonly string[], depth: number): string {
  const indent = "  ".repeat(depth);
  return items.length === 0 ? "[]" : `[\n${indent}${items.join(`,\n${indent}`)}\n${"  ".repeat(depth - 1)}]`;
}

/** On one line, numbers rounded; what is undefined is left out. */
function compact(value: unknown): string {
  return JSON.stringify(value, roundingReplacer(DECIMALS));
}
