import type { LogUnit } from "../logs/line-format.ts";
import type { LoadFigures, PlacementFigures, PlacementStudy } from "../study/placement-study.ts";

/** What load is counted in: users where they are known, else connections (a log). */
export type CountedIn = "users" | "connections";

/** What one of the counted connections is; of http logs, a request. */
export type Unit = LogUnit;

/** What the load of this study is counted in. */
export function countedIn({ population }: Pick<PlacementStudy, "population">): CountedIn {
  return population.users === undefined ? "connections" : "users";
}

/** The same for people: `users`, `connections` or `requests`. */
export function nounOf(study: Pick<PlacementStudy, "population">, unit: Unit): string {
  return countedIn(study) === "users" ? "users" : `${unit}s`;
}

/** The loads of a policy in that unit; undefined when it could not be asked. */
export function loadOf(figures: PlacementFigures, unit: CountedIn): LoadFigures | undefined {
  return unit === "users" ? figures.users : figures.connections;
}

/** The floor of max/avg under a hash of the address. */
export function floorOf(study: PlacementStudy): number {
  return study.floor[countedIn(study)] ?? study.floor.connections;
}

/** Each backend's load in fair shares: 1 = as much as its weight asks for. No load at all is spread perfectly. */
export function inFairShares(loads: readonly number[], weights: readonly number[]): readonly number[] {
  const total = loads.reduce((a, b) => a + b, 0);
  const totalWeight = weights.reduce((a, b) => a + b, 0);
  return loads.map((load, i) => (total === 0 ? 1 : load / total / ((weights[i] ?? 0) / totalWeight)));
}
