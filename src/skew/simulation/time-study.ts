import type { Evenness } from "../measures/evenness.ts";
import type { Stickiness } from "../measures/stickiness.ts";
import type { ComparedBackend, ComparedPolicy } from "../policies/compared-policy.ts";

/** What happens to the backends in the course of a simulation. */
export interface PlannedChange {
  readonly atMs: number;
  readonly kind: "fails" | "drains" | "returns" | "joins";
  /** Id of the backend. */
  readonly backend: string;
}

/** Load over time of one policy. */
export interface LoadSeries {
  /** Middles of the intervals, ms since the start. */
  readonly atMs: readonly number[];
  /** By backend (in the order of {@link TimeStudy.backends}): mean open connections in each interval. */
  readonly open: readonly (readonly number[])[];
}

/** What a policy did to the sessions of a simulation. */
export interface SessionFigures {
  /** Sessions that began in the measured time, or before it and went on. */
  readonly sessions: number;
  /** Sessions whose backend failed under them: what it kept of them in memory is gone, whatever the policy. */
  readonly lost: number;
  /** Sessions that came to another backend although their own was there to take them. */
  readonly moved: number;
  /** Of those: because of a change of the backends (a failure elsewhere, a return, a new one) … */
  readonly movedByChange: number;
  /** … and without any change, e.g. for the bounded load. */
  readonly movedByLoad: number;
  /** Connections that found no backend. */
  readonly refused: number;
}

/** One policy in one simulation. */
export interface TimeFigures {
  readonly policy: ComparedPolicy;
  readonly impossible: string | undefined;
  readonly sessions: SessionFigures | undefined;
  readonly stickiness: Stickiness | undefined;
  /** Of the mean open connections by backend, over the quiet time before the first change. */
  readonly byTime: Evenness | undefined;
  /** The most open connections that one backend had at any instant, in fair shares of that instant's average of all. */
  readonly peakOverFairShare: number | undefined;
  readonly series: LoadSeries | undefined;
}

/** A simulation in time: the same sessions for every policy. */
export interface TimeStudy {
  readonly seed: number;
  readonly lengthMs: number;
  readonly warmUpMs: number;
  /** All backends that ever take part. */
  readonly backends: readonly ComparedBackend[];
  readonly changes: readonly PlannedChange[];
  /** Sessions and connections that came. */
  readonly sessions: number;
  readonly connections: number;
  readonly policies: readonly TimeFigures[];
}
