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

/**
 * How much was measured, for whoever wants to know how far to trust it: of what was placed a part only, and, for a log, what
 * is an estimate.
 */
export function effortSentences(study: PlacementStudy, unit: Unit): readonly string[] {
  return [...sampleSentences(study, unit), ...estimateSentences(study, unit)];
}

function sampleSentences(study: PlacementStudy, unit: Unit): readonly string[] {
  const { connectionsPlaced, population, sample } = study;
  const all = population.connections.total;
  const isPart = connectionsPlaced !== undefined && connectionsPlaced < all;
  const ofVisits = isPart ? `${thousands(connectionsPlaced)} of the ${thousands(all)} ${unit}s` : "";
  if (sample === undefined) {
    const proportion = `each address in its proportion${countedIn(study) === "users" ? "; all users were placed" : ""}`;
    return isPart ? [`Policies that look at load placed ${ofVisits} one by one, ${proportion}.`] : [];
  }
  const { byAddress = population.addresses, oneByOne } = sample;
  const parts = [
    ...(byAddress < population.addresses
      ? [
          `policies that look at the address alone placed ${thousands(byAddress)} of the ${thousands(population.addresses)} addresses`,
        ]
      : []),
    ...(isPart
      ? [
          `policies that look at load or at a cookie placed ${ofVisits}, from ${count(oneByOne ?? 0, "address", "addresses")}`,
        ]
      : []),
  ];
  if (parts.length === 0) return [];
  return [`A sample stands for the log: ${parts.join(", and ")}; the heaviest addresses are in it as they are.`];
}

function estimateSentences(study: PlacementStudy, unit: Unit): readonly string[] {
  const dependsOnLoad = study.policies.some(({ policy }) => policy.kind !== "address" && policy.kind !== "cookie");
  if (countedIn(study) === "users" || !dependsOnLoad) return [];
  return [
    `How many ${unit}s leave their home or find another backend depends on how many are open at once, which a log does not tell: for bounded loads and NAT split these shares are estimates.`,
  ];
}
