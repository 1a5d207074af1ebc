import type { Population } from "../populations/population.ts";
import { createSeededRandom } from "../seeded-random.ts";
import { type DrawnConnections, drawConnections } from "./draw-connections.ts";
import { drawSessions } from "./draw-sessions.ts";
import type { TimePlan } from "./time-plan.ts";

/** An address that sessions come from. */
export interface Client {
  readonly bytes: Uint8Array;
  readonly text: string;
}

/** Who comes when and for how long, whatever the policy: it is made once and played to each. */
export interface Workload extends DrawnConnections {
  /** By session, in the order in which they come: the address it comes from. */
  readonly clientOf: readonly Client[];
  /** Twice the number of a connection, and 1 more where it is opened: in the order of time; at one instant ends come first. */
  readonly events: Uint32Array;
}

/**
 * Sessions come as in a Poisson process of which it is known how many come: independently, at times that are uniform over
 * the whole length. Each belongs to a user of the population and makes connections one after another. See
 * {@link drawSessions} and {@link drawConnections} for the laws.
 *
 * @param plan - has been checked
 * @throws RangeError when nobody is in the population, or when it all makes too many connections
 */
export function buildWorkload(population: Population, plan: TimePlan): Workload {
  const addressOf = drawSessions(population, plan);
  const clients = new Map<number, Client>();
  const clientOf = Array.from(addressOf, (address) => {
    const known = clients.get(address);
    if (known !== undefined) return known;
    const client = { bytes: population.addresses.bytes(address), text: population.addresses.text(address) };
    clients.set(address, client);
    return client;
  });
  const random = createSeededRandom(plan.seed, "arrivals of sessions");
  const arrivals = Float64Array.from(addressOf, () => Math.floor(random.next() * plan.lengthMs)).sort();
  const connections = drawConnections(population, addressOf, arrivals, plan);
  return { clientOf, ...connections, events: eventsOf(connections.startMs, connections.endMs) };
}

/**
 * The order of events, {@link Workload.events}.
 *
 * Sorts numbers that say all: the time, ends before starts, and the connection; so they have to stay below 2^52.
 */
export function eventsOf(startMs: Float64Array, endMs: Float64Array): Uint32Array {
  const connections = startMs.length;
  const keys = new Float64Array(2 * connections);
  for (let i = 0; i < connections; i++) {
    keys[2 * i] = 2 * (endMs[i] ?? 0) * connections + i;
    keys[2 * i + 1] = (2 * (startMs[i] ?? 0) + 1) * connections + i;
  }
  return Uint32Array.from(keys.sort(), (key) => {
    const connection = key % connections;
    const opens = ((key - connection) / connections) % 2;
    return 2 * connection + opens;
  });
}
