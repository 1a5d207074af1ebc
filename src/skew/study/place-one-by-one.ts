import type { Remap } from "../measures/remap.ts";
import { StickinessMeter } from "../measures/stickiness.ts";
import type { ComparedBackend, Placed, PolicyBalancer } from "../policies/compared-policy.ts";
import type { Population } from "../populations/population.ts";
import { type Arrivals, Visits } from "./arrivals.ts";
import { type BackendChange, middleRemoved, middleReweighed, movedBy, oneAdded } from "./backend-change.ts";
import { loadFigures, type MakeBalancer, type MeasuredFigures } from "./place-addresses.ts";

/** In which order people come. */
export interface Orders {
  /** Undefined when nobody knows the users. */
  readonly users: Arrivals | undefined;
  readonly connections: Arrivals;
}

/**
 * The figures of a policy that looks at more than the address: its choices depend on who is there already. Everybody comes in
 * a random order and stays: first every user once, then, from the beginning, every connection.
 *
 * @param withChanges - look at a removal, an addition and another weight too
 */
export function placeOneByOne(
  population: Population,
  backends: readonly ComparedBackend[],
  makeBalancer: MakeBalancer,
  orders: Orders,
  withChanges: boolean,
): MeasuredFigures {
  const visits = new Visits(population);
  const counted = orders.users ?? orders.connections;
  const meter = new StickinessMeter<number, number>();
  const first = new Crowd(makeBalancer(backends), counted, visits, orders.users === undefined ? meter : undefined);
  const connections =
    orders.users === undefined ? first : new Crowd(makeBalancer(backends), orders.connections, visits, meter);
  const moved = (change: BackendChange | undefined, crowd: () => Crowd): Remap | undefined => {
    return change === undefined || !withChanges ? undefined : crowd().moveTo(change);
  };
  const another = (): Crowd => new Crowd(makeBalancer(backends), counted, visits);
  return {
    users: orders.users && loadFigures(backends, first.places),
    connections: loadFigures(backends, connections.places),
    stickiness: meter.result,
    remove: moved(middleRemoved(backends), () => first),
    add: moved(oneAdded(backends), another),
    reweigh: moved(middleReweighed(backends), another),
  };
}

/** Everybody who comes, in order, and stays. */
class Crowd {
  readonly #balancer: PolicyBalancer;
  readonly #arrivals: Arrivals;
  readonly #visits: Visits;
  readonly #held: readonly (Placed | undefined)[];

  constructor(balancer: PolicyBalancer, arrivals: Arrivals, visits: Visits, meter?: StickinessMeter<number, number>) {
    this.#balancer = balancer;
    this.#arrivals = arrivals;
    this.#visits = visits;
    this.#held = Array.from(arrivals.users, (user) => {
      const placed = this.#visit(user);
      if (placed !== undefined) meter?.placed(user, placed.backend, placed.home);
      return placed;
    });
  }

  /** The backend of each arrival, by its index in the first list; −1 = turned away. */
  get places(): Int32Array {
    return Int32Array.from(this.#held, (placed) => placed?.backend ?? -1);
  }

  /**
   * The list changes, which ends the connections to a backend that is gone; then everybody else ends theirs and all come
   * back, one after the other, in the same order. To be called once.
   */
  moveTo(change: BackendChange): Remap {
    this.#balancer.setBackends(change.after);
    const staying = new Set(change.after.map(({ id }) => id));
    for (const placed of this.#held) {
      const backend = change.before[placed?.backend ?? -1];
      if (backend !== undefined && !staying.has(backend.id)) placed?.close(0);
    }
    const after = Int32Array.from(this.#arrivals.users, (user, arrival) => {
      this.#held[arrival]?.close(0);
      return this.#visit(user)?.backend ?? -1;
    });
    return movedBy(change, this.places, after);
  }

  #visit(user: number): Placed | undefined {
    return this.#balancer.place(this.#visits.of(this.#arrivals.addressOf[user] ?? 0, user));
  }
}
