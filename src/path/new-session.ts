import type { Member } from "../model/snapshot.ts";
import type { LoadView } from "./ledger.ts";

/** What a picker may know about the moment. */
export interface PickSituation {
  readonly load: LoadView;
  readonly nowMs: number;
  /** Decides whom a backend in slow start admits. Random for each new session, or an address would be admitted as a whole. */
  readonly keyHash: number;
}

/**
 * NEW_SESSION: chooses a backend for a client that belongs nowhere yet. What is chosen now is kept for a whole session, so
 * it has to be even in the number of sessions too, not only in the load of the moment.
 *
 * One picker serves one data path and lives as long: what it remembers is kept by slot and survives every snapshot. Its
 * memory is bounded by the highest slot ever in use.
 */
export interface NewSessionPicker {
  /**
   * @param candidates who may take the session, at least one; those in slow start are among them, and take their part of it
   */
  pick(candidates: readonly Member[], situation: PickSituation): Member;
}
