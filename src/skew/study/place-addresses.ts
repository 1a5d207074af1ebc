import { evenness } from "../measures/evenness.ts";
import type { Remap } from "../measures/remap.ts";
import type { Stickiness } from "../measures/stickiness.ts";
import type { ComparedBackend, PolicyBalancer } from "../policies/compared-policy.ts";
import type { Population } from "../populations/population.ts";
import { addressVisit } from "./arrivals.ts";
import { type BackendChange, middleRemoved, middleReweighed, movedBy, oneAdded } from "./backend-change.ts";
import type { LoadFigures, PlacementFigures } from "./placement-study.ts";

/** What was measured of a policy. */
export type MeasuredFigures = Omit<PlacementFigures, "policy" | "impossible">;

/** Makes a balancer of the policy in question for a list of backends. */
export type MakeBalancer = (backends: readonly ComparedBackend[]) => PolicyBalancer;

/**
 * The figures of a policy that decides by the address alone, so that it is asked once for each address, and all users and
 * connections of it follow.
 *
 * @param withChanges - look at a removal, an addition and another weight too
 */
export function placeAddresses(
  population: Population,
  backends: readonly ComparedBackend[],
  makeBalancer: MakeBalancer,
  withChanges: boolean,
): MeasuredFigures {
  const { users, connections } = population;
  const places = placesOf(population, makeBalancer(backends));
  const moved = (change: BackendChange | undefined): Remap | undefined => {
    if (change === undefined || !withChanges) return undefined;
    return movedBy(change, places, placesOf(population, makeBalancer(change.after)), users ?? connections);
  };
  return {
    users: users && loadFigures(backends, places, users),
    connections: loadFigures(backends, places, connections),
    stickiness: alwaysSticky(places, users, connections),
    remove: moved(middleRemoved(backends)),
    add: moved(oneAdded(backends)),
    reweigh: moved(middleReweighed(backends)),
  };
}

/** The backend of each address; −1 = turned away. */
function placesOf(population: Population, balancer: PolicyBalancer): Int32Array {
  const places = new Int32Array(population.addresses.length);
  for (let address = 0; address < places.length; address++) {
    const placed = balancer.place(addressVisit(population, address));
    places[address] = placed?.backend ?? -1;
    placed?.close(0);
  }
  return places;
}

/** Adds up `weights` of clients by backend. */
export function loadFigures(
  backends: readonly ComparedBackend[],
  places: ArrayLike<number>,
  weights?: ArrayLike<number>,
): LoadFigures {
  const loads = new Array<number>(backends.length).fill(0);
  for (let client = 0; client < places.length; client++) {
    const place = places[client] ?? -1;
    if (place >= 0) loads[place] = (loads[place] ?? 0) + (weights === undefined ? 1 : (weights[client] ?? 0));
  }
  const backendWeights = backends.map(({ weight }) => weight);
  return { loads, evenness: evenness(loads, backendWeights) };
}

/** Who is placed is placed the same every time. */
function alwaysSticky(places: Int32Array, users: Float64Array | undefined, connections: Float64Array): Stickiness {
  let placements = 0;
  let repeats = 0;
  places.forEach((place, address) => {
    if (place < 0) return;
    const count = connections[address] ?? 0;
    placements += count;
    repeats += count - Math.min(count, users?.[address] ?? 1);
  });
  return { placements, repeats, breaks: 0, breakRate: 0, overflowed: 0, overflowShare: 0 };
}
