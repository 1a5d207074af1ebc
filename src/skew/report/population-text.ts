import { count, percent, thousands } from "../advice/wording.ts";
import type { PlacementStudy } from "../study/placement-study.ts";
import { countedIn, floorOf, nounOf, type Unit } from "./figures.ts";

/** Who the clients are, in sentences. */
export function populationSentences(study: PlacementStudy, unit: Unit): readonly string[] {
  const { population } = study;
  const noun = nounOf(study, unit);
  const { heaviestShare, effectiveAddresses } = population.users ?? population.connections;
  const who =
    population.users === undefined
      ? population.name
      : population.title.charAt(0).toUpperCase() + population.title.slice(1);
  const many = [
    count(population.addresses, "address", "addresses"),
    ...(population.users === undefined ? [] : [count(population.users.total, "user")]),
    count(population.connections.total, unit),
  ].join(", ");
  return [
    `${who}: ${many}.`,
    `The heaviest address has ${percent(heaviestShare)} of the ${noun}.`,
    `Spread by address they are as uneven as ${count(Math.round(effectiveAddresses), "equal address", "equal addresses")} would be (n_eff).`,
  ];
}

/** What no hash of the address can get below. */
export function floorSentence(study: PlacementStudy, unit: Unit): string {
  const { population, backends } = study;
  const { heaviestShare } = population.users ?? population.connections;
  const floor = floorOf(study);
  const equal = backends.every(({ weight }) => weight === backends[0]?.weight);
  const noun = nounOf(study, unit);
  if (floor <= 1) {
    return (
      `Floor: the heaviest address has no more than the fair share of a backend, so it forces no max/avg above 1 on a hash ` +
      `of the address. What shares its backend comes on top.`
    );
  }
  const product = equal
    ? `${count(backends.length, "backend")} × ${percent(heaviestShare)} of the ${noun} behind one address`
    : `${percent(heaviestShare)} of the ${noun} behind one address, on the backend of the largest weight`;
  return `Floor: no hash of the address can get below max/avg ${floor.toFixed(2)} (${product}).`;
}

/** How much was measured, for whoever wants to repeat it. */
export function effortSentence(study: PlacementStudy): string {
  const { connectionsPlaced, population } = study;
  const all = population.connections.total;
  if (connectionsPlaced === undefined || connectionsPlaced >= all) return "";
  return (
    `Policies that look at load placed ${thousands(connectionsPlaced)} of the ${thousands(all)} connections one by one, ` +
    `each address in its proportion${countedIn(study) === "users" ? "; all users were placed" : ""}.`
  );
}
