import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { isContinuousIntegration } from "../../test/support/require-program.ts";
import { findBalancers, TITLES } from "./balancers.ts";
import { coresOfThisMachine } from "./cores.ts";
import { judge } from "./goals.ts";
import { describeMachine, projectRoot, projectVersion } from "./machine.ts";
import { type BenchOptions, parseOptions, USAGE, UsageError } from "./options.ts";
import { type Results, summarize } from "./results.ts";
import { runRounds } from "./rounds.ts";
import { markdownTable, textTable } from "./table.ts";

/** sysexits.h: the command line cannot be used. */
const EX_USAGE = 64;

process.exitCode = await main(process.argv.slice(2));

async function main(args: readonly string[]): Promise<number> {
  try {
    const options = parseOptions(args);
    if (options !== "help") return await bench(options);
    process.stdout.write(USAGE);
    return 0;
  } catch (error) {
    if (!(error instanceof UsageError)) {
      process.stderr.write(`bench:relay: ${error instanceof Error ? error.message : String(error)}\n`);
      return 1;
    }
    process.stderr.write(`${error.message}\n\n${USAGE}`);
    return EX_USAGE;
  }
}

async function bench(options: BenchOptions): Promise<number> {
  const startedAt = new Date();
  const root = projectRoot(import.meta.dirname);
  const { found, missing } = findBalancers(options, projectVersion(root));
  for (const { name, because } of missing) process.stdout.write(`skipped: ${TITLES[name]}: ${because}\n`);
  if (missing.length > 0 && isContinuousIntegration())
    throw new Error("something is missing, and CI=true allows no skip");
  if (found.length === 0) throw new Error("there is nothing to measure");

  const cores = coresOfThisMachine();
  const machine = describeMachine(cores.note);
  const versions = Object.fromEntries(found.map(({ name, version }) => [name, version]));
  const samples = await runRounds(found, options, cores, (line) => process.stderr.write(`${line}\n`));
  const summary = summarize(
    samples,
    found.map(({ name }) => name),
  );
  const results: Results = {
    format: 1,
    startedAt: startedAt.toISOString(),
    machine,
    versions,
    options,
    summary,
    samples,
  };

  const heading = headingOf(results);
  process.stdout.write(`\n${heading.join("\n")}\n\n${textTable(summary)}\n`);
  const folder = join(root, "bench", "relay", "results");
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "latest.json"), `${JSON.stringify(results, null, 2)}\n`);
  writeFileSync(
    join(folder, "latest.md"),
    `${heading.map((line) => `${line}  `).join("\n")}\n\n${markdownTable(summary)}`,
  );
  const seconds = Math.round((Date.now() - startedAt.getTime()) / 1000);
  process.stdout.write(`${seconds} s. Every round: ${join(folder, "latest.json")}\n`);

  if (!options.check) return 0;
  const verdicts = judge(summary);
  for (const { text } of verdicts) process.stdout.write(`${text}\n`);
  return verdicts.every(({ kept }) => kept) ? 0 : 1;
}

function headingOf({ machine, versions, options, startedAt }: Results): readonly string[] {
  return [
    `CPU and memory of the balancer; median of ${options.rounds} rounds; ${startedAt.slice(0, 10)}, seed ${options.seed}`,
    Object.entries(versions)
      .map(([name, version]) => `${TITLES[name as keyof typeof TITLES]} ${version}`)
      .join(", "),
    `${machine.cpu}, ${machine.cpus} CPUs, ${machine.kernel}, Node ${machine.node.slice(1)}`,
    machine.pinning,
  ];
}
