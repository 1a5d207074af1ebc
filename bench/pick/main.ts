import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describeMachine, projectRoot, projectVersion } from "../support/machine.ts";
import { resultsFolder } from "../support/results-folder.ts";
import { contenders } from "./contenders.ts";
import { judgePicks } from "./goals.ts";
import { buildMs, measurePicks, type PickCost } from "./measure-picks.ts";

// npm run bench:pick [-- --quick] [-- --check]: what a choice costs, and what it costs to build what it looks into.
// With --build NAME BACKENDS it only does that once and prints the milliseconds: a fresh process is what "cold" means.

const args = process.argv.slice(2);
if (args[0] === "--build") {
  const contender = contenders().find(({ name }) => name === args[1]);
  if (contender === undefined) throw new Error(`there is no ${args[1]}`);
  process.stdout.write(String(buildMs(contender, Number(args[2]))));
} else {
  bench(args.includes("--quick"), args.includes("--check"));
}

function bench(quick: boolean, check: boolean): void {
  const run = quick ? { rounds: 3, windowMs: 30 } : { rounds: 9, windowMs: 200 };
  const costs = measurePicks(contenders(), [10, 100], run, fileURLToPath(import.meta.url));
  const verdicts = judgePicks(costs);
  const root = projectRoot(import.meta.dirname);
  const machine = describeMachine("one thread, wherever the kernel likes");
  const heading = [
    `From the raw bytes of an IPv4 address to a backend; median of ${run.rounds} rounds; ${new Date().toISOString().slice(0, 10)}`,
    `Lengket ${projectVersion(root)}, Node ${process.versions.node}, ${machine.cpu}`,
  ];
  const promises = verdicts.map(({ text }) => `- ${text}\n`).join("");
  const text = `${heading.map((line) => `${line}  \n`).join("")}\n${tableOf(costs)}\n${promises}`;
  const folder = resultsFolder(root, "bench/pick/results", quick);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "latest.md"), text);
  writeFileSync(join(folder, "latest.json"), `${JSON.stringify({ format: 1, machine, run, costs }, null, 2)}\n`);
  process.stdout.write(text);
  if (check && verdicts.some(({ kept }) => !kept)) process.exitCode = 1;
}

function tableOf(costs: readonly PickCost[]): string {
  const rows = costs.map(({ title, backends, nsPerDecision, coldBuildMs, warmBuildMs }) => {
    const cells = [
      title,
      String(backends),
      nsPerDecision.median.toFixed(0),
      `${nsPerDecision.min.toFixed(0)}–${nsPerDecision.max.toFixed(0)}`,
      coldBuildMs.median.toFixed(1),
      `${coldBuildMs.min.toFixed(1)}–${coldBuildMs.max.toFixed(1)}`,
      warmBuildMs.median.toFixed(1),
    ];
    return `| ${cells.join(" | ")} |\n`;
  });
  return [
    "| | backends | ns a decision | min–max | ms for the first build of a process | min–max | ms for a later one |\n",
    "|---|--:|--:|--:|--:|--:|--:|\n",
    ...rows,
  ].join("");
}
