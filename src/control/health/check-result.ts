/**
 * `pass` · `drain`: a pass that also asks for draining (HEALTH_DRAIN_ON) · `fail` ·
 * `undecided`: the check could not be made for a reason on our side, which says nothing about the backend.
 */
export type Verdict = "pass" | "drain" | "fail" | "undecided";

/** What one probe found. */
export interface ProbeOutcome {
  readonly verdict: Verdict;
  /** For people: `connected`, `connect refused`, `HTTP 503, expected 200-399`. */
  readonly detail: string;
}

/** A probe's outcome and how long it took. */
export interface CheckResult extends ProbeOutcome {
  readonly tookMs: number;
}
