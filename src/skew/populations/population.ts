import type { AddressList } from "./address-list.ts";
import type { Law } from "./law.ts";

/** Addresses of one kind. */
export interface AddressGroup {
  /** What they are, e.g. `homes`. */
  readonly name: string;
  /** Which addresses there are. */
  readonly addresses: ChosenAddresses | ListedAddresses;
  /** The law holds exactly, by quotas; which address has how many users is drawn. */
  readonly usersPerAddress: Law | RankSize;
  /** Drawn for every user. */
  readonly connectionsPerUser: Law;
}

/** Addresses that are drawn. */
export interface ChosenAddresses {
  readonly count: number;
  /** `consecutive`: one after the other from the start of a /24, as in the pool of a carrier's NAT. */
  readonly spread: "scattered" | "consecutive";
  /** The block they are in, e.g. `198.51.100.0/24`; undefined = anywhere among public IPv4 addresses. */
  readonly within: string | undefined;
}

/** Addresses that are given, as text. */
export interface ListedAddresses {
  readonly at: readonly string[];
}

/**
 * A rank-size rule: the r-th of the addresses has max(1, round(users · r^−exponent / Σ)) users. Unlike a law, it fixes the
 * total (but for rounding).
 */
export interface RankSize {
  readonly law: "rank-size";
  readonly exponent: number;
  readonly users: number;
}

/** What a population is made of. */
export interface PopulationPlan {
  readonly name: string;
  /** One line for people. */
  readonly title: string;
  /** Where the numbers come from; `ours` when we chose them. */
  readonly source: string;
  readonly groups: readonly AddressGroup[];
}

/** Who connects: addresses, and what is behind each. */
export interface Population {
  readonly name: string;
  readonly title: string;
  readonly source: string;
  /** Undefined when nothing was drawn (a log). */
  readonly seed: number | undefined;
  readonly addresses: AddressList;
  /** Users behind each address; undefined when nobody knows (a log). */
  readonly users: Float64Array | undefined;
  /** Connections (or requests) of each address. */
  readonly connections: Float64Array;
  /** Names of the groups, and the group of each address by its index there. */
  readonly groups: readonly string[];
  readonly groupOf: Uint16Array;
}
