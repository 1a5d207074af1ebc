import { findProgram } from "../support/require-program.ts";
import { allCases } from "./all-cases.ts";
import type { CutChoice } from "./cuts.ts";
import { type BlackBoxOptions, parseOptions, USAGE } from "./options.ts";
import { failuresOf, markdownTable, passed, textTable } from "./report.ts";
import { runSubject, type SubjectResult } from "./run-subject.ts";
import { findSubject } from "./subjects/find-subject.ts";

const MAX_SEED = 1_000_000;

process.exitCode = await main(process.argv.slice(2));

async function main(args: readonly string[]): Promise<number> {
  try {
    const options = parseOptions(args, Date.now() % MAX_SEED);
    if (options !== "help") return await compare(options);
    process.stdout.write(USAGE);
    return 0;
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`);
    return 1;
  }
}

async function compare(options: BlackBoxOptions): Promise<number> {
  const { id, rule, lanes, cuts } = options;
  const cases = allCases().filter((test) => test.id.includes(id) && (rule === 0 || test.rule === rule));
  if (cases.length === 0) throw new Error("no such case");
  const all: SubjectResult[] = [];
  for (const name of options.subjects) {
    const subject = findSubject(name, findProgram);
    if (subject === undefined) {
      process.stderr.write(`skipped: ${name} is not installed\n`);
      continue;
    }
    const whole: CutChoice = { ...cuts, kind: "whole" };
    const result = await runSubject(subject, cases, { lanes, cuts: name === "lengket" ? cuts : whole });
    const runs = result.results.reduce((sum, { runs }) => sum + runs, 0);
    process.stderr.write(`${subject.title}: ${cases.length} cases, ${runs} runs, ${result.seconds.toFixed(1)} s\n`);
    all.push(result);
  }
  process.stdout.write(written(all, options));
  return all[0]?.results.every(passed) === true && all[0].faults.length === 0 ? 0 : 1;
}

function written(all: readonly SubjectResult[], options: BlackBoxOptions): string {
  switch (options.format) {
    case "json":
      return `${JSON.stringify(all.map(plain), null, 2)}\n`;
    case "markdown":
      return `${markdownTable(all)}\n`;
    default:
      return text(all, options);
  }
}

function text(all: readonly SubjectResult[], { cuts, verbose }: BlackBoxOptions): string {
  const seed = cuts.kind === "sampled" ? `cuts drawn with --seed ${cuts.seed}\n` : "";
  return `${seed}${textTable(all)}\n${all.map((result) => failuresOf(result, verbose)).join("\n")}\n`;
}

function plain({ subject, results, faults, seconds }: SubjectResult): object {
  return {
    subject: subject.name,
    version: subject.version,
    seconds,
    faults,
    cases: results.map(({ case: { id, rule, rank, side, title }, runs, failures }) => ({
      ...{ id, rule, rank, side, title, runs, failures },
    })),
  };
}
