import { buildTable } from "../../src/hashing/registry.ts";
import type { Backend } from "../../src/model/backend.ts";
import type { HashPolicy } from "../../src/model/hash-table.ts";
import type { ClusterSnapshot, Member, Tier } from "../../src/model/snapshot.ts";

export function backendOf(id: string, more: Partial<Backend> = {}): Backend {
  return { id, host: "127.0.0.1", port: 1, weight: 1, backup: false, maxConnections: 0, ...more };
}

export function memberOf(backend: Backend, slot: number, more: Partial<Member> = {}): Member {
  return {
    backend,
    slot,
    lifecycle: "active",
    listed: true,
    health: "healthy",
    ejected: false,
    rampFromMs: 0,
    rampUntilMs: 0,
    drainDeadlineMs: Number.POSITIVE_INFINITY,
    ...more,
  };
}

function tierOf(members: readonly Member[], policy: HashPolicy): Tier {
  const inTable = members.filter((m) => m.backend.weight > 0);
  const table = buildTable(
    policy,
    inTable.map((m) => ({ id: m.backend.id, weight: m.backend.weight })),
    { seed: 0, ringVnodes: 256, maglevTable: 65537 },
  );
  const byId = new Map(inTable.map((m) => [m.backend.id, m]));
  const ordered = table.entries.map((entry) => byId.get(entry.id)).filter((m) => m !== undefined);
  return { table, members: ordered, totalWeight: ordered.reduce((sum, m) => sum + m.backend.weight, 0) };
}

/** A snapshot made by hand, without any control plane. */
export function snapshotOf(members: readonly Member[], policy: HashPolicy = "ring", version = 1): ClusterSnapshot {
  return {
    version,
    members: [...members].sort((a, b) => (a.backend.id < b.backend.id ? -1 : 1)),
    primary: tierOf(
      members.filter((m) => !m.backend.backup),
      policy,
    ),
    backup: tierOf(
      members.filter((m) => m.backend.backup),
      policy,
    ),
    panic: false,
  };
}
