import { stat } from "node:fs/promises";
import { basename } from "node:path";
import type { Clock } from "../../platform/clock.ts";
import { AddressCounts } from "../../skew/logs/address-counts.ts";
import { formatFacts, logFormats } from "../../skew/logs/formats.ts";
import type { LogFormat, LogUnit } from "../../skew/logs/line-format.ts";
import type { LogFacts } from "../../skew/logs/log-reader.ts";
import { type CountedLog, countLog, defaultReadLogOptions, openLog } from "../../skew/logs/read-log.ts";
import type { ShownBits } from "../../skew/populations/address-list.ts";
import { populationOfLog } from "../../skew/populations/from-log.ts";
import type { Population } from "../../skew/populations/population.ts";
import type { Output } from "../output.ts";
import { LogProgress } from "./log-progress.ts";
import { describeReading, type ReadLogFacts } from "./log-summary.ts";
import { describeLogError, describeMalformed, describeUselessLog, knownFormats } from "./log-trouble.ts";

/** Standard input on the command line. */
const STDIN = "-";
/** What is left of an address that is masked: enough to know whose it is, too little to know who it was. */
const MASK: ShownBits = Object.freeze({ v4: 24, v6: 48 });

export interface LogInputOptions {
  /** Paths of logs that are counted together; `-` = standard input. At least one. */
  readonly from: readonly string[];
  /** One of {@link LogFormat}; undefined = found out for each log. */
  readonly format: string | undefined;
  /** CLIENT_PREFIX_V4 and CLIENT_PREFIX_V6: what is one client. */
  readonly prefixV4: number;
  readonly prefixV6: number;
  /** Show no address whole, and no text of malformed lines. */
  readonly mask: boolean;
  readonly clock: Clock;
  readonly stderr: Output;
  /** As process.env; TERM decides about the progress bar. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** For tests; process.stdin when absent. */
  readonly stdin?: AsyncIterable<Uint8Array>;
}

/** What `lengket simulate --from` knows of its logs. */
export interface LogInput {
  readonly population: Population;
  /** What a line stands for; the same in all logs. */
  readonly unit: LogUnit;
  readonly logs: readonly ReadLogFacts[];
  /** The largest error of any client's count; 0 = all are exact. */
  readonly errorAtMost: number;
  /** How addresses have to be shown; undefined = whole. */
  readonly shown: ShownBits | undefined;
}

/**
 * Reads the logs of `--from` as a stream and counts their clients. While it reads, a terminal shows how far it is; in the
 * end a line says what was read, and which lines could not be.
 *
 * @returns undefined when the logs cannot be used; why has been written to `stderr` by then (the exit code is 2)
 */
export async function readLogInput(options: LogInputOptions): Promise<LogInput | undefined> {
  const { format, prefixV4, prefixV6, stderr, clock } = options;
  const report = (lines: readonly string[]): void => {
    const [first = "", ...others] = lines;
    stderr.write([`lengket: ${first}`, ...others, ""].join("\n"));
  };
  const asked = logFormats.find((known) => known.format === format)?.format;
  if (format !== undefined && asked === undefined) {
    report([`there is no log format "${format}".`, ...knownFormats()]);
    return undefined;
  }
  const counts = new AddressCounts({ prefixV4, prefixV6, maxClients: defaultReadLogOptions.maxClients });
  const startMs = clock.nowMs();
  const read = await countAll(options, asked, counts);
  const logs: ReadLogFacts[] = [];
  let isUseless = false;
  for (const { name, outcome } of read) {
    const problem = typeof outcome === "string" ? [outcome] : describeUselessLog(outcome);
    if (problem !== undefined) {
      report([`${name}: ${problem[0] ?? ""}`, ...problem.slice(1)]);
      // A log that has just been rotated is empty, and no reason to refuse the others.
      isUseless ||= typeof outcome === "string" || outcome.bytes > 0;
    } else if (typeof outcome !== "string" && outcome.format !== undefined) {
      logs.push({ ...outcome, format: outcome.format, name });
    }
  }
  const mixture = describeMixture(logs);
  if (mixture !== undefined) report([mixture]);
  const [first] = logs;
  if (isUseless || mixture !== undefined || first === undefined) return undefined;
  const elapsedMs = clock.nowMs() - startMs;
  for (const log of logs) if (log.malformed > 0) report(describeMalformed(log));
  report([describeReading(logs, elapsedMs)]);
  const whole: CountedLog = {
    ...first,
    total: counts.total,
    clients: counts.clients(),
    errorAtMost: counts.errorAtMost,
  };
  return {
    population: populationOfLog(whole, logs.length === 1 ? basename(first.name) : `${logs.length} logs`),
    unit: formatFacts(first.format).unit,
    logs,
    errorAtMost: counts.errorAtMost,
    shown: options.mask ? MASK : undefined,
  };
}

interface Reading {
  readonly name: string;
  /** Or why it failed. */
  readonly outcome: LogFacts | string;
}

/** All logs into one count, one after the other; none after one that failed. */
async function countAll(
  options: LogInputOptions,
  format: LogFormat | undefined,
  counts: AddressCounts,
): Promise<readonly Reading[]> {
  const { from, stderr, env, clock, stdin = process.stdin } = options;
  const sizes = await Promise.all(from.map((path) => (path === STDIN ? undefined : sizeOf(path))));
  const totalBytes = sizes.includes(undefined) ? undefined : sizes.reduce<number>((sum, size) => sum + (size ?? 0), 0);
  const isShown = stderr.isTTY === true && env["TERM"] !== "dumb";
  const progress = isShown ? new LogProgress(stderr, clock, totalBytes) : undefined;
  const readings: Reading[] = [];
  const before = { bytes: 0, lines: 0 };
  for (const [i, path] of from.entries()) {
    const name = path === STDIN ? "standard input" : path;
    let bytes = 0;
    const onProgress = (soFar: number, lines: number): void => {
      bytes = soFar;
      progress?.update({ name, bytes: before.bytes + soFar, lines: before.lines + lines });
    };
    const readOptions = { ...defaultReadLogOptions, format, masked: options.mask, onProgress };
    try {
      const facts = await countLog(path === STDIN ? stdin : openLog(path), counts, readOptions);
      before.bytes += bytes;
      before.lines += facts.lines;
      readings.push({ name, outcome: facts });
      const size = sizes[i];
      if (size === undefined || bytes >= size) continue;
      progress?.clear();
      stderr.write(`lengket: ${name}: it became shorter while it was read: ${bytes} of ${size} bytes were there\n`);
    } catch (error) {
      readings.push({ name, outcome: describeLogError(error) });
      break;
    }
  }
  progress?.clear();
  return readings;
}

/** Bytes of a regular file; undefined for anything else, and when there is none, which reading it will report. */
async function sizeOf(path: string): Promise<number | undefined> {
  try {
    const stats = await stat(path);
    return stats.isFile() ? stats.size : undefined;
  } catch {
    return undefined;
  }
}

/** Requests and connections cannot be added up. */
function describeMixture(logs: readonly ReadLogFacts[]): string | undefined {
  const [first] = logs;
  const other = logs.find(({ format }) => first !== undefined && unitOf(format) !== unitOf(first.format));
  if (first === undefined || other === undefined) return undefined;
  return `${first.name} has ${unitOf(first.format)}s and ${other.name} has ${unitOf(other.format)}s: they cannot be added up`;
}

function unitOf(format: LogFormat): LogUnit {
  return formatFacts(format).unit;
}
