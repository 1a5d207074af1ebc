import { writeFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { comparedPolicies } from "../../src/skew/policies/compared-policies.ts";
import { buildPopulation } from "../../src/skew/populations/build-population.ts";
import { builtInPopulation } from "../../src/skew/populations/built-in.ts";
import { studyPlacement } from "../../src/skew/study/study-placement.ts";
import { comparedBackends } from "../support/compared.ts";

/** The figures, from the directory of the package. */
export const skewStudyFile = "test/golden/skew-study.json";

const POPULATIONS = ["s5", "s7"] as const;

export interface GoldenPolicy {
  readonly policy: string;
  readonly users: readonly number[];
  readonly connections: readonly number[];
  readonly breaks: number;
  readonly overflowed: number;
  /** Users that moved when the backend in the middle went, when one came, and when the one in the middle weighed twice as much. */
  readonly removed: number;
  readonly added: number;
  readonly reweighed: number;
}

export interface GoldenStudy {
  readonly population: string;
  readonly policies: readonly GoldenPolicy[];
}

/** Two populations on seven backends of different weight under every policy, computed with the code as it is. */
export function makeSkewStudy(): readonly GoldenStudy[] {
  return POPULATIONS.map((name) => {
    const plan = builtInPopulation(name);
    if (plan === undefined) throw new Error(name);
    const backends = comparedBackends(7, [1, 2, 1, 3, 1, 1, 2]);
    const names = comparedPolicies.map((policy) => policy.name);
    const study = studyPlacement(buildPopulation(plan, 1), backends, names, { seed: 1, mostConnections: 30_000 });
    const total = study.population.users?.total ?? 0;
    return {
      population: name,
      policies: study.policies.map(({ policy, users, connections, stickiness, remove, add, reweigh }) => ({
        policy: policy.name,
        users: users?.loads ?? [],
        connections: connections?.loads ?? [],
        breaks: stickiness?.breaks ?? 0,
        overflowed: stickiness?.overflowed ?? 0,
        removed: Math.round((remove?.moved ?? 0) * total),
        added: Math.round((add?.moved ?? 0) * total),
        reweighed: Math.round((reweigh?.moved ?? 0) * total),
      })),
    };
  });
}

/** Run as a program, from the directory of the package, it writes the figures anew. */
if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const lines = makeSkewStudy().map(({ population, policies }) => {
    return ` { "population": "${population}", "policies": [\n  ${policies.map((one) => JSON.stringify(one)).join(",\n  ")}\n ] }`;
  });
  writeFileSync(skewStudyFile, `[\n${lines.join(",\n")}\n]\n`);
}
