import type { Cause } from "../model/connection-record.ts";
import type { ConnectFailed, ConnectSucceeded, EjectionEnded } from "./cluster-event.ts";
import {
  type ClusterState,
  isActive,
  isEligible,
  type MemberState,
  noted,
  type PassiveRules,
  type Step,
  unchanged,
  withMember,
  withRamp,
} from "./cluster-state.ts";
import type { Transition } from "./transition.ts";
import { countText, durationText } from "./words.ts";

/** Failures of this machine: they would eject every backend in turn and are no backend's fault. */
const OWN_FAULT: ReadonlySet<Cause> = new Set(["source-address", "out-of-descriptors", "out-of-memory"]);

/**
 * Counts a connect failure; enough of them inside the window eject the backend. A backend that takes no new clients
 * anyway (draining, unhealthy, already ejected) is not counted. Where an ejection is not allowed now, the failures stay
 * counted and the next one tries again.
 */
export function connectFailed(state: ClusterState, event: ConnectFailed): Step {
  const passive = state.rules.passive;
  const member = state.members.get(event.id);
  if (passive === undefined || member === undefined || !isEligible(member) || OWN_FAULT.has(event.cause)) {
    return unchanged(state);
  }
  const recent = member.failures.filter((failedMs) => event.atMs - failedMs < passive.windowMs);
  const failures = [...recent, event.atMs].slice(-passive.failures);
  const counted = { ...member, failures };
  if (failures.length < passive.failures || !mayEject(state, member, passive)) {
    return noted(state, counted);
  }
  return eject(state, counted, passive, event);
}

/** A success proves the backend can be reached: the failures before it no longer count. */
export function connectSucceeded(state: ClusterState, event: ConnectSucceeded): Step {
  const member = state.members.get(event.id);
  if (member === undefined || member.failures.length === 0) return unchanged(state);
  return noted(state, { ...member, failures: [] });
}

/** Brings the member back, with a slow start unless it is unhealthy: then that waits for its health. */
export function ejectionEnded(state: ClusterState, event: EjectionEnded): Step {
  const member = state.members.get(event.id);
  if (member?.ejection === undefined) return unchanged(state);
  const back = endEjection(member, event.atMs);
  const next = back.health === "unhealthy" ? back : withRamp(back, state.rules, event.atMs);
  return { state: withMember(state, next), transitions: [ended(member, "its time is over")], quiet: false };
}

/**
 * Ends ejections before their time, those that would end first, when the members they are measured by are gone: when
 * more than EJECT_MAX_PERCENT of the active members would be ejected, and when an ejected one is the only one left.
 */
export function limitEjections(state: ClusterState, atMs: number, transitions: Transition[]): ClusterState {
  const passive = state.rules.passive;
  if (passive === undefined) return state;
  let current = state;
  for (;;) {
    const active = [...current.members.values()].filter(isActive);
    const ejected = active.filter((member) => member.ejection !== undefined);
    const tooMany = ejected.length > ejectionLimit(active.length, passive);
    const noneLeft = !tooMany && !active.some(isEligible);
    const candidates = tooMany ? ejected : noneLeft ? ejected.filter((member) => member.health !== "unhealthy") : [];
    const first = earliestEnd(candidates);
    if (first === undefined) return current;
    current = withMember(current, endEjection(first, atMs));
    const because = tooMany ? `at most ${passive.ejectMaxPercent}% may be ejected` : "no other backend is left";
    transitions.push(ended(first, because));
  }
}

/** An ejection must leave its share of members and at least one that can take clients. */
function mayEject(state: ClusterState, candidate: MemberState, passive: PassiveRules): boolean {
  let active = 0;
  let ejected = 0;
  let otherEligible = false;
  for (const member of state.members.values()) {
    if (!isActive(member)) continue;
    active++;
    if (member.ejection !== undefined) ejected++;
    if (member !== candidate && isEligible(member)) otherEligible = true;
  }
  return otherEligible && ejected < ejectionLimit(active, passive);
}

function ejectionLimit(active: number, passive: PassiveRules): number {
  return Math.floor((passive.ejectMaxPercent * active) / 100);
}

function eject(state: ClusterState, member: MemberState, passive: PassiveRules, event: ConnectFailed): Step {
  const count = ejectionsInARow(member, passive, event.atMs) + 1;
  const lengthMs = Math.min(passive.ejectMaxTimeMs, passive.ejectTimeMs * 2 ** (count - 1));
  const next: MemberState = {
    ...member,
    failures: [],
    ejection: { fromMs: event.atMs, untilMs: event.atMs + lengthMs },
    lastEjection: { count, lengthMs, endedMs: undefined },
  };
  const failures = countText(passive.failures, "connect failure");
  const transition: Transition = {
    kind: "ejected",
    id: member.backend.id,
    from: "in service",
    to: `ejected for ${durationText(lengthMs)}`,
    because: `${failures} within ${durationText(passive.windowMs)}, the last: ${event.cause}`,
  };
  return { state: withMember(state, next), transitions: [transition], quiet: false };
}

/**
 * A healthy spell forgets earlier ejections: in service for as long as the last ejection was, plus one window (the
 * time that failures need to be counted), without being ejected again.
 */
function ejectionsInARow(member: MemberState, passive: PassiveRules, atMs: number): number {
  const last = member.lastEjection;
  if (last?.endedMs === undefined) return 0;
  return atMs - last.endedMs <= last.lengthMs + passive.windowMs ? last.count : 0;
}

function endEjection(member: MemberState, atMs: number): MemberState {
  const last = member.lastEjection;
  return {
    ...member,
    ejection: undefined,
    failures: [],
    lastEjection: last === undefined ? undefined : { ...last, endedMs: atMs },
  };
}

function ended(member: MemberState, because: string): Transition {
  return { kind: "ejection-ended", id: member.backend.id, from: "ejected", to: "in service", because };
}

function earliestEnd(ejected: readonly MemberState[]): MemberState | undefined {
  let first: MemberState | undefined;
  for (const member of ejected) {
    const untilMs = member.ejection?.untilMs ?? Number.POSITIVE_INFINITY;
    if (first === undefined || untilMs < (first.ejection?.untilMs ?? Number.POSITIVE_INFINITY)) first = member;
  }
  return first;
}
