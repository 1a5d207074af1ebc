import { WORDS_PER_ADDRESS, writeWords } from "./address-list.ts";
import type { Population } from "./population.ts";
import { RememberedAddresses } from "./remembered-addresses.ts";

/** Of the addresses that are kept, so many are the heaviest, as they are. */
const HEAVIEST_PART = 1 / 4;

/**
 * A smaller population that spreads alike: a log may have a million addresses, and every policy would have to place each of
 * them several times. The heaviest addresses stay as they are. Of all others some stand for the rest, with the connections
 * of the rest divided equally among them; they are drawn with a probability proportional to their connections, by systematic
 * sampling (Madow, Annals of Mathematical Statistics 20, 1949), so that the total stays, and every network has its part, as nearly as it can.
 *
 * What it costs: n addresses cannot spread more evenly over N backends than with a CV of sqrt((N − 1)/n).
 *
 * @param population - without users, whose connections are whole numbers
 * @param most - addresses that are kept at most, ≥ 4
 * @returns `population` itself when it has no more addresses than that
 */
export function thinPopulation(population: Population, most: number): Population {
  const { addresses, connections } = population;
  const count = addresses.length;
  if (count <= most) return population;
  const order = byCount(connections);
  const heaviest = Math.floor(most * HEAVIEST_PART);
  const kept = Array.from(order.subarray(0, heaviest));
  const counts = kept.map((address) => connections[address] ?? 0);
  const others = order.subarray(heaviest).sort();
  const rest = others.reduce((sum, address) => sum + (connections[address] ?? 0), 0);
  const places = Math.min(most - heaviest, Math.floor(rest));
  let passed = 0;
  let given = 0;
  let place = 0;
  for (const address of others) {
    passed += connections[address] ?? 0;
    let own = 0;
    // Half a step in: neither end of the list is preferred.
    for (; place < places && (place + 0.5) * (rest / places) < passed; place++) {
      const until = Math.round(((place + 1) * rest) / places);
      own += until - given;
      given = until;
    }
    if (own === 0) continue;
    kept.push(address);
    counts.push(own);
  }
  const words = new Int32Array(WORDS_PER_ADDRESS * kept.length);
  kept.forEach((address, i) => {
    writeWords(words, WORDS_PER_ADDRESS * i, addresses.bytes(address));
  });
  return {
    ...population,
    addresses: new RememberedAddresses(words),
    connections: Float64Array.from(counts),
    groupOf: Uint16Array.from(kept, (address) => population.groupOf[address] ?? 0),
  };
}

/** Indices by falling count; equal ones as they are. Those of a log are in this order already. */
function byCount(counts: Float64Array): Int32Array {
  const order = Int32Array.from(counts, (_, i) => i);
  if (counts.every((count, i) => i === 0 || count <= (counts[i - 1] ?? 0))) return order;
  return order.sort((a, b) => (counts[b] ?? 0) - (counts[a] ?? 0) || a - b);
}
