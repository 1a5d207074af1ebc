import type { BackendId } from "../model/backend.ts";
import { invariant } from "../model/failure.ts";
import type { HashTable, TableEntry } from "../model/hash-table.ts";
import type { ClusterSnapshot, Member, Tier } from "../model/snapshot.ts";
import { type ClusterState, drainDeadlineMs, isActive, type MemberState } from "./cluster-state.ts";

/** Builds the operator's hash table for a set of backends; the order of `entries` does not matter. */
export type BuildEntries = (entries: readonly TableEntry[]) => HashTable;

/** What there is before the first list: no members, version 0. */
export function emptySnapshot(build: BuildEntries): ClusterSnapshot {
  const tier = (): Tier => Object.freeze({ table: build([]), members: Object.freeze([]), totalWeight: 0 });
  return Object.freeze({ version: 0, members: Object.freeze([]), primary: tier(), backup: tier(), panic: false });
}

/**
 * The snapshot that says what `state` says, frozen; `previous` itself when that already does. What did not change keeps its
 * identity: a member by its fields, a table by its ids and weights (building one is the only expensive step).
 *
 * A tier holds the listed members with a weight, whatever their health and even when their check asks for draining. So
 * the table is a function of the list alone, the same on every replica, and the data plane passes over who may not be used.
 */
export function projectSnapshot(state: ClusterState, previous: ClusterSnapshot, build: BuildEntries): ClusterSnapshot {
  const known = new Map(previous.members.map((member) => [member.backend.id, member]));
  const members = inOrder(state, previous).map((member) => {
    return projectMember(member, state, known.get(member.backend.id));
  });
  const inTables = new Map<BackendId, Member>();
  for (const member of members) {
    const { listed, backend } = state.members.get(member.backend.id) ?? { listed: false, backend: member.backend };
    if (listed && backend.weight > 0) inTables.set(backend.id, member);
  }
  const primary = projectTier(inTables, false, previous.primary, build);
  const backup = projectTier(inTables, true, previous.backup, build);
  const same =
    sameItems(members, previous.members) &&
    primary === previous.primary &&
    backup === previous.backup &&
    state.panic === previous.panic;
  if (same) return previous;
  return Object.freeze({
    version: previous.version + 1,
    members: Object.freeze(members),
    primary,
    backup,
    panic: state.panic,
  });
}

function projectMember(member: MemberState, state: ClusterState, known: Member | undefined): Member {
  const next: Member = {
    backend: member.backend,
    slot: member.slot,
    lifecycle: isActive(member) ? "active" : "draining",
    listed: member.listed,
    health: member.health,
    ejected: member.ejection !== undefined,
    rampFromMs: member.rampFromMs,
    rampUntilMs: member.rampUntilMs,
    drainDeadlineMs: drainDeadlineMs(member, state.rules),
  };
  return known !== undefined && sameMember(known, next) ? known : Object.freeze(next);
}

function projectTier(
  inTables: ReadonlyMap<BackendId, Member>,
  backup: boolean,
  previous: Tier,
  build: BuildEntries,
): Tier {
  const entries: TableEntry[] = [];
  for (const { backend } of inTables.values()) {
    if (backend.backup === backup) entries.push({ id: backend.id, weight: backend.weight });
  }
  const table = sameEntries(entries, previous.table.entries) ? previous.table : build(entries);
  const members = table.entries.map(({ id }) => {
    const member = inTables.get(id);
    invariant(member !== undefined, "a hash table names a backend it was not given");
    return member;
  });
  invariant(members.length === entries.length, "a hash table has lost a backend");
  if (table === previous.table && sameItems(members, previous.members)) return previous;
  const totalWeight = entries.reduce((sum, entry) => sum + entry.weight, 0);
  return Object.freeze({ table, members: Object.freeze(members), totalWeight });
}

/** Both lists are sorted by id: members by `byId`, entries by the contract of HashTable. */
function sameEntries(a: readonly TableEntry[], b: readonly TableEntry[]): boolean {
  return a.length === b.length && a.every((entry, i) => entry.id === b[i]?.id && entry.weight === b[i]?.weight);
}

function sameItems<T>(a: readonly T[], b: readonly T[]): boolean {
  return a.length === b.length && a.every((item, i) => item === b[i]);
}

/** `backend` is compared by identity: `reduce` keeps the object until the list says something else. */
function sameMember(a: Member, b: Member): boolean {
  return (
    a.backend === b.backend &&
    a.slot === b.slot &&
    a.lifecycle === b.lifecycle &&
    a.health === b.health &&
    a.ejected === b.ejected &&
    a.rampFromMs === b.rampFromMs &&
    a.rampUntilMs === b.rampUntilMs &&
    a.listed === b.listed &&
    a.drainDeadlineMs === b.drainDeadlineMs
  );
}

/** The members in plain code-unit order of ids, the order of the hash tables. The order of before is taken over when it can be. */
function inOrder(state: ClusterState, previous: ClusterSnapshot): readonly MemberState[] {
  const kept = previous.members.flatMap(({ backend }) => state.members.get(backend.id) ?? []);
  if (kept.length === state.members.size) return kept;
  return [...state.members.values()].sort((a, b) => (a.backend.id < b.backend.id ? -1 : 1));
}
