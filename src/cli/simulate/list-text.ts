import { comparedPolicies } from "../../skew/policies/compared-policies.ts";
import { builtInPopulations } from "../../skew/populations/built-in.ts";
import { COLUMNS, wrap } from "../output.ts";

const NAME_WIDTH = 22;

/** What can be simulated: populations and policies, with where they come from. 80 columns. */
export function listText(): string {
  const rows = (entries: readonly (readonly [name: string, text: string])[]): readonly string[] =>
    entries.flatMap(([name, text]) =>
      wrap(text, COLUMNS - NAME_WIDTH - 2).map((line, i) => `  ${(i === 0 ? name : "").padEnd(NAME_WIDTH)}${line}`),
    );
  const lines = [
    "Populations (--population NAME, or a JSON file of your own):",
    ...rows(builtInPopulations.map(({ name, title, source }) => [name, `${title} [${source}]`])),
    "",
    "Policies (--policy NAME,NAME…):",
    ...rows(comparedPolicies.map(({ name, title, program }) => [name, `${title} [${program}]`])),
  ];
  return `${lines.join("\n")}\n`;
}
