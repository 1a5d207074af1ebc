import type { HashTable, TableEntry, TableLocation } from "../model/hash-table.ts";
import { identityBytes } from "./identity-bytes.ts";
import { hashOfNumbered } from "./murmur3.ts";
import { type PositionArray, positionArray } from "./position-array.ts";

/** Number of different hashes. */
const CIRCLE = 2 ** 32;
const LARGEST_HASH = CIRCLE - 1;

export interface RingOptions {
  /** 0 … 2^32 − 1 */
  readonly seed: number;
  /** Points for each unit of weight. */
  readonly virtualNodesPerWeight: number;
}

/**
 * Consistent hashing on a ring (Karger et al., STOC 1997): every backend has `weight · virtualNodesPerWeight` points, and a
 * key belongs to the first point at or after its hash, wrapping around. A point is
 * murmur3_x86_32(length of id ‖ id ‖ index, seed); of backends with a point in common the one with the smaller id owns it.
 *
 * A backend's points depend on its own id and weight alone, so removing it moves only its keys, each to the next backend
 * along the ring. With N equal backends of V points a share deviates by sqrt((N − 1) / (N·V + 1)) of the fair share.
 *
 * @param entries - at least one; sorted by id, valid and frozen
 */
export function buildRing(entries: readonly TableEntry[], options: RingOptions): HashTable {
  return new Ring(entries, options);
}

class Ring implements HashTable {
  readonly policy = "ring";
  readonly entries: readonly TableEntry[];
  readonly #points: number;
  /** The points in ascending order, and a last one that no hash is above: it stands for the first point of the next turn. */
  readonly #hashes: Uint32Array;
  /** Whose point it is. */
  readonly #positions: PositionArray;
  /** For each value of the top bits of a hash, the first point with these or higher top bits. About one point each. */
  readonly #firstWith: Uint32Array;
  readonly #shift: number;

  constructor(entries: readonly TableEntry[], { seed, virtualNodesPerWeight }: RingOptions) {
    this.entries = entries;
    let points = 0;
    for (const { weight } of entries) points += weight * virtualNodesPerWeight;
    this.#points = points;

    const hashes = new Uint32Array(points);
    const positions = positionArray(points, entries.length);
    let next = 0;
    entries.forEach(({ id, weight }, position) => {
      const hash = hashOfNumbered(identityBytes(id), seed);
      for (let index = 0; index < weight * virtualNodesPerWeight; index++) {
        hashes[next] = hash(index);
        positions[next++] = position;
      }
    });

    const bits = Math.max(1, 32 - Math.clz32(points - 1));
    this.#shift = 32 - bits;
    this.#firstWith = new Uint32Array(2 ** bits);
    this.#hashes = new Uint32Array(points + 1);
    this.#positions = positionArray(points + 1, entries.length);
    this.#sort(hashes, positions);
    this.#hashes[points] = LARGEST_HASH;
    this.#positions[points] = this.#positions[0] ?? 0;
  }

  owner(keyHash: number): number {
    return this.#positions[this.#pointAt(keyHash)] ?? -1;
  }

  order(keyHash: number): readonly number[] {
    const seen = new Uint8Array(this.entries.length);
    const order: number[] = [];
    let point = this.#pointAt(keyHash);
    // One turn meets every point; usually a small part of one has met every backend.
    for (let step = 0; step <= this.#points && order.length < seen.length; step++) {
      const position = this.#positions[point] ?? 0;
      if (seen[position] === 0) order.push(position);
      seen[position] = 1;
      point = point < this.#points ? point + 1 : 0;
    }
    return order;
  }

  locate(keyHash: number): TableLocation {
    const point = this.#pointAt(keyHash);
    return { kind: "point", value: this.#hashes[point < this.#points ? point : 0] ?? 0, of: this.#points };
  }

  shares(): Float64Array {
    const owned = new Float64Array(this.entries.length);
    // The first point also owns what lies behind the last one.
    let previous = (this.#hashes[this.#points - 1] ?? 0) - CIRCLE;
    for (let point = 0; point < this.#points; point++) {
      const hash = this.#hashes[point] ?? 0;
      const position = this.#positions[point] ?? 0;
      owned[position] = (owned[position] ?? 0) + hash - previous;
      previous = hash;
    }
    return owned.map((hashes) => hashes / CIRCLE);
  }

  /** The index of the first point at or after the hash; the number of points when that is the first one of the next turn. */
  #pointAt(keyHash: number): number {
    const hash = keyHash >>> 0;
    let point = this.#firstWith[hash >>> this.#shift] ?? 0;
    while ((this.#hashes[point] ?? LARGEST_HASH) < hash) point++;
    return point;
  }

  /**
   * A bucket sort whose bucket table stays as the look-up index. It is stable, so equal hashes keep the order of ids.
   * The points are spread evenly enough for the buckets to be tiny: it takes a tenth of the time of a comparison sort.
   */
  #sort(hashes: Uint32Array, positions: PositionArray): void {
    const { length } = hashes;
    const ends = new Uint32Array(this.#firstWith.length);
    for (const hash of hashes) {
      const bucket = hash >>> this.#shift;
      ends[bucket] = (ends[bucket] ?? 0) + 1;
    }
    let total = 0;
    for (let bucket = 0; bucket < ends.length; bucket++) {
      this.#firstWith[bucket] = total;
      total += ends[bucket] ?? 0;
      ends[bucket] = this.#firstWith[bucket] ?? 0;
    }
    for (let from = 0; from < length; from++) {
      const hash = hashes[from] ?? 0;
      const bucket = hash >>> this.#shift;
      const start = this.#firstWith[bucket] ?? 0;
      let to = ends[bucket] ?? 0;
      ends[bucket] = to + 1;
      for (; to > start && (this.#hashes[to - 1] ?? 0) > hash; to--) {
        this.#hashes[to] = this.#hashes[to - 1] ?? 0;
        this.#positions[to] = this.#positions[to - 1] ?? 0;
      }
      this.#hashes[to] = hash;
      this.#positions[to] = positions[from] ?? 0;
    }
  }
}
