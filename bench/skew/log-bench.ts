import { createWriteStream, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { createGzip } from "node:zlib";
import { coresOfThisMachine } from "../support/cores.ts";
import { EXIT_USAGE } from "../support/options.ts";
import { type GeneratedFormat, generatedFormats, type LogPlan, logChunks, planted } from "./log-generator.ts";
import { type LogRun, runMeasured } from "./log-run.ts";

// npm run bench:log: how fast `lengket simulate --from` is, and whether it finds what was planted.

const LEAST_LINES_A_SECOND = 500_000;
const MOST_PEAK_BYTES = 200e6;
/** Of the log that is promised to be analysed at that rate, policies and all. */
const PROMISED_LINES = 5_000_000;
const QUICK_LINES = 300_000;

const USAGE = `How fast lengket simulate reads an access log, on one core, and in how much memory

  npm run bench:log -- [options]

  --lines N          of the log; default ${PROMISED_LINES}
  --clients N        addresses in it; default 250000
  --format FORMAT    ${generatedFormats.join(", ")}; default combined
  --gzip             compress the log
  --seed N           of the log; default 1
  --quick            ${QUICK_LINES} lines
  --check            end with code 1 unless ${LEAST_LINES_A_SECOND} lines are read in a second of CPU (of a
                     shorter log than ${PROMISED_LINES}: only by the reading), in less than ${MOST_PEAK_BYTES / 1e6} MB, and
                     every planted address is named
  --dist             measure dist/main.js instead of what was compiled next to this
  --help
`;

interface Options extends LogPlan {
  readonly gzip: boolean;
  readonly check: boolean;
  readonly main: string;
}

/** What was measured, and whether it keeps the promise. */
interface Result {
  readonly title: string;
  /** Nothing but reading was done. */
  readonly isReading: boolean;
  readonly run: LogRun;
}

async function main(): Promise<number> {
  const options = readOptions(process.argv.slice(2));
  if (typeof options === "string") {
    const isHelp = options === USAGE;
    (isHelp ? process.stdout : process.stderr).write(isHelp ? USAGE : `${options}\n\n${USAGE}`);
    return isHelp ? 0 : EXIT_USAGE;
  }
  const folder = mkdtempSync(join(tmpdir(), "lengket-bench-log-"));
  try {
    const log = join(folder, options.gzip ? "access.log.gz" : "access.log");
    await writeLog(options, log);
    const { size } = statSync(log);
    const { balancer: core, note } = coresOfThisMachine();
    const about = `${options.lines} lines, ${options.format}, ${options.clients} addresses, seed ${options.seed}`;
    process.stdout.write(`${about}, ${(size / 1e6).toFixed(0)} MB${options.gzip ? " of gzip" : ""}\n`);
    process.stdout.write(`Node ${process.versions.node}; ${note}\n\n`);
    const alone = fileURLToPath(new URL("./read-log-alone.js", import.meta.url));
    const whole = [options.main, "simulate", "--from", log, "--backends", "10"];
    const results = [
      { title: "reading alone", isReading: true, run: await runMeasured(core, [alone, log]) },
      { title: "lengket simulate --from", isReading: false, run: await runMeasured(core, whole) },
    ];
    const kept = results.map((result) => report(result, options.lines));
    return options.check && kept.includes(false) ? 1 : 0;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function writeLog(options: Options, path: string): Promise<void> {
  const chunks = Readable.from(logChunks(options));
  const file = createWriteStream(path);
  if (options.gzip) await pipeline(chunks, createGzip({ level: 1 }), file);
  else await pipeline(chunks, file);
}

function report({ title, isReading, run }: Result, lines: number): boolean {
  // Of its core: other programs on it are not to be measured.
  const rate = (1000 * lines) / run.cpuMs;
  const named = planted.every(({ client }) => run.stdout.includes(client));
  // Comparing the policies takes some seconds, however long the log is.
  const isShort = !isReading && lines < PROMISED_LINES;
  const rows = [
    {
      what: `${(rate / 1e3).toFixed(0)} thousand lines a second of CPU`,
      kept: isShort ? undefined : rate >= LEAST_LINES_A_SECOND,
    },
    { what: `${(run.peakBytes / 1e6).toFixed(0)} MB at most`, kept: run.peakBytes < MOST_PEAK_BYTES },
    { what: `planted addresses ${named ? "" : "not all "}named`, kept: named },
  ];
  const spent = `${(run.wallMs / 1000).toFixed(1)} s, CPU ${(run.cpuMs / 1000).toFixed(1)} s`;
  process.stdout.write(`${title}: ${spent}\n`);
  for (const { what, kept } of rows)
    process.stdout.write(
      `  ${what.padEnd(38)}${kept === undefined ? "not judged: a short log" : kept ? "kept" : "MISSED"}\n`,
    );
  return rows.every(({ kept }) => kept !== false);
}

/** The options, what is wrong with them, or the usage when that is asked for. */
function readOptions(args: readonly string[]): Options | string {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        lines: { type: "string" },
        clients: { type: "string", default: "250000" },
        format: { type: "string", default: "combined" },
        seed: { type: "string", default: "1" },
        gzip: { type: "boolean", default: false },
        quick: { type: "boolean", default: false },
        check: { type: "boolean", default: false },
        dist: { type: "boolean", default: false },
        help: { type: "boolean", default: false },
      },
    });
    if (values.help) return USAGE;
    const { gzip, check } = values;
    const main = values.dist ? "../../../dist/main.js" : "../../src/main.js";
    return {
      lines: whole("lines", values.lines ?? String(values.quick ? QUICK_LINES : PROMISED_LINES), 1, 1e9),
      clients: whole("clients", values.clients, 1, 1e7),
      seed: whole("seed", values.seed, 0, 2 ** 32 - 1),
      format: formatOf(values.format),
      main: fileURLToPath(new URL(main, import.meta.url)),
      ...{ gzip, check },
    };
  } catch (error) {
    return (error as Error).message;
  }
}

function whole(name: string, text: string, min: number, max: number): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= min && value <= max) return value;
  throw new Error(`--${name}: "${text}" is not a whole number from ${min} to ${max}`);
}

function formatOf(text: string): GeneratedFormat {
  const format = generatedFormats.find((known) => known === text);
  if (format === undefined) throw new Error(`--format: "${text}" is not one of ${generatedFormats.join(", ")}`);
  return format;
}

process.exitCode = await main();
