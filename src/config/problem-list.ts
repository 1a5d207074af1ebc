import type { ConfigProblem } from "../model/failure.ts";
import { type SettingKey, settingEntries } from "./settings.ts";

export type Severity = "error" | "warning";

interface Entry {
  readonly rank: number;
  readonly severity: Severity;
  readonly problem: ConfigProblem;
}

/** Gathers problems and gives them back grouped by setting, in the order of the table; strangers come last, by name. */
export class ProblemList {
  readonly #ranks: ReadonlyMap<SettingKey, number> = new Map(settingEntries().map(([key], index) => [key, index]));
  readonly #entries: Entry[] = [];

  /** `about` undefined: the problem belongs to no setting. */
  add(severity: Severity, about: SettingKey | undefined, problem: ConfigProblem): void {
    const rank = about === undefined ? this.#ranks.size : (this.#ranks.get(about) ?? this.#ranks.size);
    this.#entries.push({ rank, severity, problem });
  }

  error(about: SettingKey | undefined, problem: ConfigProblem): void {
    this.add("error", about, problem);
  }

  get errors(): readonly ConfigProblem[] {
    return this.#sorted("error");
  }

  get warnings(): readonly ConfigProblem[] {
    return this.#sorted("warning");
  }

  #sorted(severity: Severity): readonly ConfigProblem[] {
    const strangers = this.#ranks.size;
    return this.#entries
      .filter((entry) => entry.severity === severity)
      .sort((a, b) => a.rank - b.rank || (a.rank === strangers ? byName(a.problem.where, b.problem.where) : 0))
      .map(({ problem }) => problem);
  }
}

/** Plain code unit order, the same in every locale. */
function byName(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
