import type { ComparedBackend } from "../policies/compared-policy.ts";
import type { PlannedChange } from "./time-study.ts";

/** What happens in a simulation in time, whatever the policy. */
export interface TimePlan {
  /** Of the sessions and of the hash tables: 0 … 2^32 − 1. */
  readonly seed: number;
  /** How many sessions come in the whole time, 1 … 200,000; the people of the population are sampled for them. */
  readonly sessions: number;
  /** Whole ms, 1 second to 24 hours, the warm-up included. */
  readonly lengthMs: number;
  /** Whole ms, below `lengthMs`: it begins with nobody there, so what happens until then is not measured. */
  readonly warmUpMs: number;
  /** Mean length of a connection, 1 ms to 24 hours. */
  readonly connectionMs: number;
  /** Mean pause between two connections of a session, 1 ms to 24 hours. */
  readonly pauseMs: number;
  /** In any order; those of one instant happen in the order of the list. */
  readonly changes: readonly PlannedChange[];
  /** The backends that `joins` changes name. */
  readonly joining: readonly ComparedBackend[];
}
