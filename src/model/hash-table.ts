import type { BackendId } from "./backend.ts";

/** How a table is built (HASH_POLICY); `modulo` only shows what goes wrong. */
export type HashPolicy = "ring" | "rendezvous" | "maglev" | "modulo";

/** The most points a ring may have: over a second of building, 200 MB for that time and 85 MB kept. Envoy's ceiling too. */
export const MOST_RING_POINTS = 2 ** 23;

/** One backend as a hash table sees it. */
export interface TableEntry {
  readonly id: BackendId;
  /** 1–256 */
  readonly weight: number;
}

/** Where a key falls inside a table, for `lengket route`. */
export interface TableLocation {
  /** `ring`: a point (u32); `rendezvous`, `maglev`, `modulo`: a slot number. */
  readonly kind: "point" | "slot";
  readonly value: number;
  /** Number of points or slots in the table. */
  readonly of: number;
}

/**
 * An immutable map from a 32-bit key hash to backends; a pure function of (ids, weights, options), independent of the
 * order and the history of the list. Positions index `entries`, which is sorted by id.
 */
export interface HashTable {
  readonly policy: HashPolicy;
  readonly entries: readonly TableEntry[];
  /** The position of the key's first choice, -1 when the table is empty. Allocates nothing. */
  owner(keyHash: number): number;
  /** All positions, best first, each exactly once. `order(h)[0] === owner(h)`. */
  order(keyHash: number): readonly number[];
  /** Where the key falls; undefined when the table is empty. */
  locate(keyHash: number): TableLocation | undefined;
  /** The exact share of the key space that each position owns; sums to 1. */
  shares(): Float64Array;
}
