import type { Backend, Health, Lifecycle } from "./backend.ts";
import type { HashTable } from "./hash-table.ts";

/** One backend as the control plane judged it at one instant. */
export interface Member {
  readonly backend: Backend;
  /** Index of the backend's live counters in the ledger; unique among members, stable for the backend's life. */
  readonly slot: number;
  readonly lifecycle: Lifecycle;
  /** Whether it is in the list of backends; false = it has left and lasts until its last connection has ended. */
  readonly listed: boolean;
  /** The verdict of the active checks. */
  readonly health: Health;
  /** Passive checks took it out for a while. */
  readonly ejected: boolean;
  /** Monotonic ms when its slow start began and ends; equal = no ramp. */
  readonly rampFromMs: number;
  readonly rampUntilMs: number;
  /** Monotonic ms after which the connections of a draining member are closed; Infinity = never. */
  readonly drainDeadlineMs: number;
}

/** A hash table and the members its positions mean: `members[i]` is `table.entries[i]`. */
export interface Tier {
  readonly table: HashTable;
  readonly members: readonly Member[];
  /** Sum of the members' weights. */
  readonly totalWeight: number;
}

/** Everything a choice needs, frozen, published by one assignment. */
export interface ClusterSnapshot {
  /** Grows by one with every publication. */
  readonly version: number;
  /** All members, also those that left the list and still have connections, sorted by id. */
  readonly members: readonly Member[];
  readonly primary: Tier;
  /** Asked when no primary member can take the client. Empty when there are no backup backends. */
  readonly backup: Tier;
  /** Too few members are healthy: health is ignored (PANIC_PERCENT). */
  readonly panic: boolean;
}

/** The read side of a published value. */
export interface Published<T> {
  readonly current: T;
  /** Calls back after every publication, in order of subscription; returns the unsubscriber. */
  onPublish(listener: (next: T, previous: T) => void): () => void;
}

/** The single writer's side. `publish` is one assignment, then the listeners are told. */
export class Publisher<T> implements Published<T> {
  #current: T;
  readonly #listeners = new Set<(next: T, previous: T) => void>();

  constructor(initial: T) {
    this.#current = initial;
  }

  get current(): T {
    return this.#current;
  }

  publish(next: T): void {
    const previous = this.#current;
    this.#current = next;
    for (const listener of this.#listeners) listener(next, previous);
  }

  onPublish(listener: (next: T, previous: T) => void): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }
}
