import type { Population } from "../populations/population.ts";
import { createSeededRandom, shuffle } from "../seeded-random.ts";
import type { TimePlan } from "./time-plan.ts";

/**
 * Which address each session comes from. Users are sampled systematically (every k-th of all, from a random one on): each
 * address gets its share of the sessions but for less than one, whether the population is larger or smaller than the number
 * of sessions. Who comes again is a new visitor: nobody remembers the earlier session.
 *
 * Of a log nobody knows the users: each of its connections stands for a session there.
 *
 * @returns by session, in a random order: index of the address
 * @throws RangeError when nobody is in the population
 */
export function drawSessions(population: Population, { sessions, seed }: TimePlan): Float64Array {
  const weights = population.users ?? population.connections;
  const total = weights.reduce((a, b) => a + b, 0);
  if (!(total > 0)) throw new RangeError(`there is nobody in the population ${population.name}`);
  const offset = createSeededRandom(seed, "sample of users").next();
  const drawn = new Float64Array(sessions);
  let address = 0;
  let upTo = weights[0] ?? 0;
  for (let i = 0; i < sessions; i++) {
    const place = ((i + offset) / sessions) * total;
    // The last address that has anybody ends at the total, which no place reaches.
    while (upTo <= place && address < weights.length - 1) {
      address++;
      upTo += weights[address] ?? 0;
    }
    drawn[i] = address;
  }
  shuffle(drawn, createSeededRandom(seed, "order of sessions"));
  return drawn;
}
