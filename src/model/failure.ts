/** One thing that is wrong with the configuration. */
export interface ConfigProblem {
  /** What it is about, e.g. `LENGKET_BACKENDS[2]`, `--idle-timeout`, a file. */
  readonly where: string;
  /** The offending text, quoted by the printer; secrets are never put here. Undefined when there is none. */
  readonly value?: string;
  /** What is wrong, with what is allowed: `not one of ring, rendezvous, maglev, modulo`. */
  readonly problem: string;
  /** What to do: `did you mean "ring"?`, `write host:port, e.g. app3=10.0.0.13:3000`. */
  readonly hint?: string;
}

/** The operator's configuration cannot be used. Carries every problem, never only the first. Exit code 78. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
  readonly problems: readonly ConfigProblem[];

  constructor(problems: readonly ConfigProblem[]) {
    super(
      problems.map((p) => `${p.where}: ${p.problem}`).join("; ") ||
        "the configuration cannot be used for no stated reason",
    );
    this.problems = problems;
  }
}

/** A bug of ours. Never thrown for anything that came from the network or from the operator. */
export class InvariantError extends Error {
  override readonly name = "InvariantError";
}

/** Throws InvariantError with `message` unless `condition` holds. */
export function invariant(condition: boolean, message: string): asserts condition {
  if (!condition) throw new InvariantError(message);
}

/** For the default branch of a switch over a closed union: the compiler refuses it when a case is missing. */
export function exhaustive(value: never): never {
  throw new InvariantError(`unexpected value ${JSON.stringify(value)}`);
}
