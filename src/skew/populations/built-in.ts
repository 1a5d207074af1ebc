import type { Law } from "./law.ts";
import type { AddressGroup, ChosenAddresses, PopulationPlan } from "./population.ts";

/** Ours: a person opens six connections on average, some many more. */
const HUMAN: Law = { law: "geometric", mean: 6 };
/** Ours; the exponent is the middle of the 0.60–1.03 that Krashakov et al. (2004) found for popularity on the web. */
const AUTOMATED: Law = { law: "zipf", exponent: 0.8, max: 100 };
/**
 * 10 % of the lines have several hosts in use at once: Maier, Schneider and Feldmann, "NAT usage in residential broadband
 * networks", PAM 2011. How those 10 % split up is ours.
 */
const HOME: Law = {
  law: "weighted",
  values: [
    [1, 0.9],
    [2, 0.07],
    [3, 0.02],
    [4, 0.01],
  ],
};
/** 64 subscribers share an address that is cut into blocks of 1,000 ports: Richter et al., IMC 2016. */
const CGNAT_64: Law = { law: "constant", value: 64 };

const scattered = (count: number): ChosenAddresses => ({ count, spread: "scattered", within: undefined });
/** A pool in consecutive addresses, as carriers have them: what hashes that look at the /24 alone cannot tell apart. */
const pool = (count: number): ChosenAddresses => ({ count, spread: "consecutive", within: undefined });

function group(name: string, addresses: ChosenAddresses, usersPerAddress: Law | number): AddressGroup {
  const law: Law = typeof usersPerAddress === "number" ? { law: "constant", value: usersPerAddress } : usersPerAddress;
  return { name, addresses, usersPerAddress: law, connectionsPerUser: HUMAN };
}

/** S1. Ours: the case without any sharing, to compare with. */
const s1: PopulationPlan = {
  name: "s1",
  title: "one user behind each address",
  source: "ours: no sharing, to compare with",
  groups: [group("users", scattered(10_000), 1)],
};

/** S2. Sharing as in homes: Maier, Schneider, Feldmann, PAM 2011; the split of their 10 % is ours. */
const s2: PopulationPlan = {
  name: "s2",
  title: "homes",
  source: "Maier, Schneider, Feldmann, PAM 2011: 10 % of lines with several active hosts; how they split up is ours",
  groups: [group("homes", scattered(10_000), HOME)],
};

/** S3. A carrier's NAT with blocks of 1,000 ports: Richter et al., IMC 2016. The pool of one /24 is ours. */
const s3: PopulationPlan = {
  name: "s3",
  title: "a carrier's NAT, 64 subscribers behind each address",
  source: "Richter et al., IMC 2016: 64 subscribers an address with blocks of 1,000 ports; a pool in one /24 is ours",
  groups: [group("carrier NAT", pool(157), CGNAT_64)],
};

/** S4. The same with blocks of 512 ports: Richter et al., IMC 2016. */
const s4: PopulationPlan = {
  name: "s4",
  title: "a carrier's NAT, 128 subscribers behind each address",
  source:
    "Richter et al., IMC 2016: up to 128 subscribers an address with blocks of 512 ports; a pool in one /24 is ours",
  groups: [group("carrier NAT", pool(79), 128)],
};

/** S5. Ours: a tenth of all users sits in one office. */
const s5: PopulationPlan = {
  name: "s5",
  title: "one office with 10 % of the users",
  source: "ours",
  groups: [group("others", scattered(9_000), 1), group("office", scattered(1), 1_000)],
};

/**
 * S6. Ours: half of 20,001 users at home (Maier et al.), a quarter behind a carrier's NAT (Richter et al.), 15 % in offices
 * (lognormal, ours), a tenth on one campus (ours; Zander and Murray, LCN 2017, found addresses with a few thousand users).
 */
const s6: PopulationPlan = {
  name: "s6",
  title: "homes, a carrier's NAT, offices, and a campus with 10 % of the users",
  source:
    "ours, of parts by Maier et al. 2011 (homes), Richter et al. 2016 (carrier NAT), Zander and Murray 2017 (campus)",
  groups: [
    group("homes", scattered(8_772), HOME),
    group("carrier NAT", pool(79), CGNAT_64),
    group("offices", scattered(141), { law: "lognormal", median: 17.3, sigma: 0.62, max: 2_000 }),
    group("campus", scattered(1), 2_000),
  ],
};

/**
 * S7. Ours: mostly mobile users, behind a carrier's NAT with 64 (Richter et al., IMC 2016) and with 1,024 subscribers an
 * address (63 ports each, the deterministic NAT example in the documentation of TNSR).
 */
const s7: PopulationPlan = {
  name: "s7",
  title: "mostly mobile: carriers' NATs with 64 and with 1,024 subscribers an address",
  source: "ours, of parts by Richter et al. 2016 (64 an address) and the documentation of TNSR (1,024 an address)",
  groups: [
    group("fixed lines", scattered(1_000), 1),
    group("carrier NAT", pool(100), CGNAT_64),
    group("dense carrier NAT", pool(5), 1_024),
  ],
};

/** S8. Ours; that an address may have a few thousand users was found by Zander and Murray, LCN 2017. */
const s8: PopulationPlan = {
  name: "s8",
  title: "three addresses with 3,000 users each among 10,000 with one",
  source: "ours; addresses with a few thousand users: Zander and Murray, LCN 2017",
  groups: [
    group("others", scattered(10_000), 1),
    { ...group("proxies", scattered(3), 3_000), connectionsPerUser: AUTOMATED },
  ],
};

/**
 * Ours: no source has a fitted law of users per address; Zipf's is the usual stress test. 100,000 users (before rounding) on
 * 10,000 addresses.
 */
function zipf(exponent: number): PopulationPlan {
  const users = { law: "rank-size", exponent, users: 100_000 } as const;
  return {
    name: `zipf-${exponent.toFixed(1)}`,
    title: `users per address by Zipf's law, exponent ${exponent}`,
    source: "ours: a stress test",
    groups: [{ name: "addresses", addresses: scattered(10_000), usersPerAddress: users, connectionsPerUser: HUMAN }],
  };
}

/** The populations that come with the program: `s1` … `s8`, `zipf-0.6` … `zipf-1.2`. */
export const builtInPopulations: readonly PopulationPlan[] = Object.freeze([
  ...[s1, s2, s3, s4, s5, s6, s7, s8],
  ...[0.6, 0.8, 1, 1.2].map(zipf),
]);

/** The plan of that name, in lower or upper case; undefined when there is none. */
export function builtInPopulation(name: string): PopulationPlan | undefined {
  return builtInPopulations.find((plan) => plan.name === name.toLowerCase());
}
