import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { comparedPolicies } from "../../src/skew/policies/compared-policies.ts";
import { projectRoot } from "../support/machine.ts";
import { EXIT_USAGE } from "../support/options.ts";
import { resultsFolder } from "../support/results-folder.ts";
import { runCourses } from "./courses.ts";
import { drawResults } from "./draw-results.ts";
import { fullPlan, jobsOf, quickPlan } from "./matrix.ts";
import { type About, resultsJson } from "./results-json.ts";
import { resultsMarkdown } from "./results-markdown.ts";
import { runMatrix } from "./run-matrix.ts";

const USAGE = `What shared addresses do to sticky balancing: every population, policy and number of backends.

  npm run bench:skew -- [options]

  --quick     three populations, 4 and 10 backends
  --seed N    0-4294967295; default 1
  --out DIR   where the results go; default bench/skew/results, with --quick below build/quick
  --help
`;

const { values } = parseArgs({
  options: {
    quick: { type: "boolean", default: false },
    seed: { type: "string", default: "1" },
    out: { type: "string" },
    help: { type: "boolean", default: false },
  },
});
if (values.help) process.stdout.write(USAGE);
else if (!/^\d{1,10}$/.test(values.seed) || Number(values.seed) > 2 ** 32 - 1) {
  process.stderr.write(`--seed: "${values.seed}" is not a whole number from 0 to ${2 ** 32 - 1}\n`);
  process.exitCode = EXIT_USAGE;
} else await bench(Number(values.seed), values.quick, values.out);

/** Times go to the terminal only: the files depend on the seed and on nothing else. */
async function bench(seed: number, quick: boolean, out: string | undefined): Promise<void> {
  const start = performance.now();
  const root = projectRoot(import.meta.dirname);
  const folder = out ?? resultsFolder(root, "bench/skew/results", quick);
  const plan = quick ? quickPlan(seed) : fullPlan(seed);
  const jobs = jobsOf(plan).length;
  let done = 0;
  const [courses, cells] = await Promise.all([
    runCourses(plan),
    runMatrix(plan, ({ population, backends }) => {
      process.stderr.write(`${++done} of ${jobs}: ${population} on ${backends} backends\n`);
    }),
  ]);
  const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { readonly version: string };
  const about: About = { version, plan, policies: comparedPolicies };
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "results.json"), resultsJson(about, cells, courses));
  writeFileSync(join(folder, "results.md"), resultsMarkdown(about, cells, courses));
  for (const { name, svg } of await drawResults(cells, courses)) writeFileSync(join(folder, name), svg);
  const seconds = ((performance.now() - start) / 1000).toFixed(0);
  process.stdout.write(`${jobs} studies of ${plan.policies.length} policies in ${seconds} s: ${folder}\n`);
}
