import { concentration } from "../measures/concentration.ts";
import type { ShownBits } from "../populations/address-list.ts";
import type { Population } from "../populations/population.ts";
import type { PopulationFigures } from "./placement-study.ts";

const MOST_HEAVY = 10;

/** @param shown - only so many bits of the heaviest addresses are told; undefined = all */
export function populationFigures(population: Population, shown?: ShownBits): PopulationFigures {
  const { name, title, source, seed, addresses, users, connections } = population;
  const total = connections.reduce((sum, count) => sum + count, 0);
  return {
    name,
    title,
    source,
    seed,
    addresses: addresses.length,
    users: users && concentration(users),
    connections: concentration(connections),
    heaviest: heaviest(connections).map((address) => ({
      address: addresses.text(address, shown),
      users: users?.[address],
      connections: connections[address] ?? 0,
      share: total === 0 ? 0 : (connections[address] ?? 0) / total,
    })),
  };
}

/** The indices of the largest counts, largest first, of equal ones the first. One pass: a log may have millions. */
function heaviest(counts: Float64Array): readonly number[] {
  const top: number[] = [];
  const countAt = (place: number): number => counts[top[place] ?? -1] ?? 0;
  counts.forEach((count, address) => {
    if (count === 0 || (top.length === MOST_HEAVY && count <= countAt(MOST_HEAVY - 1))) return;
    let place = top.length;
    while (place > 0 && countAt(place - 1) < count) place--;
    top.splice(place, 0, address);
    top.length = Math.min(top.length, MOST_HEAVY);
  });
  return top;
}
