import { expect } from "chai";
import { Cluster, type ClusterOptions } from "../../../src/control/cluster.ts";
import type { ClusterRules } from "../../../src/control/cluster-state.ts";
import type { ProbeOutcome } from "../../../src/control/health/check-result.ts";
import type { Transition } from "../../../src/control/transition.ts";
import type { HashTable } from "../../../src/model/hash-table.ts";
import type { ClusterSnapshot, Member } from "../../../src/model/snapshot.ts";
import { SteppedClock } from "../../support/stepped-clock.ts";
import { plainTable, rules } from "./fixtures.ts";

/** A cluster whose surroundings the test plays: probes answer when told, and everything that is reported is kept. */
export function setUp(changed: Partial<ClusterRules> = {}, checks = true) {
  const clock = new SteppedClock();
  const open = new Map<number, number>();
  const said: Transition[] = [];
  const expired: Member[] = [];
  const published: ClusterSnapshot[] = [];
  const compared: (readonly [HashTable, HashTable])[] = [];
  const pending = new Map<string, (outcome: ProbeOutcome) => void>();
  const options: ClusterOptions = {
    rules: { ...rules, ...changed },
    hashPolicy: "ring",
    table: { seed: 7, ringVnodes: 10, maglevTable: 13 },
    checks: checks
      ? {
          plan: { intervalMs: 2000, fastIntervalMs: 500, jitter: 0, timeoutMs: 1000 },
          awaitFirst: true,
          probe: ({ id }, signal) =>
            new Promise((resolve) => {
              pending.set(id, resolve);
              signal.addEventListener("abort", () => resolve({ verdict: "fail", detail: String(signal.reason) }));
            }),
        }
      : undefined,
  };
  const cluster = new Cluster(options, {
    clock,
    random: { next: () => 0.5 },
    buildTable: (policy, entries, table) => {
      expect([policy, table.seed, table.ringVnodes, table.maglevTable]).to.deep.equal(["ring", 7, 10, 13]);
      if (entries.some(({ weight }) => weight > 256)) throw new RangeError("weight above 256");
      return plainTable(entries);
    },
    movedShare: (before, after) => {
      compared.push([before, after]);
      return 0.5;
    },
    openConnections: (slot) => open.get(slot) ?? 0,
    onTransition: (transition) => said.push(transition),
    onDrainDeadline: (member) => expired.push(member),
  });
  cluster.published.onPublish((next) => published.push(next));
  const answer = async (
    id: string,
    outcome: ProbeOutcome = { verdict: "pass", detail: "connected" },
  ): Promise<void> => {
    pending.get(id)?.(outcome);
    for (let i = 0; i < 5; i++) await Promise.resolve();
  };
  const refuse = (id: string, times = 3): void => {
    for (let i = 0; i < times; i++) {
      cluster.dispatch({ kind: "connect-failed", id, cause: "connect-refused", atMs: clock.nowMs() });
    }
  };
  const member = (id: string): Member | undefined =>
    cluster.published.current.members.find(({ backend }) => backend.id === id);
  return { clock, open, said, expired, published, compared, cluster, answer, refuse, member };
}
