import type { Remap } from "../measures/remap.ts";
import { StickinessMeter } from "../measures/stickiness.ts";
import type { ComparedBackend, Placed, PolicyBalancer } from "../policies/compared-policy.ts";
import type { Population } from "../populations/population.ts";
import { type Arrivals, Visits } from "./arrivals.ts";
import { type BackendChange, middleRemoved, movedBy, oneAdded } from "./backend-change.ts";
import { loadFigures, type MakeBalancer, type Measured } from "./place-addresses.ts";

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
 * @param withChanges - look at a removal and an addition too
 */
export function placeOneByOne(
  population: Population,
  backends: readonly ComparedBackend[],
  makeBalancer: MakeBalancer,
  orders: Orders,
  withChanges: boolean,
): Measured {
  const visits = new Visits(population);
  const byUsers = orders.users === undefined ? undefined : placeAll(makeBalancer(backends), orders.users, visits);
  const meter = new StickinessMeter<number, number>();
  const byConnections = placeAll(makeBalancer(backends), orders.connections, visits, meter);
  const changed = orders.users ?? orders.connections;
  const moved = (change: BackendChange | undefined): Remap | undefined =>
    change === undefined || !withChanges ? undefined : moveAll(change, makeBalancer(backends), changed, visits);
  return {
    users: byUsers && loadFigures(backends, byUsers),
    connections: loadFigures(backends, byConnections),
    stickiness: meter.result,
    remove: moved(middleRemoved(backends)),
    add: moved(oneAdded(backends)),
  };
}

/** The backend of each arrival; −1 = turned away. Nobody leaves. */
function placeAll(
  balancer: PolicyBalancer,
  { users, addressOf }: Arrivals,
  visits: Visits,
  meter?: StickinessMeter<number, number>,
): Int32Array {
  return Int32Array.from(users, (user) => {
    const placed = balancer.place(visits.of(addressOf[user] ?? 0, user));
    if (placed === undefined) return -1;
    meter?.placed(user, placed.backend, placed.home);
    return placed.backend;
  });
}

/**
 * Everybody comes, in order; the list changes, which ends the connections to a backend that is gone; then everybody else ends
 * theirs and all come back, one after the other, in the same order.
 */
function moveAll(
  change: BackendChange,
  balancer: PolicyBalancer,
  { users, addressOf }: Arrivals,
  visits: Visits,
): Remap {
  const visit = (user: number): Placed | undefined => balancer.place(visits.of(addressOf[user] ?? 0, user));
  const held: (Placed | undefined)[] = Array.from(users, visit);
  const before = Int32Array.from(held, (placed) => placed?.backend ?? -1);
  balancer.setBackends(change.after);
  held.forEach((placed) => {
    const backend = change.before[placed?.backend ?? -1];
    if (backend !== undefined && !change.after.includes(backend)) placed?.close(0);
  });
  const after = Int32Array.from(users, (user, arrival) => {
    held[arrival]?.close(0);
    const placed = visit(user);
    return placed?.backend ?? -1;
  });
  return movedBy(change, before, after);
}
