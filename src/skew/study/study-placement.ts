import { addressFloor, type Concentration, theoreticalCv } from "../measures/concentration.ts";
import { comparedPolicy } from "../policies/compared-policies.ts";
import type { ComparedBackend, ComparedPolicy } from "../policies/compared-policy.ts";
import { createPolicyBalancer } from "../policies/create-policy-balancer.ts";
import { defaultPolicyOptions, type PolicyOptions } from "../policies/policy-options.ts";
import type { ShownBits } from "../populations/address-list.ts";
import type { Population } from "../populations/population.ts";
import { connectionArrivals, everybodyAlone, userArrivals } from "./arrivals.ts";
import { type MakeBalancer, type MeasuredFigures, placeAddresses } from "./place-addresses.ts";
import { type Orders, placeOneByOne } from "./place-one-by-one.ts";
import type { PlacementFigures, PlacementStudy } from "./placement-study.ts";
import { populationFigures } from "./population-figures.ts";

/** What a placement study depends on besides its population, backends and policies. */
export interface PlacementStudyOptions {
  /** HASH_SEED, and the seed of the orders in which people come; 0 … 2^32 − 1. */
  readonly seed: number;
  /** What the policies depend on besides the seed. */
  readonly policies: Omit<PolicyOptions, "hashSeed">;
  /** How many bits of the heaviest addresses are told; undefined = all. */
  readonly shown: ShownBits | undefined;
  /** Look at a removal, an addition and another weight of a backend too; takes about four times as long. */
  readonly withChanges: boolean;
  /** Of more connections than so many, about so many are placed one by one: those of a part of each address's users. */
  readonly mostConnections: number;
}

/** About a second for each policy that places one by one. */
export const defaultPlacementStudyOptions: PlacementStudyOptions = Object.freeze({
  seed: 0,
  policies: defaultPolicyOptions,
  shown: undefined,
  withChanges: true,
  mostConnections: 200_000,
});

/**
 * Compares policies on one population: who gets whom when everybody comes once and stays, and who moves when a backend goes
 * or comes. The same arguments give the same figures on every engine.
 *
 * @param backends - at least one, ids unique
 * @param policyNames - of `comparedPolicies`; the figures are in this order
 * @throws RangeError for no backends or an unknown policy
 */
export function studyPlacement(
  population: Population,
  backends: readonly ComparedBackend[],
  policyNames: readonly string[],
  given: Partial<PlacementStudyOptions> = {},
): PlacementStudy {
  if (backends.length === 0) throw new RangeError("there are no backends");
  const options = { ...defaultPlacementStudyOptions, ...given };
  const policyOptions = { ...options.policies, hashSeed: options.seed };
  const policies = policyNames.map((name) => {
    const policy = comparedPolicy(name, policyOptions);
    if (policy === undefined) throw new RangeError(`there is no policy ${JSON.stringify(name)}`);
    return policy;
  });
  const figures = populationFigures(population, options.shown);
  const orders = policies.some(({ kind }) => kind !== "address") ? ordersOf(population, options) : undefined;
  const totalWeight = backends.reduce((sum, { weight }) => sum + weight, 0);
  const largestShare = backends.reduce((most, { weight }) => Math.max(most, weight), 0) / totalWeight;
  const floorOf = ({ heaviestShare }: Concentration): number => addressFloor(heaviestShare, largestShare);
  const cvOf = ({ effectiveAddresses }: Concentration): number =>
    effectiveAddresses === 0 ? 0 : theoreticalCv(backends.length, effectiveAddresses);
  return {
    population: figures,
    backends,
    seed: options.seed,
    floor: { users: figures.users && floorOf(figures.users), connections: floorOf(figures.connections) },
    theoreticalCv: { users: figures.users && cvOf(figures.users), connections: cvOf(figures.connections) },
    ...(orders && { connectionsPlaced: orders.connections.users.length }),
    policies: policies.map((policy) => {
      const makeBalancer: MakeBalancer = (list) => createPolicyBalancer(policy.name, list, policyOptions);
      return studyPolicy(policy, population, backends, makeBalancer, orders, options.withChanges);
    }),
  };
}

function ordersOf(population: Population, { seed, mostConnections }: PlacementStudyOptions): Orders {
  return {
    users: population.users && userArrivals(population, population.users, seed),
    connections: connectionArrivals(population, seed, mostConnections),
  };
}

function studyPolicy(
  policy: ComparedPolicy,
  population: Population,
  backends: readonly ComparedBackend[],
  makeBalancer: MakeBalancer,
  orders: Orders | undefined,
  withChanges: boolean,
): PlacementFigures {
  try {
    const measured =
      policy.kind === "address" || orders === undefined
        ? placeAddresses(population, backends, makeBalancer, withChanges)
        : placeOneByOne(population, backends, makeBalancer, forCookies(policy, orders), withChanges);
    return { policy, impossible: undefined, ...measured };
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return { policy, impossible: error.message, ...nothing };
  }
}

/** Without users, every connection is somebody to a cookie. */
function forCookies({ kind }: ComparedPolicy, orders: Orders): Orders {
  if (kind !== "cookie" || orders.users !== undefined) return orders;
  return { users: undefined, connections: everybodyAlone(orders.connections) };
}

const nothing: MeasuredFigures = Object.freeze({
  users: undefined,
  connections: undefined,
  stickiness: undefined,
  remove: undefined,
  add: undefined,
  reweigh: undefined,
});
