import { fmix32, keyHash } from "../../src/hashing/murmur3.ts";
import type { Backend, BackendId } from "../../src/model/backend.ts";
import type { HashPolicy } from "../../src/model/hash-table.ts";
import type { ClusterSnapshot, Member, Tier } from "../../src/model/snapshot.ts";
import type { LoadView } from "../../src/path/ledger.ts";
import { backendOf, memberOf, snapshotOf } from "./snapshot-of.ts";

/** What a test wants to be otherwise about one backend. */
export type Changes = Partial<Member> & { readonly of?: Partial<Backend> };

/**
 * Backends by id; slots count from 0 and ports from 1001 in the order given.
 * `clusterOf({ a: {}, b: { health: "unhealthy" } })`
 */
export function clusterOf(
  backends: Readonly<Record<BackendId, Changes>>,
  { policy = "ring", version = 1, panic = false }: { policy?: HashPolicy; version?: number; panic?: boolean } = {},
): ClusterSnapshot {
  const members = Object.entries(backends).map(([id, { of, ...state }], slot) =>
    memberOf(backendOf(id, { port: 1001 + slot, ...of }), slot, state),
  );
  return { ...snapshotOf(members, policy, version), panic };
}

export function memberById(snapshot: ClusterSnapshot, id: BackendId): Member {
  const member = snapshot.members.find((m) => m.backend.id === id);
  if (member === undefined) throw new Error(`no backend ${id}`);
  return member;
}

/** The ids of a tier, best first for this key. */
export function orderOf(tier: Tier, keyHash: number): BackendId[] {
  return tier.table.order(keyHash).map((position) => tier.members[position]?.backend.id ?? "?");
}

/** The first of many spread hashes that fits. */
export function hashWhere(fits: (keyHash: number) => boolean): number {
  for (let i = 1; i < 100_000; i++) {
    const keyHash = fmix32(i) >>> 0;
    if (fits(keyHash)) return keyHash;
  }
  throw new Error("no such hash");
}

/** A key whose order in the primary tier begins with these backends. */
export function hashFor(snapshot: ClusterSnapshot, ...first: readonly BackendId[]): number {
  return hashWhere((keyHash) => {
    const order = orderOf(snapshot.primary, keyHash);
    return first.every((id, rank) => order[rank] === id);
  });
}

/** An IPv4 client whose order in the primary tier begins with these backends. */
export function addressFor(snapshot: ClusterSnapshot, ...first: readonly BackendId[]): string {
  for (let i = 1; i < 60_000; i++) {
    const bytes = Uint8Array.of(10, 9, i >> 8, i & 0xff);
    const order = orderOf(snapshot.primary, keyHash(bytes, 0));
    if (first.every((id, rank) => order[rank] === id)) return bytes.join(".");
  }
  throw new Error(`no address prefers ${first.join(", ")}`);
}

/** Open connections by slot. */
export function loadOf(open: Readonly<Record<number, number>> = {}): LoadView {
  return { open: (slot) => open[slot] ?? 0 };
}
