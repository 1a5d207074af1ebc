import { join } from "node:path";
import { hasHttp } from "../config/checks/http-mode.ts";
import type { LoadOptions } from "../config/load-configuration.ts";
import { ConfigError } from "../model/failure.ts";
import { systemClock } from "../platform/clock.ts";
import { addressFacts } from "../skew/advice/address-facts.ts";
import { adviseOn } from "../skew/advice/advise-on.ts";
import { count } from "../skew/advice/wording.ts";
import type { ShownBits } from "../skew/populations/address-list.ts";
import type { Population } from "../skew/populations/population.ts";
import type { Unit } from "../skew/report/figures.ts";
import { type HeaviestSweep, sweepHeaviest } from "../skew/report/heaviest-sweep.ts";
import { effortSentences } from "../skew/report/population-text.ts";
import { resultJson, type SimulationResult } from "../skew/report/simulation-result.ts";
import { createTimePlan } from "../skew/simulation/create-time-plan.ts";
import { simulateTime } from "../skew/simulation/simulate-time.ts";
import { studyPlacement } from "../skew/study/study-placement.ts";
import { type Output, wantsColor } from "./output.ts";
import { EXIT_CONFIG, printErrors } from "./print-problems.ts";
import { choosePolicies } from "./simulate/chosen-policies.ts";
import { choosePopulation, type PopulationProblem } from "./simulate/chosen-population.ts";
import { listText } from "./simulate/list-text.ts";
import { readLogInput } from "./simulate/log-input.ts";
import { simulateLog, studyLog } from "./simulate/log-study.ts";
import { describeLogs } from "./simulate/log-summary.ts";
import { mergePrefixes } from "./simulate/merge-prefixes.ts";
import { REPORT_FILES, reportFolderProblem } from "./simulate/report-folder.ts";
import { resultText } from "./simulate/result-text.ts";
import {
  configuredPolicy,
  policyOptionsOf,
  type SimulatedCluster,
  simulatedCluster,
} from "./simulate/simulated-cluster.ts";

/** What `lengket simulate` is asked. */
export interface SimulateOptions extends LoadOptions {
  readonly stdout: Output;
  readonly stderr: Output;
  readonly version: string;
  /** Print what can be simulated, and nothing else. */
  readonly list: boolean;
  /** A built-in population or a file; undefined = s6, or the logs. */
  readonly population: string | undefined;
  /** So many backends instead of those of the configuration. */
  readonly count: number | undefined;
  /** Names of policies; none = all. */
  readonly policies: readonly string[];
  /** Of the people, 0 … 2^32 − 1. */
  readonly seed: number;
  /** Logs to read instead of a population; `-` = standard input. */
  readonly from: readonly string[];
  /** Format of the logs; undefined = found out. */
  readonly format: string | undefined;
  /** Show no address whole. */
  readonly mask: boolean;
  readonly json: boolean;
  /** A directory for the report; undefined = none. */
  readonly report: string | undefined;
  /** Called before logs are read, whose length the memory must not depend on; undefined = the process stays as it is. */
  readonly keepHeapSmall: (() => void) | undefined;
}

const EXIT_USAGE = 2;
const DEFAULT_POPULATION = "s6";
const MOST_BACKENDS = 1_000;
/** What the sweep is about, as far as they are compared. */
const TELLING: readonly string[] = ["ring", "bounded-load", "bounded-load-pinned", "nat-split", "sticky-cookie"];
/** As in logs: enough to know whose an address is, too little to know who it was. */
const MASK: ShownBits = Object.freeze({ v4: 24, v6: 48 });

/** Who comes, however it became known. */
interface Visitors {
  readonly population: Population;
  readonly unit: Unit;
  readonly logs: readonly string[];
  readonly errorAtMost: number;
}

/**
 * Compares policies on a population, or on the clients of logs: prints the comparison and what to change, as text or JSON,
 * and writes a report when one is wanted.
 *
 * @returns the exit code: 0, 2 for arguments or files that cannot be used, 78 for a bad configuration
 */
export async function simulate(options: SimulateOptions): Promise<number> {
  const { stdout, stderr, env, json, report } = options;
  const fail = (...[first = "", ...others]: readonly string[]): number => {
    stderr.write([`lengket: ${first}`, ...others, ""].join("\n"));
    return EXIT_USAGE;
  };
  if (options.list) {
    stdout.write(listText());
    return 0;
  }
  const usage = usageProblem(options);
  if (usage !== undefined) return fail(usage);
  const policies = choosePolicies(options.policies);
  if (typeof policies === "string") return fail(policies);
  const cluster = loadCluster(options);
  if (cluster === undefined) return EXIT_CONFIG;
  if (cluster.backends.length === 0)
    return fail("every backend is a backup or has a weight of 0: nobody would get anything");
  const noPlace = report === undefined ? undefined : await reportFolderProblem(report);
  if (noPlace !== undefined) return fail(noPlace);
  const visitors = await findVisitors(options, cluster);
  if (visitors === undefined) return EXIT_USAGE;
  if ("problem" in visitors) return fail(...visitors.problem);

  const status = statusLine(stderr, env);
  status(`comparing ${count(policies.length, "policy", "policies")} on ${count(cluster.backends.length, "backend")} …`);
  const result = compare(options, cluster, visitors, policies);
  status("");
  stdout.write(json ? resultJson(result) : resultText(result, wantsColor(stdout, env)));
  if (report === undefined) return 0;

  status("drawing the report …");
  const { writeReport } = await import("./simulate/write-report.ts");
  const problem = await writeReport({ ...result, sweep: sweepOf(result, cluster, policies) }, report);
  status("");
  if (problem !== undefined) return fail(problem);
  stderr.write(`lengket: report in ${join(report, REPORT_FILES.page)}\n`);
  return 0;
}

function usageProblem({ population, from, format, count, report }: SimulateOptions): string | undefined {
  if (population === "") return "--population is empty: name a population or a file";
  if (from.includes("")) return "--from is empty: name a log, or - for standard input";
  if (report === "") return "--report is empty: name a folder, or . for this one";
  if (population !== undefined && from.length > 0)
    return "--population and --from exclude each other: who comes is in the log";
  if (format !== undefined && from.length === 0) return "--format is about logs: give one with --from";
  if (count !== undefined && (count < 1 || count > MOST_BACKENDS)) {
    return `--backends ${count}: simulate 1 to ${MOST_BACKENDS} backends`;
  }
  return undefined;
}

function loadCluster(options: SimulateOptions): SimulatedCluster | undefined {
  try {
    return simulatedCluster(options, options.count);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    printErrors(error.problems, options.stderr, options.env);
    return undefined;
  }
}

/** @returns undefined when the logs cannot be used, which has been reported by then */
async function findVisitors(
  { from, format, mask, stderr, env, population: wanted, seed, keepHeapSmall }: SimulateOptions,
  { settings }: SimulatedCluster,
): Promise<Visitors | PopulationProblem | undefined> {
  const { clientPrefixV4: prefixV4, clientPrefixV6: prefixV6 } = settings;
  if (from.length === 0) {
    const population = choosePopulation(wanted ?? DEFAULT_POPULATION, seed);
    if ("problem" in population) return population;
    const merged = mergePrefixes(population, { v4: prefixV4, v6: prefixV6 });
    return { population: merged, unit: "connection", logs: [], errorAtMost: 0 };
  }
  keepHeapSmall?.();
  const input = await readLogInput({ from, format, prefixV4, prefixV6, mask, clock: systemClock, stderr, env });
  if (input === undefined) return undefined;
  const { population, unit, logs, errorAtMost } = input;
  return { population, unit, logs: describeLogs(logs), errorAtMost };
}

function compare(
  { version, mask, seed }: SimulateOptions,
  { settings, backends, isConfigured, notes }: SimulatedCluster,
  { population, unit, logs, errorAtMost }: Visitors,
  policies: readonly string[],
): SimulationResult {
  const { hashSeed, clientPrefixV4: prefixV4, clientPrefixV6: prefixV6 } = settings;
  const options = policyOptionsOf(settings);
  const shown = mask ? MASK : undefined;
  const isLog = population.users === undefined;
  const study = { seed: hashSeed, policies: options, shown };
  const placement = isLog
    ? studyLog(population, backends, policies, study)
    : studyPlacement(population, backends, policies, study);
  const time = isLog
    ? simulateLog(population, backends, policies, hashSeed, options)
    : simulateTime(population, backends, policies, createTimePlan(backends, { seed: hashSeed }), options);
  const mode = hasHttp(settings) ? "http" : "tcp";
  const advice = adviseOn(placement, time, {
    ...{ unit, prefixV4, prefixV6, errorAtMost },
    mode: isConfigured ? mode : undefined,
    addresses: addressFacts(population),
    masked: mask,
  });
  const yours = isConfigured ? configuredPolicy(settings) : undefined;
  return {
    program: { name: "lengket", version },
    seed,
    unit,
    yours: policies.find((name) => name === yours),
    logs,
    notes: [...notes, ...effortSentences(placement, unit)],
    placement,
    time,
    advice,
  };
}

/** For the policies whose lines differ most from each other. */
function sweepOf(
  { seed }: SimulationResult,
  { settings, backends }: SimulatedCluster,
  policies: readonly string[],
): HeaviestSweep {
  const telling = TELLING.filter((name) => policies.includes(name));
  const swept = telling.length > 0 ? telling : policies.slice(0, TELLING.length);
  return sweepHeaviest(backends, swept, { seed, hashSeed: settings.hashSeed, options: policyOptionsOf(settings) });
}

/** One line on a terminal that the next one replaces; an empty text takes it away. */
function statusLine(stderr: Output, env: SimulateOptions["env"]): (text: string) => void {
  if (stderr.isTTY !== true || env["TERM"] === "dumb") return () => {};
  return (text) => stderr.write(`\r\x1b[K${text}`);
}
