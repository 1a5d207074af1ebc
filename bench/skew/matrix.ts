import { comparedPolicies } from "../../src/skew/policies/compared-policies.ts";
import type { ComparedBackend } from "../../src/skew/policies/compared-policy.ts";
import { buildPopulation } from "../../src/skew/populations/build-population.ts";
import { builtInPopulation, builtInPopulations } from "../../src/skew/populations/built-in.ts";
import type { Population } from "../../src/skew/populations/population.ts";
import type { PlacementStudy } from "../../src/skew/study/placement-study.ts";
import { studyPlacement } from "../../src/skew/study/study-placement.ts";
import { type SaltFigures, studySalts } from "../../src/skew/study/study-salts.ts";

/** What is measured. */
export interface MatrixPlan {
  /** Of the populations, of the hash tables and of the order in which people come. */
  readonly seed: number;
  readonly populations: readonly string[];
  readonly backendCounts: readonly number[];
  readonly policies: readonly string[];
  /** Hash seeds that the theory is compared with. */
  readonly salts: number;
  /** Of more connections than so many, about so many are placed one by one. */
  readonly mostConnections: number;
  /** Of the simulated hour. */
  readonly sessions: number;
}

/** One cell: everything about one population and one number of backends. */
export interface MatrixJob {
  readonly population: string;
  readonly backends: number;
}

export interface MatrixCell extends MatrixJob {
  readonly study: PlacementStudy;
  /** For {@link SHOWN_BACKENDS} only. */
  readonly salted: SaltFigures | undefined;
}

/** The number of backends of the theory's table and of what the README shows. */
export const SHOWN_BACKENDS = 10;

/** Everything that the published results hold. */
export function fullPlan(seed: number): MatrixPlan {
  return {
    seed,
    populations: builtInPopulations.map(({ name }) => name),
    backendCounts: [4, 10, 20, 100],
    policies: comparedPolicies.map(({ name }) => name),
    salts: 100,
    mostConnections: 200_000,
    sessions: 20_000,
  };
}

/** All policies, and enough of the rest to see that it works. */
export function quickPlan(seed: number): MatrixPlan {
  return {
    ...fullPlan(seed),
    populations: ["s1", "s3", "s5"],
    backendCounts: [4, 10],
    salts: 20,
    mostConnections: 20_000,
    sessions: 4_000,
  };
}

/** In the order of the results. */
export function jobsOf({ populations, backendCounts }: MatrixPlan): readonly MatrixJob[] {
  return backendCounts.flatMap((backends) => populations.map((population) => ({ population, backends })));
}

/** Measures one cell. */
export function runJob({ population, backends }: MatrixJob, plan: MatrixPlan): MatrixCell {
  const people = populationOf(population, plan.seed);
  const { seed, mostConnections } = plan;
  return {
    population,
    backends,
    study: studyPlacement(people, equalBackends(backends), plan.policies, { seed, mostConnections }),
    salted: backends === SHOWN_BACKENDS ? studySalts(people, backends, plan.salts) : undefined,
  };
}

/** A built-in population. @throws Error when there is none of that name */
export function populationOf(name: string, seed: number): Population {
  const plan = builtInPopulation(name);
  if (plan === undefined) throw new Error(`there is no population ${name}`);
  return buildPopulation(plan, seed);
}

/** `app1` at 10.0.0.1:8080, and so on: some programs hash this text. */
export function equalBackends(count: number): readonly ComparedBackend[] {
  return Array.from({ length: count }, (_, i) => ({ id: `app${i + 1}`, address: `10.0.0.${i + 1}:8080`, weight: 1 }));
}
