import { parseArgs } from "node:util";

export const BALANCERS = ["lengket", "haproxy", "nginx", "pipe"] as const;
export type BalancerName = (typeof BALANCERS)[number];

export interface BenchOptions {
  /** In the order they take turns. */
  readonly balancers: readonly BalancerName[];
  readonly rounds: number;
  /** Rounds of the idle memory workload, which starts every balancer anew each time. */
  readonly memoryRounds: number;
  readonly warmUpMs: number;
  readonly windowMs: number;
  /** u32 */
  readonly seed: number;
  /** End with code 1 unless the goals are met. */
  readonly check: boolean;
  readonly quick: boolean;
  /** The command that runs Lengket; undefined = the one compiled next to this benchmark. */
  readonly lengket: readonly string[] | undefined;
}

/** The command line cannot be used; the message lists every problem. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

export const USAGE = `Measures the CPU time and memory that Lengket, HAProxy, nginx and a plain Node proxy need for the same work.

  npm run bench:relay -- [options]

  --quick            short windows, 3 rounds: under a minute
  --check            end with code 1 unless bulk <= 0.6 and 64 B round trips <= 1.4 of HAProxy's CPU
  --only A,B         of ${BALANCERS.join(", ")}
  --rounds N         1-100; default 5, with --quick 3
  --seed N           of the bytes and the client addresses; default 1
  --lengket COMMAND  how to run Lengket, split at blanks; default: node build/src/main.js run
  --help
`;

/**
 * Reads the command line; `help` when that is what it asks for.
 * @throws UsageError
 */
export function parseOptions(args: readonly string[]): BenchOptions | "help" {
  const values = readArgs(args);
  if (values.help === true) return "help";
  const quick = values.quick === true;
  const problems: string[] = [];
  const whole = (name: string, text: string | undefined, fallback: number, min: number, max: number): number => {
    if (text === undefined) return fallback;
    const n = Number(text);
    if (/^\d+$/.test(text) && n >= min && n <= max) return n;
    problems.push(`--${name}: "${text}" is not a whole number from ${min} to ${max}`);
    return fallback;
  };
  const rounds = whole("rounds", values.rounds, quick ? 3 : 5, 1, 100);
  const seed = whole("seed", values.seed, 1, 0, 2 ** 32 - 1);
  const balancers = balancersOf(values.only, problems);
  const lengket = values.lengket?.split(/\s+/).filter((word) => word !== "");
  if (lengket?.length === 0) problems.push("--lengket: the command is empty");
  if (problems.length > 0) throw new UsageError(problems.join("\n"));
  return {
    balancers,
    rounds,
    memoryRounds: Math.min(rounds, quick ? 1 : 3),
    warmUpMs: quick ? 80 : 300,
    windowMs: quick ? 320 : 1500,
    seed,
    check: values.check === true,
    quick,
    lengket,
  };
}

function balancersOf(only: string | undefined, problems: string[]): readonly BalancerName[] {
  if (only === undefined) return BALANCERS;
  const asked = only.split(",").map((name) => name.trim());
  for (const name of asked) {
    if (!BALANCERS.some((known) => known === name))
      problems.push(`--only: "${name}" is not one of ${BALANCERS.join(", ")}`);
  }
  return BALANCERS.filter((known) => asked.includes(known));
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
