import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { browserRequest } from "../http/browser-request.ts";
import { describeMachine, projectRoot, projectVersion } from "../support/machine.ts";
import { resultsFolder } from "../support/results-folder.ts";
import { measureHeads } from "./measure-heads.ts";
import { headScanners } from "./scanners.ts";

// npm run bench:heads [-- --quick]: what it costs to understand a request head, for our scanner and for the one of Node.

const quick = process.argv.includes("--quick");
const run = quick ? { rounds: 3, windowMs: 150 } : { rounds: 9, windowMs: 500 };
const head = browserRequest({ browser: 1, close: false, cookie: "mDl6ZK8jVQpIqk2pu8QMTA" });
const costs = measureHeads(headScanners(), head, run);

const root = projectRoot(import.meta.dirname);
const machine = describeMachine("one thread, wherever the kernel likes");
const heading = [
  `CPU per request head (${head.length} bytes, 12 fields); median of ${run.rounds} rounds; ${new Date().toISOString().slice(0, 10)}`,
  `Lengket ${projectVersion(root)}, llhttp ${process.versions["llhttp"]}, Node ${process.versions.node}, ${machine.cpu}`,
];
const rows = costs.map(({ title, ns, ratio }) => [
  title,
  ns.median.toFixed(0),
  `${ns.min.toFixed(0)}–${ns.max.toFixed(0)}`,
  (1e9 / ns.median / 1e6).toFixed(2),
  ratio.median.toFixed(2),
]);
const table = [
  "| scanner | ns a head | min–max | million heads a second | × llhttp with fields |",
  "|---|--:|--:|--:|--:|",
  ...rows.map((row) => `| ${row.join(" | ")} |`),
].join("\n");
const text = `${heading.map((line) => `${line}  \n`).join("")}\n${table}\n`;
const folder = resultsFolder(root, "bench/heads/results", quick);
mkdirSync(folder, { recursive: true });
writeFileSync(join(folder, "latest.md"), text);
writeFileSync(join(folder, "latest.json"), `${JSON.stringify({ format: 1, machine, run, costs }, null, 2)}\n`);
process.stdout.write(text);
