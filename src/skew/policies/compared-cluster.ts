import { buildTable, type TableOptions } from "../../hashing/registry.ts";
import type { BackendId } from "../../model/backend.ts";
import type { HashPolicy, HashTable } from "../../model/hash-table.ts";
import type { ClusterSnapshot, Member, Tier } from "../../model/snapshot.ts";
import type { BackendState, ComparedBackend } from "./compared-policy.ts";

/**
 * Makes the snapshots that the control plane would publish for a list of backends of which we say ourselves who is up: all
 * primary, no slow start, no DRAIN_TIMEOUT. As there, the hash table depends on the list alone, not on anybody's state.
 *
 * A backend that is taken out of the list is gone at once; the control plane would keep it as a draining one.
 */
export class ComparedCluster {
  readonly #policy: HashPolicy;
  readonly #options: TableOptions;
  #backends: readonly ComparedBackend[] = [];
  /** There are no backup backends. */
  readonly #noBackups: Tier;
  #table: HashTable;
  #snapshot: ClusterSnapshot;
  /** A backend that comes back finds its counter again. */
  readonly #slots = new Map<BackendId, number>();
  readonly #states = new Map<BackendId, BackendState>();
  #indices: ReadonlyMap<BackendId, number> = new Map();

  /** @throws RangeError for an id or weight that the configuration would not accept either */
  constructor(policy: HashPolicy, options: TableOptions, backends: readonly ComparedBackend[]) {
    this.#policy = policy;
    this.#options = options;
    this.#table = buildTable(policy, [], options);
    this.#noBackups = Object.freeze({ table: this.#table, members: [], totalWeight: 0 });
    this.#snapshot = this.#snapshotOf([], 0);
    this.setBackends(backends);
  }

  get snapshot(): ClusterSnapshot {
    return this.#snapshot;
  }

  /** The place of a backend in the list; −1 when it is not there. */
  indexOf(id: BackendId): number {
    return this.#indices.get(id) ?? -1;
  }

  setBackends(backends: readonly ComparedBackend[]): void {
    this.#table = buildTable(this.#policy, backends, this.#options);
    this.#backends = backends;
    this.#indices = new Map(backends.map(({ id }, index) => [id, index]));
    for (const { id } of backends) if (!this.#slots.has(id)) this.#slots.set(id, this.#slots.size);
    this.#publish();
  }

  /** @throws RangeError when there is no such backend */
  setState(index: number, state: BackendState): void {
    const backend = this.#backends[index];
    if (backend === undefined) throw new RangeError(`there is no backend ${index}`);
    this.#states.set(backend.id, state);
    this.#publish();
  }

  #publish(): void {
    const members = this.#table.entries.map(({ id }) => this.#member(id));
    this.#snapshot = this.#snapshotOf(members, this.#snapshot.version + 1);
  }

  /** @param members - in the order of the table's entries: by id */
  #snapshotOf(members: readonly Member[], version: number): ClusterSnapshot {
    const table = this.#table;
    const totalWeight = table.entries.reduce((sum, { weight }) => sum + weight, 0);
    const primary: Tier = Object.freeze({ table, members, totalWeight });
    return Object.freeze({ version, members, primary, backup: this.#noBackups, panic: false });
  }

  #member(id: BackendId): Member {
    const state = this.#states.get(id) ?? "up";
    const weight = this.#backends[this.indexOf(id)]?.weight ?? 1;
    return Object.freeze({
      // Nobody dials it.
      backend: Object.freeze({ id, host: "", port: 1, weight, backup: false, maxConnections: 0 }),
      slot: this.#slots.get(id) ?? 0,
      lifecycle: state === "draining" ? "draining" : "active",
      listed: true,
      health: state === "down" ? "unhealthy" : "healthy",
      ejected: false,
      rampFromMs: 0,
      rampUntilMs: 0,
      drainDeadlineMs: Number.POSITIVE_INFINITY,
    });
  }
}
