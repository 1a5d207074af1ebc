import { type Command, InvalidArgumentError } from "commander";
import type { SimulateOptions } from "../simulate.ts";

/** What commander makes of the flags of `simulate` itself. */
export interface SimulateFlags {
  readonly list?: boolean;
  readonly population?: string;
  readonly from?: readonly string[];
  readonly format?: string;
  readonly policy?: readonly string[];
  readonly seed: number;
  readonly mask?: boolean;
  readonly report?: string;
  readonly json?: boolean;
}

const HIGHEST_SEED = 2 ** 32 - 1;

const HELP = `
Backends are those of the configuration; without any there are ten. Or say how
many equal ones there shall be: --backends 20

Examples:
  lengket simulate                          a town with offices and a campus
  lengket simulate --from access.log        your own clients
  lengket simulate --policy ring,sticky-cookie --population s5 --backends 4
  lengket simulate --report skew            writes skew/report.html, with plots`;

/** Gives a command the flags of `simulate`, and its help. */
export function withSimulateFlags(command: Command): Command {
  return command
    .description("show how evenly policies spread clients: those of a model, or of your own access log")
    .option("--list", "list the populations and the policies")
    .option("--population <name>", "who comes: a name of --list, or a JSON file (default: s6)")
    .option("--from <log>", "who came: an access log, plain or gzip; - = standard input; repeatable", append)
    .option("--format <format>", "the format of the log (default: found out)")
    .option("--policy <names>", "policies to compare, e.g. ring,sticky-cookie (default: all)", splitNames)
    .option("--seed <number>", "another seed draws other people", seedNumber, 1)
    .option("--mask", "show no address whole")
    .option("--report <folder>", "write a report with plots there")
    .option("--json", "as JSON")
    .addHelpText("after", HELP);
}

/** A value of --backends that says how many, not which. */
export function backendCount(value: string | undefined): number | undefined {
  return value !== undefined && /^\d{1,9}$/.test(value) ? Number(value) : undefined;
}

/** The flags as `simulate` takes them. */
export function simulateOptionsOf(
  flags: SimulateFlags,
): Pick<SimulateOptions, "list" | "population" | "from" | "format" | "policies" | "seed" | "mask" | "report" | "json"> {
  const { population, format, report, seed } = flags;
  return {
    ...{ population, format, report, seed },
    list: Boolean(flags.list),
    from: flags.from ?? [],
    policies: flags.policy ?? [],
    mask: Boolean(flags.mask),
    json: Boolean(flags.json),
  };
}

function append(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}

function splitNames(value: string, before: readonly string[] = []): readonly string[] {
  const names = value.split(",").map((name) => name.trim());
  return [...before, ...names.filter((name) => name !== "")];
}

function seedNumber(text: string): number {
  if (!/^\d{1,10}$/.test(text) || Number(text) > HIGHEST_SEED) {
    throw new InvalidArgumentError(`write a whole number from 0 to ${HIGHEST_SEED}.`);
  }
  return Number(text);
}
