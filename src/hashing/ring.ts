import type { HashTable, TableEntry, TableLocation } from "../model/hash-table.ts";
import { identityBytes } from "./identity-bytes.ts";
import { hashOfNumbered } from "./murmur3.ts";
import { type PositionArray, positionArray } from "./position-array.ts";

/** Number of different hashes. */
const CIRCLE = 2 ** 32;
/**
 * Hashes are kept as hash ^ 2^31, as signed integers: in the same order, and small integers to V8. Unsigned ones above 2^31
 * would be allocated one by one while the code is not compiled yet, which takes longer than all the rest.
 */
const FLIP = 1 << 31;
const LARGEST_FLIPPED = 2 ** 31 - 1;

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
  /**
   * The points in ascending order, flipped, and a last one that no hash is above: it stands for the first point of the next turn.
   */
  readonly #flipped: Int32Array;
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

    const flipped = new Int32Array(points);
    const positions = positionArray(points, entries.length);
    let next = 0;
    entries.forEach(({ id, weight }, position) => {
      const hash = hashOfNumbered(identityBytes(id), seed);
      for (let index = 0; index < weight * virtualNodesPerWeight; index++) {
        flipped[next] = hash(index) ^ FLIP;
        positions[next++] = position;
      }
    });

    const bits = Math.max(1, 32 - Math.clz32(points - 1));
    this.#shift = 32 - bits;
    this.#firstWith = new Uint32Array(2 ** bits);
    this.#flipped = new Int32Array(points + 1);
    this.#positions = positionArray(points + 1, entries.length);
    this.#sort(flipped, positions);
    this.#flipped[points] = LARGEST_FLIPPED;
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
    return { kind: "point", value: this.#hashAt(point < this.#points ? point : 0), of: this.#points };
  }

  shares(): Float64Array {
    const owned = new Float64Array(this.entries.length);
    // The first point also owns what lies behind the last one.
    let previous = this.#hashAt(this.#points - 1) - CIRCLE;
    for (let point = 0; point < this.#points; point++) {
      const hash = this.#hashAt(point);
      const position = this.#positions[point] ?? 0;
      owned[position] = (owned[position] ?? 0) + hash - previous;
      previous = hash;
    }
    return owned.map((hashes) => hashes / CIRCLE);
  }

  /** The index of the first point at or after the hash; the number of points when that is the first one of the next turn. */
  #pointAt(keyHash: number): number {
    const flipped = keyHash ^ FLIP;
    let point = this.#firstWith[keyHash >>> this.#shift] ?? 0;
    while ((this.#flipped[point] ?? LARGEST_FLIPPED) < flipped) point++;
    return point;
  }

  #hashAt(point: number): number {
    return ((this.#flipped[point] ?? 0) ^ FLIP) >>> 0;
  }

  /**
   * A bucket sort whose bucket table stays as the look-up index. It is stable, so equal hashes keep the order of ids.
   * The points are spread evenly enough for the buckets to be tiny: it takes a tenth of the time of a comparison sort.
   */
  #sort(flipped: Int32Array, positions: PositionArray): void {
    const { length } = flipped;
    const shift = this.#shift;
    const starts = this.#firstWith;
    const sorted = this.#flipped;
    const sortedPositions = this.#positions;
    const ends = new Uint32Array(starts.length);
    inPieces(length, (from, to) => {
      for (let i = from; i < to; i++) {
        const bucket = ((flipped[i] ?? 0) ^ FLIP) >>> shift;
        ends[bucket] = (ends[bucket] ?? 0) + 1;
      }
    });
    let total = 0;
    inPieces(ends.length, (from, to) => {
      for (let bucket = from; bucket < to; bucket++) {
        const size = ends[bucket] ?? 0;
        starts[bucket] = total;
        ends[bucket] = total;
        total += size;
      }
    });
    inPieces(length, (from, to) => {
      for (let i = from; i < to; i++) {
        const point = flipped[i] ?? 0;
        const bucket = (point ^ FLIP) >>> shift;
        const start = starts[bucket] ?? 0;
        let place = ends[bucket] ?? 0;
        ends[bucket] = place + 1;
        for (; place > start && (sorted[place - 1] ?? 0) > point; place--) {
          sorted[place] = sorted[place - 1] ?? 0;
          sortedPositions[place] = sortedPositions[place - 1] ?? 0;
        }
        sorted[place] = point;
        sortedPositions[place] = positions[i] ?? 0;
      }
    });
  }
}

/** Many short calls instead of one long one: V8 goes over to compiled code at the next call, and does so late within one. */
function inPieces(length: number, work: (from: number, to: number) => void): void {
  const piece = 1024;
  for (let from = 0; from < length; from += piece) work(from, Math.min(from + piece, length));
}
