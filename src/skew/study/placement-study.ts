import type { Concentration } from "../measures/concentration.ts";
import type { Evenness } from "../measures/evenness.ts";
import type { Remap } from "../measures/remap.ts";
import type { Stickiness } from "../measures/stickiness.ts";
import type { ComparedBackend, ComparedPolicy } from "../policies/compared-policy.ts";

/** What is known of the clients, whatever the policy. */
export interface PopulationFigures {
  readonly name: string;
  readonly title: string;
  readonly source: string;
  readonly seed: number | undefined;
  readonly addresses: number;
  /** Undefined when nobody knows (a log). */
  readonly users: Concentration | undefined;
  readonly connections: Concentration;
  /** The heaviest addresses by connections, heaviest first, at most ten. */
  readonly heaviest: readonly HeavyAddress[];
}

/** One of the heaviest addresses. */
export interface HeavyAddress {
  /** Text of the address, or of its network when addresses are masked. */
  readonly address: string;
  readonly users: number | undefined;
  readonly connections: number;
  /** Of all connections, 0–1. */
  readonly share: number;
}

/**
 * One policy on one population and one list of backends: everybody comes once, in a random order, and stays.
 *
 * A log has no users. There each connection stands for itself, and for a cookie policy each is a user of its own: what cookies
 * would do at the worst, when nobody ever comes back.
 */
export interface PlacementFigures {
  readonly policy: ComparedPolicy;
  /** Why the policy could not be asked, e.g. a weight that the program does not accept; the figures are absent then. */
  readonly impossible: string | undefined;
  /** Users of each backend, in the order of the list; undefined when nobody knows the users. */
  readonly users: LoadFigures | undefined;
  readonly connections: LoadFigures | undefined;
  /**
   * Of the connections: how often a user (of a log: an address; of a cookie policy nobody, see above) found another backend
   * than the last time.
   */
  readonly stickiness: Stickiness | undefined;
  /**
   * The backend in the middle is taken out of the list, or one more added, or the one in the middle gets twice its weight
   * (half of it from 129 on), and everybody comes back once: who moves. By users where they are known. With a bounded load it
   * includes those who would have moved without any change.
   */
  readonly remove: Remap | undefined;
  readonly add: Remap | undefined;
  readonly reweigh: Remap | undefined;
}

/** The load of each backend, in the order of the list, and how even that is. */
export interface LoadFigures {
  readonly loads: readonly number[];
  readonly evenness: Evenness;
}

/** Addresses that were placed in the name of all. */
export interface PlacementSample {
  /** By policies that decide by the address alone; absent when none was asked. */
  readonly byAddress?: number;
  /** By all other policies; absent when none was asked. */
  readonly oneByOne?: number;
}

/** A static comparison. */
export interface PlacementStudy {
  readonly population: PopulationFigures;
  readonly backends: readonly ComparedBackend[];
  /** Seed of the hash tables (HASH_SEED) and of the order in which users come. */
  readonly seed: number;
  /** N·p_max by users and by connections: no hash of the address gets below this max/avg. */
  readonly floor: { readonly users: number | undefined; readonly connections: number };
  /** sqrt((N − 1) / n_eff): the CV to expect of a hash of the address. */
  readonly theoreticalCv: { readonly users: number | undefined; readonly connections: number };
  /** Of a log: how many of its addresses were placed, some of which may stand for others. */
  readonly sample?: PlacementSample;
  /**
   * The connections that were placed one by one, for the policies that do not decide by the address alone: all of them, or a
   * part of each address's.
   */
  readonly connectionsPlaced?: number;
  readonly policies: readonly PlacementFigures[];
}
