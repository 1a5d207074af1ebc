import type { Backend, BackendId, Health } from "../model/backend.ts";
import type { CheckResult } from "./health/check-result.ts";
import type { Transition } from "./transition.ts";

/** When connect failures of real traffic take a backend out for a while. */
export interface PassiveRules {
  /** Failures inside `windowMs` that lead to an ejection, ≥ 1. */
  readonly failures: number;
  readonly windowMs: number;
  /** The first ejection's length; each consecutive one is twice as long. */
  readonly ejectTimeMs: number;
  readonly ejectMaxTimeMs: number;
  /** 0–100: at most floor(percent · n / 100) of the n active members are ejected at once. */
  readonly ejectMaxPercent: number;
}

/** The settings that `reduce` and the projection obey. */
export interface ClusterRules {
  /** What a backend is before its first check: `unknown` for HEALTH=off and HEALTH_INITIAL=check. */
  readonly initialHealth: Health;
  readonly rise: number;
  readonly fall: number;
  /** Undefined = PASSIVE=false. */
  readonly passive: PassiveRules | undefined;
  /** 0–100; 0 = never panic. */
  readonly panicPercent: number;
  /** 0 = no slow start. */
  readonly slowStartMs: number;
  /** 0 = a drain may take for ever. */
  readonly drainTimeoutMs: number;
}

/** Out of service from one monotonic instant to another. */
export interface Ejection {
  readonly fromMs: number;
  readonly untilMs: number;
}

/** What is remembered of the last ejection, to make the next one longer. */
export interface EjectionRecord {
  /** Ejections in a row, ≥ 1. */
  readonly count: number;
  /** How long the last one was meant to last. */
  readonly lengthMs: number;
  /** When it ended; undefined while it lasts. */
  readonly endedMs: number | undefined;
}

/** All that control knows of one backend. */
export interface MemberState {
  readonly backend: Backend;
  /** The lowest number that was free when the member came; nobody else's while the member is here. */
  readonly slot: number;
  /** False = left the list; it stays until its last connection ends. */
  readonly listed: boolean;
  readonly health: Health;
  /** When `health` last changed, or the member came. */
  readonly healthSinceMs: number;
  /** Results in a row against `health`; see `judge`. */
  readonly against: number;
  readonly lastCheck: (CheckResult & { readonly atMs: number }) | undefined;
  /** The answer by which the last decided check asked for draining (HEALTH_DRAIN_ON). */
  readonly drainByCheck: string | undefined;
  /** Since when it drains, whatever the cause; undefined = active. */
  readonly drainSinceMs: number | undefined;
  /** It was said that this drain left no connection, and that it passed DRAIN_TIMEOUT. */
  readonly drained: boolean;
  readonly drainExpired: boolean;
  /** Monotonic times of the latest connect failures, oldest first, never more than PASSIVE_FAILURES. */
  readonly failures: readonly number[];
  readonly ejection: Ejection | undefined;
  readonly lastEjection: EjectionRecord | undefined;
  /** Came with the first list and starts down: it comes up together with all others, so the first time without a ramp. */
  readonly coldStart: boolean;
  /** Slow start; equal = none. */
  readonly rampFromMs: number;
  readonly rampUntilMs: number;
}

/** All that the control plane knows. Changed by `reduce` only; never in place. */
export interface ClusterState {
  readonly rules: ClusterRules;
  /** False until the first list came: its members need no slow start, for there is nobody to spare them. */
  readonly discovered: boolean;
  readonly members: ReadonlyMap<BackendId, MemberState>;
  readonly panic: boolean;
}

/** A new state and what there is to say about the change. The same state object means: nothing changed. */
export interface Step {
  readonly state: ClusterState;
  readonly transitions: readonly Transition[];
  /**
   * Only counts and records of one member changed (most checks are like that): there is nothing to settle, and the
   * snapshot of the state before still holds.
   */
  readonly quiet: boolean;
}

/** Before the first list. */
export function emptyState(rules: ClusterRules): ClusterState {
  return { rules, discovered: false, members: new Map(), panic: false };
}

/** Nothing happened. */
export function unchanged(state: ClusterState): Step {
  return { state, transitions: [], quiet: true };
}

/** Notes something about a member that neither its eligibility nor its place in the snapshot depends on. */
export function noted(state: ClusterState, member: MemberState): Step {
  return { state: withMember(state, member), transitions: [], quiet: true };
}

/** Why the member drains, in words; undefined = it is active. The one place to add further causes of draining. */
export function drainCause(member: MemberState): string | undefined {
  if (!member.listed) return "left the list";
  if (member.backend.weight === 0) return "weight 0";
  if (member.drainByCheck !== undefined) return `its health check asked for it: ${member.drainByCheck}`;
  return undefined;
}

/** New clients may come, as far as the operator and the backend itself are concerned. */
export function isActive(member: MemberState): boolean {
  return drainCause(member) === undefined;
}

/** New clients may come, health included. Unknown is not unhealthy. */
export function isEligible(member: MemberState): boolean {
  return isActive(member) && member.health !== "unhealthy" && member.ejection === undefined;
}

/** Monotonic ms; Infinity for an active member and when a drain may take for ever. */
export function drainDeadlineMs(member: MemberState, rules: ClusterRules): number {
  if (member.drainSinceMs === undefined || rules.drainTimeoutMs === 0) return Number.POSITIVE_INFINITY;
  return member.drainSinceMs + rules.drainTimeoutMs;
}

/** The member with a slow start from now on, or as it is when SLOW_START is off. */
export function withRamp(member: MemberState, rules: ClusterRules, atMs: number): MemberState {
  if (rules.slowStartMs === 0) return member;
  return { ...member, rampFromMs: atMs, rampUntilMs: atMs + rules.slowStartMs };
}

/** The state with one member replaced. */
export function withMember(state: ClusterState, member: MemberState): ClusterState {
  return { ...state, members: new Map(state.members).set(member.backend.id, member) };
}

/** The state with every member passed through `change`; the same state when that changed none. */
export function mapMembers(state: ClusterState, change: (member: MemberState) => MemberState): ClusterState {
  const members = new Map<BackendId, MemberState>();
  let same = true;
  for (const [id, member] of state.members) {
    const next = change(member);
    if (next !== member) same = false;
    members.set(id, next);
  }
  return same ? state : { ...state, members };
}
