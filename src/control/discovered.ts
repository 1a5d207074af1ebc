import type { Backend, BackendId } from "../model/backend.ts";
import { invariant } from "../model/failure.ts";
import type { Discovered } from "./cluster-event.ts";
import { type ClusterState, isActive, type MemberState, type Step, unchanged, withRamp } from "./cluster-state.ts";
import { sameBackend, samePlace } from "./same-backend.ts";
import type { Transition } from "./transition.ts";

/**
 * Takes a new list: members not in it leave (and drain), new ones come, changed ones keep slot and identity. A member that
 * comes back while it still drains is the same member as before. Throws InvariantError for a list with one id twice.
 */
export function discovered(state: ClusterState, event: Discovered): Step {
  const listed = new Map(event.backends.map((backend) => [backend.id, backend]));
  invariant(listed.size === event.backends.length, "a list of backends names one id twice");
  const transitions: Transition[] = [];
  const members = new Map<BackendId, MemberState>();
  let same = state.discovered;
  for (const [id, member] of state.members) {
    const backend = listed.get(id);
    const next =
      backend === undefined ? leave(member, transitions) : keep(state, member, backend, event.atMs, transitions);
    if (next !== member) same = false;
    members.set(id, next);
  }
  const slots = freeSlots(state);
  for (const backend of event.backends) {
    if (members.has(backend.id)) continue;
    same = false;
    members.set(backend.id, join(state, backend, slots.next().value, event.atMs));
    transitions.push({
      kind: "added",
      id: backend.id,
      from: "absent",
      to: "listed",
      because: `new in the list, ${placeText(backend)}`,
    });
  }
  return same ? unchanged(state) : { state: { ...state, discovered: true, members }, transitions, quiet: false };
}

function leave(member: MemberState, transitions: Transition[]): MemberState {
  if (!member.listed) return member;
  const id = member.backend.id;
  transitions.push({ kind: "removed", id, from: "listed", to: "draining", because: "left the list" });
  return { ...member, listed: false };
}

function keep(
  state: ClusterState,
  member: MemberState,
  backend: Backend,
  atMs: number,
  transitions: Transition[],
): MemberState {
  const before = member.backend;
  const id = backend.id;
  if (!member.listed) {
    const because = "back in the list before its last connection ended";
    transitions.push({ kind: "added", id, from: "draining", to: "listed", because });
  }
  if (sameBackend(before, backend)) return member.listed ? member : relisted(member);
  const say = (kind: Transition["kind"], from: string, to: string): void => {
    if (from !== to) transitions.push({ kind, id, from, to, because: "the list says so" });
  };
  say("reweighted", String(before.weight), String(backend.weight));
  say("reconfigured", detailsText(before), detailsText(backend));
  say("address-changed", placeText(before), placeText(backend));
  const changed: MemberState = { ...member, backend: frozenBackend(backend) };
  const moved = samePlace(before, backend)
    ? changed
    : withRamp({ ...changed, ...unproven(state, atMs), coldStart: false }, state.rules, atMs);
  return member.listed ? moved : relisted(moved);
}

/** Ends the drain unless something else still asks for it. `added` is all there is to say about that. */
function relisted(member: MemberState): MemberState {
  const listed: MemberState = { ...member, listed: true };
  if (!isActive(listed)) return listed;
  return { ...listed, drainSinceMs: undefined, drained: false, drainExpired: false };
}

/** What is known of a machine that nobody has talked to yet; an id that moved to another address is one. */
function unproven(state: ClusterState, atMs: number) {
  return {
    health: state.rules.initialHealth,
    healthSinceMs: atMs,
    against: 0,
    lastCheck: undefined,
    drainByCheck: undefined,
    failures: [],
    ejection: undefined,
    lastEjection: undefined,
  } satisfies Partial<MemberState>;
}

function join(state: ClusterState, backend: Backend, slot: number, atMs: number): MemberState {
  const member: MemberState = {
    ...unproven(state, atMs),
    backend: frozenBackend(backend),
    slot,
    listed: true,
    drainSinceMs: undefined,
    drained: false,
    drainExpired: false,
    coldStart: !state.discovered && state.rules.initialHealth === "unhealthy",
    rampFromMs: 0,
    rampUntilMs: 0,
  };
  return state.discovered ? withRamp(member, state.rules, atMs) : member;
}

/** The free slots from 0 upwards, without end. */
function* freeSlots(state: ClusterState): Generator<number, never> {
  const taken = new Set<number>();
  for (const member of state.members.values()) taken.add(member.slot);
  for (let slot = 0; ; slot++) if (!taken.has(slot)) yield slot;
}

function frozenBackend(backend: Backend): Backend {
  if (backend.health === undefined) return Object.freeze({ ...backend });
  return Object.freeze({ ...backend, health: Object.freeze({ ...backend.health }) });
}

function placeText(backend: Backend): string {
  return `${backend.host.includes(":") ? `[${backend.host}]` : backend.host}:${backend.port}`;
}

function detailsText(backend: Backend): string {
  const { host = "", port = "", path = "" } = backend.health ?? {};
  const health = backend.health === undefined ? "" : `, checked at ${host}:${port}${path}`;
  return `${backend.backup ? "backup" : "primary"}, max ${backend.maxConnections}${health}`;
}
