import type { Evenness } from "../measures/evenness.ts";
import type { Stickiness } from "../measures/stickiness.ts";
import type { ComparedBackend, ComparedPolicy } from "../policies/compared-policy.ts";

/** What happens to the backends in the course of a simulation. */
export interface PlannedChange {
  /** Whole ms since the start. */
  readonly atMs: number;
  /**
   * - `fails`: its connections are cut, what it kept in memory is gone, and nobody can use it;
   * - `drains`: what is there may stay, nobody new shall come;
   * - `returns`: it is up again, empty after a failure;
   * - `joins`: it is one more in the list.
   */
  readonly kind: "fails" | "drains" | "returns" | "joins";
  /** Id of the backend. */
  readonly backend: string;
}

/** Load over time of one policy, from the end of the warm-up on, in intervals of one length. */
export interface LoadSeries {
  /** Middles of the intervals, ms since the start. */
  readonly atMs: readonly number[];
  /** By backend (in the order of {@link TimeStudy.backends}): mean open connections in each interval. */
  readonly open: readonly (readonly number[])[];
}

/**
 * What a policy did to the sessions of a simulation after the warm-up. A session keeps its state (a cart, say) in the memory
 * of the backend that it came to last.
 */
export interface SessionFigures {
  /** Sessions that began in the measured time, or before it and went on. */
  readonly sessions: number;
  /**
   * Sessions whose backend failed under them: what it kept of them in memory is gone, whatever the policy. Each counts once for
   * every such failure, whether it had a connection open or paused between two.
   */
  readonly lost: number;
  /**
   * Sessions that came to another backend although their own was there to take them: up, or draining with their state still
   * there. Each counts once, by its first move. One that begins anew after a loss has nothing to move.
   */
  readonly moved: number;
  /** Of those: because of a change of the backends (a failure elsewhere, a return, a drain, a new one) … */
  readonly movedByChange: number;
  /**
   * … and without one, e.g. for the bounded load: nothing has changed since the session's last connection; or, of a policy that
   * knows load, a change that left the session's home and its backend as they were.
   */
  readonly movedByLoad: number;
  /** Sessions that always found a backend, and their state on it: not lost, not moved, never refused. */
  readonly undisturbed?: number;
  /** Connections that found no backend, or a dead one; those that were cut and opened again among them. */
  readonly refused: number;
}

/** One policy in one simulation. */
export interface TimeFigures {
  readonly policy: ComparedPolicy;
  readonly impossible: string | undefined;
  readonly sessions: SessionFigures | undefined;
  /** Of the connections after the warm-up, by session: how often one came to another backend than the last time, failures included. */
  readonly stickiness: Stickiness | undefined;
  /** Of the mean open connections by backend, over the quiet time between the warm-up and the first change. */
  readonly byTime: Evenness | undefined;
  /**
   * The most open connections that one backend had at any instant after the warm-up, in fair shares of that instant's average;
   * of the backends that were up then.
   */
  readonly peakOverFairShare: number | undefined;
  readonly series: LoadSeries | undefined;
}

/** A simulation in time: the same sessions for every policy. */
export interface TimeStudy {
  readonly seed: number;
  /** The warm-up included. */
  readonly lengthMs: number;
  readonly warmUpMs: number;
  /** All backends that ever take part: those there at the start, then the others as they join. */
  readonly backends: readonly ComparedBackend[];
  /** In the order of time. */
  readonly changes: readonly PlannedChange[];
  /** Sessions and connections that came in the whole time. */
  readonly sessions: number;
  readonly connections: number;
  readonly policies: readonly TimeFigures[];
}
