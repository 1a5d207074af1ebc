import { formatAddress } from "../../proxy-protocol/address-text.ts";
import type { Visit } from "../policies/compared-policy.ts";
import type { Population } from "../populations/population.ts";
import { createSeededRandom, type SeededRandom, shuffle } from "../seeded-random.ts";

/** Who comes, in the order of coming. */
export interface Arrivals {
  /** The number of the user of each arrival. */
  readonly users: Float64Array;
  /** The address of each user, by its index in the population. */
  readonly addressOf: Uint32Array;
}

/** Every user of the population once, in a random order. */
export function userArrivals(population: Population, counts: Float64Array, seed: number): Arrivals {
  const addressOf = addressesOf(counts);
  const users = Float64Array.from(addressOf, (_, user) => user);
  shuffle(users, createSeededRandom(seed, `order of the users of ${population.name}`));
  return { users, addressOf };
}

/**
 * The connections of the population, all mixed. How many of an address's connections each of its users makes, a population
 * does not say: they are split up so that every way of doing it with one at least for each is equally likely, which is what
 * independent users of the geometric law come to.
 *
 * Where nobody knows the users (a log), all connections of an address are of one.
 *
 * @param most - of more than so many, about so many come: of each address a part of the users, with all of theirs, so that
 *   people come back as often as they would; where nobody knows the users, its part of exactly so many
 */
export function connectionArrivals(population: Population, seed: number, most: number): Arrivals {
  const { connections, users } = sampledClients(population, most);
  const arrivals = new Float64Array(sum(connections));
  const random = createSeededRandom(seed, `connections of the users of ${population.name}`);
  let next = 0;
  let user = 0;
  connections.forEach((count, i) => {
    const own = users[i] ?? 0;
    next = splitUp(count, own, user, arrivals, next, random);
    user += own;
  });
  shuffle(arrivals, createSeededRandom(seed, `order of the connections of ${population.name}`));
  return { users: arrivals, addressOf: addressesOf(users) };
}

/** The same arrivals, every one by a user of its own. */
export function everybodyAlone({ users, addressOf }: Arrivals): Arrivals {
  return {
    users: users.map((_, arrival) => arrival),
    addressOf: Uint32Array.from(users, (user) => addressOf[user] ?? 0),
  };
}

/**
 * Writes the user of each of `count` connections of one address: runs of at least one, cut at random places. Selection
 * sampling (Fan, Muller, Rezucha, JASA 1962; Knuth, TAOCP 3.4.2, algorithm S) picks the places.
 *
 * @returns where the next address begins
 */
function splitUp(
  count: number,
  users: number,
  firstUser: number,
  arrivals: Float64Array,
  from: number,
  random: SeededRandom,
): number {
  let user = firstUser;
  let cuts = users - 1;
  for (let i = 0; i < count; i++) {
    if (i > 0 && cuts > 0 && random.below(count - i) < cuts) {
      cuts--;
      user++;
    }
    arrivals[from + i] = user;
  }
  return from + count;
}

/** By address: the connections that come, and of how many users. */
function sampledClients(
  { connections, users }: Population,
  most: number,
): { readonly connections: Float64Array; readonly users: Float64Array } {
  const usersOf = (counts: Float64Array): Float64Array => counts.map((count, i) => Math.min(count, users?.[i] ?? 1));
  const all = usersOf(connections);
  const total = sum(connections);
  if (users === undefined || total <= most) {
    const some = sampled(connections, most);
    return { connections: some, users: usersOf(some) };
  }
  const some = sampled(all, Math.max(1, Math.round((sum(all) * most) / total)));
  return {
    connections: some.map((count, i) =>
      count === 0 ? 0 : Math.round(((connections[i] ?? 0) * count) / (all[i] ?? 1)),
    ),
    users: some,
  };
}

function sum(counts: Float64Array): number {
  return counts.reduce((total, count) => total + count, 0);
}

/** As they are, or each address's part of `most`: whole numbers that add up to it, none more than 1 off. */
function sampled(counts: Float64Array, most: number): Float64Array {
  const total = sum(counts);
  if (total <= most) return counts;
  let upTo = 0;
  let taken = 0;
  return counts.map((count) => {
    upTo += count;
    const before = taken;
    taken = Math.floor((upTo / total) * most);
    return taken - before;
  });
}

function addressesOf(users: Float64Array): Uint32Array {
  const addressOf = new Uint32Array(sum(users));
  let next = 0;
  users.forEach((count, address) => {
    addressOf.fill(address, next, next + count);
    next += count;
  });
  return addressOf;
}

/** The visits of a population's addresses; each address is made once, at its first visit. */
export class Visits {
  readonly #population: Population;
  readonly #known = new Map<number, Pick<Visit, "bytes" | "text">>();

  constructor(population: Population) {
    this.#population = population;
  }

  of(address: number, user: number): Visit {
    let client = this.#known.get(address);
    if (client === undefined) {
      const { bytes, text } = addressVisit(this.#population, address);
      client = { bytes, text };
      this.#known.set(address, client);
    }
    return { bytes: client.bytes, text: client.text, user, nowMs: 0 };
  }
}

/** A visit from an address by whomever. Few policies ask for the text, so it is made when they do. */
export function addressVisit({ addresses }: Population, address: number): Visit {
  const bytes = addresses.bytes(address);
  return {
    bytes,
    get text() {
      return formatAddress(bytes);
    },
    user: address,
    nowMs: 0,
  };
}
