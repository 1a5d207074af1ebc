import type { ClusterEvent } from "../../../src/control/cluster-event.ts";
import {
  type ClusterRules,
  type ClusterState,
  emptyState,
  type MemberState,
} from "../../../src/control/cluster-state.ts";
import { reduce } from "../../../src/control/reduce.ts";
import type { Transition } from "../../../src/control/transition.ts";
import type { Backend, BackendId } from "../../../src/model/backend.ts";
import type { HashTable, TableEntry } from "../../../src/model/hash-table.ts";

export function backend(id: BackendId, more: Partial<Backend> = {}): Backend {
  return { id, host: "127.0.0.1", port: 3000, weight: 1, backup: false, maxConnections: 0, ...more };
}

export const passive = {
  failures: 3,
  windowMs: 10_000,
  ejectTimeMs: 10_000,
  ejectMaxTimeMs: 60_000,
  ejectMaxPercent: 50,
};

export const rules: ClusterRules = {
  initialHealth: "unknown",
  rise: 2,
  fall: 3,
  passive,
  panicPercent: 0,
  slowStartMs: 0,
  drainTimeoutMs: 0,
};

/** A cluster as `reduce` makes it, one event after the other, with the words of the last one. */
export class Story {
  state: ClusterState;
  said: readonly Transition[] = [];
  #nowMs = 1000;

  constructor(changed: Partial<ClusterRules> = {}, backends: readonly Backend[] = []) {
    this.state = emptyState({ ...rules, ...changed });
    if (backends.length > 0) this.list(...backends);
  }

  get nowMs(): number {
    return this.#nowMs;
  }

  later(ms: number): this {
    this.#nowMs += ms;
    return this;
  }

  send(event: ClusterEvent): this {
    const step = reduce(this.state, event);
    this.state = step.state;
    this.said = step.transitions;
    return this;
  }

  list(...backends: readonly Backend[]): this {
    return this.send({ kind: "discovered", backends, atMs: this.#nowMs });
  }

  passes(id: BackendId, detail = "connected"): this {
    return this.send({ kind: "checked", id, result: { verdict: "pass", detail, tookMs: 1 }, atMs: this.#nowMs });
  }

  fails(id: BackendId, detail = "connect refused"): this {
    return this.send({ kind: "checked", id, result: { verdict: "fail", detail, tookMs: 1 }, atMs: this.#nowMs });
  }

  refuses(id: BackendId, times = 1): this {
    for (let i = 0; i < times; i++) {
      this.send({ kind: "connect-failed", id, cause: "connect-refused", atMs: this.#nowMs });
    }
    return this;
  }

  ejectionEnds(id: BackendId): this {
    return this.send({ kind: "ejection-ended", id, atMs: this.#nowMs });
  }

  empties(id: BackendId): this {
    return this.send({ kind: "emptied", id, atMs: this.#nowMs });
  }

  member(id: BackendId): MemberState {
    const member = this.state.members.get(id);
    if (member === undefined) throw new Error(`there is no member ${id}`);
    return member;
  }

  /** `kind id` of everything that was said about the last event. */
  get kinds(): readonly string[] {
    return this.said.map(({ kind, id }) => (id === undefined ? kind : `${kind} ${id}`));
  }
}

/** A table that keeps the contract (sorted entries) and is good for nothing else: key h belongs to entry h mod n. */
export function plainTable(entries: readonly TableEntry[]): HashTable {
  const sorted = [...entries].sort((a, b) => (a.id < b.id ? -1 : 1));
  const n = sorted.length;
  return {
    policy: "modulo",
    entries: sorted,
    owner: (hash) => (n === 0 ? -1 : hash % n),
    order: (hash) => sorted.map((_, i) => (hash + i) % n),
    locate: (hash) => (n === 0 ? undefined : { kind: "slot", value: hash % n, of: n }),
    shares: () => new Float64Array(n).fill(1 / n),
  };
}
