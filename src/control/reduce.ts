import { exhaustive } from "../model/failure.ts";
import type { Checked, ClusterEvent, DrainExpired, Emptied } from "./cluster-event.ts";
import {
  type ClusterState,
  type MemberState,
  noted,
  type Step,
  unchanged,
  withMember,
  withRamp,
} from "./cluster-state.ts";
import { discovered } from "./discovered.ts";
import { judge } from "./health/hysteresis.ts";
import { connectFailed, connectSucceeded, ejectionEnded } from "./passive-health.ts";
import { settle } from "./settle.ts";
import type { Transition } from "./transition.ts";
import { countText, durationText } from "./words.ts";

/**
 * The whole of the control plane's judgement: one event in, the next state and what to say about it out. Pure; returns the
 * very same state when the event changes nothing. Events about unknown backends are late messages and change nothing.
 */
export function reduce(state: ClusterState, event: ClusterEvent): Step {
  const step = apply(state, event);
  return step.quiet ? step : settle(step, event.atMs);
}

function apply(state: ClusterState, event: ClusterEvent): Step {
  switch (event.kind) {
    case "discovered":
      return discovered(state, event);
    case "checked":
      return checked(state, event);
    case "connect-succeeded":
      return connectSucceeded(state, event);
    case "connect-failed":
      return connectFailed(state, event);
    case "ejection-ended":
      return ejectionEnded(state, event);
    case "emptied":
      return emptied(state, event);
    case "drain-expired":
      return drainExpired(state, event);
    default:
      return exhaustive(event);
  }
}

function checked(state: ClusterState, event: Checked): Step {
  const before = state.members.get(event.id);
  if (before === undefined || !before.listed) return unchanged(state);
  const { result, atMs } = event;
  const member: MemberState = { ...before, lastCheck: { ...result, atMs } };
  if (result.verdict === "undecided") return noted(state, member);
  const ok = result.verdict !== "fail";
  // A failing check says nothing about draining: what the backend asked for last stays.
  const drainByCheck = !ok ? before.drainByCheck : result.verdict === "drain" ? result.detail : undefined;
  const judgement = judge(before, ok, state.rules.rise, state.rules.fall);
  const judged: MemberState = { ...member, drainByCheck, against: judgement.against };
  if (judgement.health === before.health) {
    const drainTurned = (drainByCheck === undefined) !== (before.drainByCheck === undefined);
    return { ...noted(state, judged), quiet: !drainTurned };
  }
  const turned: MemberState = { ...judged, health: judgement.health, healthSinceMs: atMs };
  const comesBack = before.health === "unhealthy" && before.ejection === undefined && !before.coldStart;
  const next = comesBack ? withRamp(turned, state.rules, atMs) : turned;
  const transition: Transition = {
    kind: "health",
    id: event.id,
    from: before.health,
    to: judgement.health,
    because: healthCause(before, ok, event),
  };
  return { state: withMember(state, { ...next, coldStart: false }), transitions: [transition], quiet: false };
}

function healthCause(before: MemberState, ok: boolean, { result, atMs }: Checked): string {
  const said = ok ? "passed" : "failed";
  if (before.health === "unknown") return `first check ${said}: ${result.detail}`;
  const lasted = `after ${durationText(atMs - before.healthSinceMs)} ${before.health}`;
  return `${countText(before.against + 1, "check")} ${said}: ${result.detail} (${lasted})`;
}

/** A member that left the list and has no connection is forgotten, its slot is free; a listed one is only said to be empty. */
function emptied(state: ClusterState, event: Emptied): Step {
  const member = state.members.get(event.id);
  if (member?.drainSinceMs === undefined) return unchanged(state);
  if (member.listed && member.drained) return unchanged(state);
  const to = member.listed ? "drained" : "forgotten";
  const lasted = durationText(event.atMs - member.drainSinceMs);
  const because = `no connection left after ${lasted} of draining`;
  const transition: Transition = { kind: "drained", id: event.id, from: "draining", to, because };
  if (member.listed)
    return { state: withMember(state, { ...member, drained: true }), transitions: [transition], quiet: false };
  const members = new Map(state.members);
  members.delete(event.id);
  return { state: { ...state, members }, transitions: [transition], quiet: false };
}

function drainExpired(state: ClusterState, event: DrainExpired): Step {
  const member = state.members.get(event.id);
  if (member?.drainSinceMs === undefined || member.drainExpired) return unchanged(state);
  const because = `still draining after ${durationText(state.rules.drainTimeoutMs)}`;
  const transition: Transition = {
    kind: "drain-deadline",
    id: event.id,
    from: "draining",
    to: "closing its connections",
    because,
  };
  return { state: withMember(state, { ...member, drainExpired: true }), transitions: [transition], quiet: false };
}
