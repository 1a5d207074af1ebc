import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { describeFileError } from "../../config/file-error.ts";
import { nearestName } from "../../config/nearest-name.ts";
import { ConfigError } from "../../model/failure.ts";
import { buildPopulation } from "../../skew/populations/build-population.ts";
import { builtInPopulation, builtInPopulations } from "../../skew/populations/built-in.ts";
import type { Population, PopulationPlan } from "../../skew/populations/population.ts";
import { readPopulationPlan } from "../../skew/populations/read-plan.ts";

/** What is wrong with `--population`: a line, and more if there are more problems. */
export interface PopulationProblem {
  readonly problem: readonly string[];
}

/**
 * The population of `--population`: a built-in one by its name, otherwise that of a file.
 *
 * @param wanted - a name, or the path of a JSON file
 * @param seed - of the people, 0 … 2^32 − 1
 */
export function choosePopulation(wanted: string, seed: number): Population | PopulationProblem {
  const plan = builtInPopulation(wanted) ?? planOfFile(wanted);
  if ("problem" in plan) return plan;
  try {
    return buildPopulation(plan, seed);
  } catch (error) {
    // A block that has no room is found while addresses are drawn.
    if (error instanceof RangeError) return { problem: [`${wanted}: ${error.message}`] };
    throw error;
  }
}

function planOfFile(path: string): PopulationPlan | PopulationProblem {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    const isMissing = error instanceof Error && "code" in error && error.code === "ENOENT";
    if (isMissing && looksLikeName(path)) return { problem: [unknownName(path)] };
    const { problem, hint } = describeFileError(error);
    return { problem: [`${path}: ${problem}; ${hint}`] };
  }
  try {
    return readPopulationPlan(text, basename(path));
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const many = error.problems.length === 1 ? "1 problem" : `${error.problems.length} problems`;
    return {
      problem: [
        `${many} in the population ${path}`,
        ...error.problems.flatMap(({ where, value, problem, hint }) => [
          `  ${where}: ${value === undefined ? "" : `${JSON.stringify(value)} `}${problem}`,
          ...(hint === undefined ? [] : [`    ${hint}`]),
        ]),
      ],
    };
  }
}

/** `zipf1.2` does, `town.json` does not. */
function looksLikeName(text: string): boolean {
  return /^[\w-]+(?:\.\d+)?$/.test(text);
}

function unknownName(name: string): string {
  const known = builtInPopulations.map((plan) => plan.name);
  const nearest = nearestName(name, known);
  const hint =
    nearest === undefined ? `the populations are ${known.join(", ")}, or name a file` : `did you mean ${nearest}?`;
  return `no population and no file is called ${JSON.stringify(name)}; ${hint}`;
}
