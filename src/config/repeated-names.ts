import type { ConfigProblem } from "../model/failure.ts";
import type { EnvFileEntry } from "./env-file.ts";
import { PREFIX } from "./setting.ts";

/** Our names that an env file has more than once: a line that was copied, and changed in one place. No value is shown. */
export function findRepeatedNames(entries: readonly EnvFileEntry[], path: string): readonly ConfigProblem[] {
  const lines = new Map<string, number>();
  return entries.flatMap(({ name, line }) => {
    const before = lines.get(name);
    lines.set(name, line);
    if (before === undefined || !name.startsWith(PREFIX)) return [];
    return [
      {
        where: `${name} (${path}:${line})`,
        problem: `the same setting is at ${path}:${before}, which does not count`,
        hint: "keep one of the two lines",
      },
    ];
  });
}
