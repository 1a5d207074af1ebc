import { addressFloor, concentration, theoreticalCv } from "../../skew/measures/concentration.ts";
import { comparedPolicy } from "../../skew/policies/compared-policies.ts";
import type { ComparedBackend } from "../../skew/policies/compared-policy.ts";
import type { PolicyOptions } from "../../skew/policies/policy-options.ts";
import type { Population } from "../../skew/populations/population.ts";
import { thinPopulation } from "../../skew/populations/thin-population.ts";
import { createTimePlan } from "../../skew/simulation/create-time-plan.ts";
import { simulateTime } from "../../skew/simulation/simulate-time.ts";
import type { TimeStudy } from "../../skew/simulation/time-study.ts";
import type { PlacementStudy } from "../../skew/study/placement-study.ts";
import { populationFigures } from "../../skew/study/population-figures.ts";
import { type PlacementStudyOptions, studyPlacement } from "../../skew/study/study-placement.ts";

// How much of a log is placed. Figures are good to a few hundredths of a fair share then, in time and memory that do not
// depend on the log.

/** Addresses, for policies that look at nothing else: so many, or so many for each backend when that is more. */
const ADDRESSES = 15_000;
const ADDRESSES_PER_BACKEND = 500;
/** Connections that are placed one by one, for all other policies. */
const LEAST_CONNECTIONS = 15_000;
const CONNECTIONS_PER_BACKEND = 1_500;
const MOST_CONNECTIONS = 60_000;
/** Connections of an address then, as far as it has them: who comes once cannot come back to another backend. */
const CONNECTIONS_PER_ADDRESS = 12;
/** Sessions of the simulation in time, which draws them anyway. */
const SESSIONS = 4_000;

/**
 * `studyPlacement` for logs: with a million addresses as quick, and in as little memory, as with fifteen thousand. What is
 * told of the clients (who is heavy, the floor, the theory) is exact all the same; only who is placed where is that of
 * smaller populations that spread alike.
 *
 * @param population - of logs: without users
 * @throws RangeError as `studyPlacement` does
 */
export function studyLog(
  population: Population,
  backends: readonly ComparedBackend[],
  policies: readonly string[],
  options: Partial<PlacementStudyOptions> = {},
): PlacementStudy {
  const oneByOne = policies.filter((name) => (comparedPolicy(name)?.kind ?? "address") !== "address");
  const byAddress = policies.filter((name) => !oneByOne.includes(name));
  const mostConnections = connectionsFor(backends.length);
  const some = thinnedByAddress(population, backends.length);
  const first = studyPlacement(some, backends, byAddress, options);
  const fewer = thinnedOneByOne(population, mostConnections);
  const second = studyPlacement(fewer, backends, oneByOne, { mostConnections, ...options });
  const measured = [...first.policies, ...second.policies];
  const { heaviestShare, effectiveAddresses } = concentration(population.connections);
  const totalWeight = backends.reduce((sum, { weight }) => sum + weight, 0);
  const largestShare = backends.reduce((most, { weight }) => Math.max(most, weight), 0) / totalWeight;
  const cv = effectiveAddresses === 0 ? 0 : theoreticalCv(backends.length, effectiveAddresses);
  return {
    ...second,
    sample: {
      ...(byAddress.length > 0 && { byAddress: some.addresses.length }),
      ...(oneByOne.length > 0 && { oneByOne: fewer.addresses.length }),
    },
    population: populationFigures(population, options.shown),
    floor: { users: undefined, connections: addressFloor(heaviestShare, largestShare) },
    theoreticalCv: { users: undefined, connections: cv },
    policies: policies.flatMap((name) => measured.filter(({ policy }) => policy.name === name)),
  };
}

/**
 * `simulateTime` for logs, with the default changes.
 *
 * @param seed - of the sessions, 0 … 2^32 − 1
 * @throws RangeError as `simulateTime` does
 */
export function simulateLog(
  population: Population,
  backends: readonly ComparedBackend[],
  policies: readonly string[],
  seed: number,
  options: Omit<PolicyOptions, "hashSeed">,
): TimeStudy {
  const plan = createTimePlan(backends, { seed, sessions: SESSIONS });
  return simulateTime(thinnedByAddress(population, backends.length), backends, policies, plan, options);
}

function connectionsFor(backends: number): number {
  return Math.min(MOST_CONNECTIONS, Math.max(LEAST_CONNECTIONS, CONNECTIONS_PER_BACKEND * backends));
}

function thinnedByAddress(population: Population, backends: number): Population {
  return thinPopulation(population, Math.max(ADDRESSES, ADDRESSES_PER_BACKEND * backends));
}

function thinnedOneByOne(population: Population, connections: number): Population {
  const total = population.connections.reduce((sum, count) => sum + count, 0);
  const each = Math.min(CONNECTIONS_PER_ADDRESS, total / Math.max(1, population.connections.length));
  return thinPopulation(population, Math.max(4, Math.round(connections / Math.max(1, each))));
}
