import { parseAddress } from "../../proxy-protocol/address-text.ts";
import { createSeededRandom, type SeededRandom, shuffle } from "../seeded-random.ts";
import { AddressList } from "./address-list.ts";
import { clientNumber, drawAddresses } from "./draw-addresses.ts";
import { type Law, type Quantile, quantileOf, quotas, zipfShares } from "./law.ts";
import type { AddressGroup, Population, PopulationPlan, RankSize } from "./population.ts";

/** Connections are drawn one user at a time up to here; of a larger address, the mean of as many draws is taken for all. */
const MOST_DRAWS = 100_000;

/**
 * Makes the people of `plan`. The same plan and seed give the same population on every engine; each group and purpose has
 * random numbers of its own, so that a change in one leaves the others as they were.
 *
 * @param seed - 0 … 2^32 − 1
 * @throws RangeError when a listed address is none, or appears twice, or a block has no room for a group
 */
export function buildPopulation(plan: PopulationPlan, seed: number): Population {
  const taken = new Set<bigint>();
  const listed = plan.groups.map((group) => listedAddresses(group, taken));
  const addresses: Uint8Array[] = [];
  const users: number[] = [];
  const connections: number[] = [];
  const groupOf: number[] = [];
  plan.groups.forEach((group, index) => {
    const randomFor = (purpose: string): SeededRandom => createSeededRandom(seed, `${purpose} of ${group.name}`);
    const own =
      "at" in group.addresses ? (listed[index] ?? []) : drawAddresses(group.addresses, randomFor("addresses"), taken);
    const ownUsers = usersOf(group.usersPerAddress, own.length);
    shuffle(ownUsers, randomFor("users"));
    const quantile = quantileOf(group.connectionsPerUser);
    const random = randomFor("connections");
    own.forEach((address, i) => {
      addresses.push(address);
      users.push(ownUsers[i] ?? 0);
      connections.push(connectionsOf(ownUsers[i] ?? 0, quantile, random));
      groupOf.push(index);
    });
  });
  return {
    name: plan.name,
    title: plan.title,
    source: plan.source,
    seed,
    addresses: AddressList.of(addresses),
    users: Float64Array.from(users),
    connections: Float64Array.from(connections),
    groups: plan.groups.map(({ name }) => name),
    groupOf: Uint16Array.from(groupOf),
  };
}

/** The addresses that a group names. All groups are asked before any is drawn, so that no drawn one gets in their way. */
function listedAddresses({ name, addresses }: AddressGroup, taken: Set<bigint>): readonly Uint8Array[] {
  if (!("at" in addresses)) return [];
  return addresses.at.map((text) => {
    const bytes = parseAddress(text);
    if (bytes === undefined) throw new RangeError(`${name}: "${text}" is not an address`);
    if (taken.has(clientNumber(bytes))) throw new RangeError(`${name}: ${text} is listed twice`);
    taken.add(clientNumber(bytes));
    return bytes;
  });
}

/** Users behind each of so many addresses, not in any particular order. */
export function usersOf(law: Law | RankSize, addresses: number): Float64Array {
  if (law.law !== "rank-size") return quotas(law, addresses);
  const shares = zipfShares(law.exponent, addresses);
  return Float64Array.from(shares, (share) => Math.max(1, Math.round(law.users * share)));
}

function connectionsOf(users: number, quantile: Quantile, random: SeededRandom): number {
  const draws = Math.min(users, MOST_DRAWS);
  let sum = 0;
  for (let i = 0; i < draws; i++) sum += quantile(random.next());
  return draws === users ? sum : Math.round((sum / draws) * users);
}
