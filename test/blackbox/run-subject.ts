import { Arena } from "./arena.ts";
import type { Case, Profile } from "./case.ts";
import type { CutChoice } from "./cuts.ts";
import { type CaseResult, runCases } from "./runner.ts";
import type { Subject } from "./subjects/subject.ts";

/** What one balancer made of all cases. */
export interface SubjectResult {
  readonly subject: Subject;
  readonly results: readonly CaseResult[];
  /** What belongs to no case: requests that nobody sent, a balancer that ended. */
  readonly faults: readonly string[];
  readonly seconds: number;
}

export interface RunOptions {
  readonly lanes: number;
  readonly cuts: CutChoice;
  readonly onResult?: (result: CaseResult) => void;
}

const PROFILES: readonly Profile[] = ["usual", "short", "dead"];

/** Runs `cases` on `subject`, which is started once for each profile that they need. */
export async function runSubject(
  subject: Subject,
  cases: readonly Case[],
  { lanes, cuts, onResult }: RunOptions,
): Promise<SubjectResult> {
  const startedMs = performance.now();
  const results: CaseResult[] = [];
  const faults: string[] = [];
  for (const profile of PROFILES) {
    const some = cases.filter((test) => (test.profile ?? "usual") === profile);
    if (some.length === 0) continue;
    // Cases of the other profiles wait most of their time.
    const arena = await Arena.open(subject, profile, profile === "usual" ? lanes : Math.max(lanes, 16));
    try {
      results.push(...(await runCases(arena, some, cuts, onResult)));
      faults.push(...arena.faults);
    } finally {
      await arena.close();
    }
  }
  return { subject, results, faults, seconds: (performance.now() - startedMs) / 1000 };
}
