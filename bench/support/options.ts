import { parseArgs } from "node:util";
import type { Bench } from "./bench.ts";

export interface BenchOptions {
  /** In the order they take turns. */
  readonly balancers: readonly string[];
  readonly rounds: number;
  /** Rounds of workloads measured in memory, which start every balancer anew each time. */
  readonly memoryRounds: number;
  readonly warmUpMs: number;
  readonly windowMs: number;
  /** How much of each workload's `rehearsalMs` is taken, 0–1. */
  readonly rehearsalShare: number;
  /** u32 */
  readonly seed: number;
  /** End with code 1 unless the goals are met. */
  readonly check: boolean;
  readonly quick: boolean;
  /** The command that runs Lengket; undefined = the one compiled next to this benchmark. */
  readonly lengket: readonly string[] | undefined;
}

/** The command line cannot be used; as `lengket` ends then. */
export const EXIT_USAGE = 2;

/** The command line cannot be used; the message lists every problem. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** How long a run is. */
export type RunLength = Pick<BenchOptions, "rounds" | "warmUpMs" | "windowMs" | "rehearsalShare">;

const FULL_RUN: RunLength = { rounds: 5, warmUpMs: 300, windowMs: 1500, rehearsalShare: 1 };

/** The text of `--help`. */
export function usageOf({
  about,
  script,
  promise,
  balancers,
  quick,
}: Pick<Bench, "about" | "script" | "promise" | "balancers" | "quick">): string {
  return `${about}

  npm run ${script} -- [options]

  --quick            short windows, few rounds
  --check            end with code 1 unless ${promise}
  --only A,B         of ${balancers.join(", ")}
  --rounds N         1-100; default ${FULL_RUN.rounds}, with --quick ${quick.rounds}
  --seed N           of the bytes and the client addresses; default 1
  --lengket COMMAND  how to run Lengket, split at blanks; default: node build/src/main.js run
  --help
`;
}

/**
 * Reads the command line; `help` when that is what it asks for.
 * @throws UsageError
 */
export function parseOptions(
  args: readonly string[],
  bench: Pick<Bench, "balancers" | "quick">,
): BenchOptions | "help" {
  const values = readArgs(args);
  if (values.help === true) return "help";
  const quick = values.quick === true;
  const run = quick ? bench.quick : FULL_RUN;
  const problems: string[] = [];
  const whole = (name: string, text: string | undefined, fallback: number, min: number, max: number): number => {
    if (text === undefined) return fallback;
    const n = Number(text);
    if (/^\d+$/.test(text) && n >= min && n <= max) return n;
    problems.push(`--${name}: "${text}" is not a whole number from ${min} to ${max}`);
    return fallback;
  };
  const rounds = whole("rounds", values.rounds, run.rounds, 1, 100);
  const seed = whole("seed", values.seed, 1, 0, 2 ** 32 - 1);
  const asked = balancersOf(values.only, bench.balancers, problems);
  const lengket = values.lengket?.split(/\s+/).filter((word) => word !== "");
  if (lengket?.length === 0) problems.push("--lengket: the command is empty");
  if (problems.length > 0) throw new UsageError(problems.join("\n"));
  return {
    balancers: asked,
    rounds,
    memoryRounds: Math.min(rounds, quick ? 1 : 3),
    warmUpMs: run.warmUpMs,
    windowMs: run.windowMs,
    rehearsalShare: run.rehearsalShare,
    seed,
    check: values.check === true,
    quick,
    lengket,
  };
}

function balancersOf(only: string | undefined, all: readonly string[], problems: string[]): readonly string[] {
  if (only === undefined) return all;
  const asked = only.split(",").map((name) => name.trim());
  for (const name of asked) {
    if (!all.includes(name)) problems.push(`--only: "${name}" is not one of ${all.join(", ")}`);
  }
  return all.filter((known) => asked.includes(known));
}

interface RawOptions {
  readonly quick?: boolean;
  readonly check?: boolean;
  readonly help?: boolean;
  readonly only?: string;
  readonly rounds?: string;
  readonly seed?: string;
  readonly lengket?: string;
}

function readArgs(args: readonly string[]): RawOptions {
  try {
    return parseArgs({
      args: [...args],
      options: {
        quick: { type: "boolean" },
        check: { type: "boolean" },
        help: { type: "boolean" },
        only: { type: "string" },
        rounds: { type: "string" },
        seed: { type: "string" },
        lengket: { type: "string" },
      },
    }).values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}
