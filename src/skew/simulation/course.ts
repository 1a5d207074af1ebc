import type { ComparedBackend } from "../policies/compared-policy.ts";
import type { TimePlan } from "./time-plan.ts";
import type { PlannedChange } from "./time-study.ts";

/** A plan as it is played: what is known before the first visit, whatever the policy. */
export interface Course {
  readonly lengthMs: number;
  readonly warmUpMs: number;
  /** End of the quiet time: the first change, or the end when there is none. */
  readonly quietUntilMs: number;
  /** In the order of time. */
  readonly changes: readonly PlannedChange[];
  /** All backends: those there at the start, then the others as they join. So an index stays what it is. */
  readonly backends: readonly ComparedBackend[];
  /** How many there are at the start. */
  readonly atStart: number;
}

/** @param plan - has been checked */
export function courseOf(plan: TimePlan, backends: readonly ComparedBackend[]): Course {
  const changes = inOrder(plan.changes);
  const joined = changes
    .filter(({ kind }) => kind === "joins")
    .flatMap(({ backend }) => plan.joining.filter(({ id }) => id === backend));
  return {
    lengthMs: plan.lengthMs,
    warmUpMs: plan.warmUpMs,
    quietUntilMs: changes[0]?.atMs ?? plan.lengthMs,
    changes,
    backends: [...backends, ...joined],
    atStart: backends.length,
  };
}

/** By time; those of one instant stay in their order. */
export function inOrder(changes: readonly PlannedChange[]): readonly PlannedChange[] {
  return [...changes].sort((a, b) => a.atMs - b.atMs);
}
