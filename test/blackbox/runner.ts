import type { Arena, Outcome } from "./arena.ts";
import type { Case } from "./case.ts";
import { type CutChoice, cutsOf } from "./cuts.ts";
import type { Lane } from "./run.ts";

/** What came of one case, whole and in all its cuts. */
export interface CaseResult {
  readonly case: Case;
  /** Runs of it: one whole, the others cut. */
  readonly runs: number;
  readonly failures: readonly Failure[];
}

export interface Failure {
  readonly cut: string;
  readonly complaints: readonly string[];
}

/** Runs of one case at once. */
const AT_ONCE = 32;
/** What a backend does to a connection that was kept, it does to whoever uses it next: nobody else may be there. */
const atOnce = ({ side }: Case): number => (side === "response" ? 1 : AT_ONCE);

/** Runs all cases, one at a time in each lane of the arena, with probes by other users after each. */
export async function runCases(
  arena: Arena,
  cases: readonly Case[],
  choice: CutChoice,
  onResult: (result: CaseResult) => void = () => {},
): Promise<readonly CaseResult[]> {
  const waiting = [...cases];
  const results: CaseResult[] = [];
  await Promise.all(
    arena.lanes.map(async (lane) => {
      for (let test = waiting.shift(); test !== undefined; test = waiting.shift()) {
        const result = await runCase(arena, lane, test, choice);
        results.push(result);
        onResult(result);
      }
    }),
  );
  const place = new Map(cases.map(({ id }, i) => [id, i]));
  return results.sort((x, y) => (place.get(x.case.id) ?? 0) - (place.get(y.case.id) ?? 0));
}

async function runCase(arena: Arena, lane: Lane, test: Case, choice: CutChoice): Promise<CaseResult> {
  const failures: Failure[] = [];
  const note = ({ cut, complaints }: Outcome): void => {
    if (complaints.length > 0) failures.push({ cut: cut === undefined ? "whole" : JSON.stringify(cut), complaints });
  };
  const probe = async (after: string): Promise<void> => {
    const complaints = test.profile === "dead" ? [] : await arena.probe(lane);
    if (complaints.length > 0) failures.push({ cut: after, complaints: [...new Set(complaints)] });
  };
  note(await arena.play(test, lane));
  await probe("afterwards");
  const cuts = test.wholeOnly === true ? [] : cutsOf(test, lane, choice);
  const size = atOnce(test);
  for (let from = 0; from < cuts.length; from += size) {
    const batch = cuts.slice(from, from + size);
    for (const outcome of await Promise.all(batch.map((cut) => arena.play(test, lane, cut)))) note(outcome);
    if (from % AT_ONCE === 0) await probe(`after cut ${from + batch.length}`);
  }
  if (cuts.length > 0) await probe("after all cuts");
  return { case: test, runs: 1 + cuts.length, failures };
}
