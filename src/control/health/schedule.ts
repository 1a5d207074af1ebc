import type { Random } from "../../platform/random.ts";
import { durationText } from "../words.ts";

/** When checks are made. */
export interface CheckPlan {
  /** From the start of one check to the start of the next. */
  readonly intervalMs: number;
  /** The same while a verdict is being contested or there is none yet; the shorter of the two counts. */
  readonly fastIntervalMs: number;
  /** 0–1: a delay is drawn from interval · (1 ± jitter). */
  readonly jitter: number;
  /** A check without an answer by then has failed. */
  readonly timeoutMs: number;
}

/** The check that has just ended. */
export interface LastCheck {
  /** It was the backend's first one. */
  readonly first: boolean;
  /** The verdict is not settled. */
  readonly unsettled: boolean;
  readonly tookMs: number;
}

/**
 * How long to wait after a check before the next one begins, ≥ 0. First checks are all made at once, so the second ones are
 * spread evenly over one interval; the jitter then keeps many balancers from beating on a backend together.
 */
export function nextCheckDelayMs(plan: CheckPlan, last: LastCheck, random: Random): number {
  const fastMs = Math.min(plan.fastIntervalMs, plan.intervalMs);
  if (last.first && !last.unsettled) return random.next() * plan.intervalMs;
  const intervalMs = last.unsettled ? fastMs : plan.intervalMs;
  const jittered = intervalMs * (1 + plan.jitter * (2 * random.next() - 1));
  return Math.max(0, jittered - last.tookMs);
}

/** Why a check that ran into its deadline was cut off: `timeout after 1s`. */
export function timeoutText(plan: CheckPlan): string {
  return `timeout after ${durationText(plan.timeoutMs)}`;
}
