import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { isContinuousIntegration } from "../../test/support/require-program.ts";
import type { Balancer } from "./balancer.ts";
import { type Bench, findBalancers } from "./bench.ts";
import { coresOfThisMachine } from "./cores.ts";
import { judge, type Verdict } from "./goals.ts";
import { describeMachine, projectRoot, projectVersion } from "./machine.ts";
import { type BenchOptions, EXIT_USAGE, parseOptions, UsageError, usageOf } from "./options.ts";
import { type Results, summarize } from "./results.ts";
import { resultsFolder } from "./results-folder.ts";
import { runRounds } from "./rounds.ts";
import { markdownTable, type Titles, textTable } from "./table.ts";

/** The command of a benchmark. Resolves to its exit code. */
export async function runBench(bench: Bench, args: readonly string[]): Promise<number> {
  try {
    const options = parseOptions(args, bench);
    if (options !== "help") return await measureAll(bench, options);
    process.stdout.write(usageOf(bench));
    return 0;
  } catch (error) {
    if (!(error instanceof UsageError)) {
      process.stderr.write(`${bench.script}: ${error instanceof Error ? error.message : String(error)}\n`);
      return 1;
    }
    process.stderr.write(`${error.message}\n\n${usageOf(bench)}`);
    return EXIT_USAGE;
  }
}

async function measureAll(bench: Bench, options: BenchOptions): Promise<number> {
  const startedAt = new Date();
  const root = projectRoot(import.meta.dirname);
  const { found, missing } = findBalancers(bench, options, projectVersion(root));
  for (const { title, because } of missing) process.stdout.write(`skipped: ${title}: ${because}\n`);
  if (missing.length > 0 && isContinuousIntegration())
    throw new Error("something is missing, and CI=true allows no skip");
  if (found.length === 0) throw new Error("there is nothing to measure");

  const cores = coresOfThisMachine();
  const machine = describeMachine(cores.note);
  const samples = await runRounds(bench, found, options, cores, (line) => process.stderr.write(`${line}\n`));
  const names = found.map(({ name }) => name);
  const verdicts = judge(bench.goals, samples, bench.workloads);
  const results: Results = {
    format: 1,
    startedAt: startedAt.toISOString(),
    machine,
    versions: Object.fromEntries(found.map(({ name, version }) => [name, version])),
    options,
    summary: summarize(samples, bench.workloads, names),
    goals: verdicts.map(({ text }) => text),
    samples,
  };
  const files = report(results, titlesOf(bench, found), resultsFolder(root, bench.folder, options.quick));
  const seconds = Math.round((Date.now() - startedAt.getTime()) / 1000);
  process.stdout.write(`${seconds} s. Every round: ${files}\n`);
  return options.check && !verdicts.every(({ kept }: Verdict) => kept) ? 1 : 0;
}

function titlesOf({ workloads }: Bench, balancers: readonly Balancer[]): Titles {
  return {
    workloads: new Map(workloads.map(({ id, title }) => [id, title])),
    balancers: new Map(balancers.map(({ name, title }) => [name, title])),
  };
}

/** To the terminal and into `folder`; returns the file with everything. */
function report(results: Results, titles: Titles, folder: string): string {
  const heading = headingOf(results, titles);
  const { summary, goals } = results;
  process.stdout.write(`\n${heading.join("\n")}\n\n${textTable(summary, titles)}\n${goals.join("\n")}\n`);
  mkdirSync(folder, { recursive: true });
  const everything = join(folder, "latest.json");
  writeFileSync(everything, `${JSON.stringify(results, null, 2)}\n`);
  const parts = [
    heading.map((line) => `${line}  \n`).join(""),
    markdownTable(summary, titles),
    goals.map((goal) => `- ${goal}\n`).join(""),
  ];
  writeFileSync(join(folder, "latest.md"), parts.join("\n"));
  return everything;
}

function headingOf({ machine, versions, options, startedAt }: Results, titles: Titles): readonly string[] {
  const named = Object.entries(versions).map(([name, version]) => `${titles.balancers.get(name) ?? name} ${version}`);
  return [
    `CPU and memory of the balancer; median of ${options.rounds} rounds; ${startedAt.slice(0, 10)}, seed ${options.seed}`,
    named.join(", "),
    `${machine.cpu}, ${machine.cpus} CPUs, ${machine.kernel}, Node ${machine.node.slice(1)}`,
    machine.pinning,
  ];
}
