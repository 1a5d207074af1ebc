import {
  type ClusterState,
  drainCause,
  isActive,
  isEligible,
  type MemberState,
  mapMembers,
  type Step,
} from "./cluster-state.ts";
import { limitEjections } from "./passive-health.ts";
import type { Transition } from "./transition.ts";

/** What follows from any change: when drains begin and end, which ejections can no longer be afforded, and panic. */
export function settle(step: Step, atMs: number): Step {
  const transitions = [...step.transitions];
  const drains = mapMembers(step.state, (member) => settleDrain(member, atMs, transitions));
  const limited = limitEjections(drains, atMs, transitions);
  return { state: settlePanic(limited, transitions), transitions, quiet: false };
}

/** One drain lasts from the first cause to the end of the last one; its deadline does not move when causes change. */
function settleDrain(member: MemberState, atMs: number, transitions: Transition[]): MemberState {
  const cause = drainCause(member);
  const drains = member.drainSinceMs !== undefined;
  if (drains === (cause !== undefined)) return member;
  const id = member.backend.id;
  if (cause === undefined) {
    transitions.push({ kind: "undrained", id, from: "draining", to: "active", because: "no reason to drain is left" });
    return { ...member, drainSinceMs: undefined, drained: false, drainExpired: false };
  }
  // `removed` has already said that it drains.
  if (member.listed) transitions.push({ kind: "draining", id, from: "active", to: "draining", because: cause });
  return { ...member, drainSinceMs: atMs };
}

/** Backups are left out: that they are needed is no panic yet. */
function settlePanic(state: ClusterState, transitions: Transition[]): ClusterState {
  let active = 0;
  let eligible = 0;
  for (const member of state.members.values()) {
    if (member.backend.backup || !isActive(member)) continue;
    active++;
    if (isEligible(member)) eligible++;
  }
  const panic = eligible * 100 < state.rules.panicPercent * active;
  if (panic === state.panic) return state;
  const because = `${eligible} of ${active} active backends can take clients, the limit is ${state.rules.panicPercent}%`;
  transitions.push(
    panic
      ? { kind: "panic", id: undefined, from: "normal", to: "health is ignored", because }
      : { kind: "panic-ended", id: undefined, from: "health is ignored", to: "normal", because },
  );
  return { ...state, panic };
}
