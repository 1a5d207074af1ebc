import type { ComparedBackend, ComparedPolicy } from "../policies/compared-policy.ts";
import { defaultPolicyOptions, type PolicyOptions } from "../policies/policy-options.ts";
import { buildPopulation } from "../populations/build-population.ts";
import type { AddressGroup, Population } from "../populations/population.ts";
import { studyPlacement } from "../study/study-placement.ts";

/** One policy while the heaviest address grows. */
export interface SweepLine {
  readonly policy: ComparedPolicy;
  readonly points: readonly SweepPoint[];
}

/** What one share of the office did. */
export interface SweepPoint {
  /** Of all users, those behind the heaviest address: 0–1. */
  readonly share: number;
  /** Users of the fullest backend, in fair shares. */
  readonly maxOverAvg: number;
  /** Of the connections of users who had been there before: how many found another backend than the last. */
  readonly breakRate: number;
}

/** The same town with an office that grows: what its share of the users does to the fullest backend. */
export interface HeaviestSweep {
  readonly seed: number;
  /** How many backends. */
  readonly backends: number;
  readonly users: number;
  readonly shares: readonly number[];
  /** The floor of max/avg for each of the shares: N·p, 1 at least. */
  readonly floor: readonly number[];
  readonly policies: readonly SweepLine[];
}

/** Enough that the others are even, and few enough for a second or two. */
const USERS = 10_000;
const SHARES = [0.01, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4] as const;
const CONNECTIONS_PER_USER = 2;

/**
 * Lets one office grow from 1 % to 40 % of 10,000 users, all others alone behind their addresses, two connections each.
 * Policies that cannot be asked are left out.
 *
 * @param seed - of the people
 * @param hashSeed - of the tables
 * @throws RangeError for no backends or an unknown policy
 */
export function sweepHeaviest(
  backends: readonly ComparedBackend[],
  policyNames: readonly string[],
  { seed, hashSeed, options = defaultPolicyOptions }: SweepOptions,
): HeaviestSweep {
  const studies = SHARES.map((share) =>
    studyPlacement(townWithOffice(share, seed), backends, policyNames, {
      ...{ seed: hashSeed, policies: options, withChanges: false, mostConnections: USERS * CONNECTIONS_PER_USER },
    }),
  );
  const lines = policyNames.map((_, i) => {
    const points = studies.flatMap((study, at): SweepPoint[] => {
      const { users, stickiness } = study.policies[i] ?? {};
      if (users === undefined) return [];
      return [{ share: SHARES[at] ?? 0, maxOverAvg: users.evenness.maxOverAvg, breakRate: stickiness?.breakRate ?? 0 }];
    });
    return { policy: studies[0]?.policies[i]?.policy, points };
  });
  return {
    seed,
    backends: backends.length,
    users: USERS,
    shares: SHARES,
    floor: studies.map(({ floor }) => floor.users ?? 1),
    policies: lines.flatMap(({ policy, points }) =>
      policy === undefined || points.length === 0 ? [] : [{ policy, points }],
    ),
  };
}

/** What a sweep depends on besides backends and policies. */
export interface SweepOptions {
  readonly seed: number;
  readonly hashSeed: number;
  readonly options?: Omit<PolicyOptions, "hashSeed">;
}

function townWithOffice(share: number, seed: number): Population {
  const inOffice = Math.round(USERS * share);
  const group = (name: string, count: number, users: number): AddressGroup => ({
    name,
    addresses: { count, spread: "scattered", within: undefined },
    usersPerAddress: { law: "constant", value: users },
    connectionsPerUser: { law: "constant", value: CONNECTIONS_PER_USER },
  });
  const plan = {
    name: "town with an office",
    title: "a town with one office",
    source: "ours",
    groups: [group("office", 1, inOffice), group("others", USERS - inOffice, 1)],
  };
  return buildPopulation(plan, seed);
}
