import { CountHeap } from "./count-heap.ts";

/** A key that the sketch keeps, and how much it may have: `atLeast` ≤ true weight ≤ `atMost`. */
export interface HeavyHitter<K> {
  readonly key: K;
  readonly atLeast: number;
  readonly atMost: number;
}

/**
 * The heaviest keys of an endless stream, in memory that does not grow: Space-Saving (Metwally, Agrawal, El Abbadi, ICDT
 * 2005), with a heap instead of the linked buckets, so that a key may arrive with any weight.
 *
 * With capacity k and total weight n it promises, whatever the stream:
 * - every key heavier than n/k is kept;
 * - no bound is further than n/k from the truth, and for the keys it keeps `atLeast` ≤ true weight ≤ `atMost`;
 * - the `atMost` of all kept keys add up to n.
 *
 * As long as no more than k different keys have come, all figures are exact. A call of {@link add} costs O(log k) at most.
 */
export class HeavyHitters<K> {
  readonly #capacity: number;
  readonly #numbers = new Map<K, number>();
  readonly #keys: K[] = [];
  readonly #counts: Float64Array;
  /** How much of each count may belong to keys that were dropped. */
  readonly #errors: Float64Array;
  readonly #heap: CountHeap;
  #total = 0;
  /** The count of the key that was dropped last; those dropped before had no more, as the smallest count only grows. */
  #dropped = 0;

  /**
   * @param capacity - how many keys are kept, 1 … 2^24; 24 bytes each, and a map of the keys
   * @throws RangeError when the capacity is anything else
   */
  constructor(capacity: number) {
    if (!Number.isInteger(capacity) || capacity < 1 || capacity > 2 ** 24) {
      throw new RangeError(`the capacity must be a whole number from 1 to ${2 ** 24}, not ${capacity}`);
    }
    this.#capacity = capacity;
    this.#counts = new Float64Array(capacity);
    this.#errors = new Float64Array(capacity);
    this.#heap = new CountHeap(this.#counts);
  }

  /** The weight of everything that was added, {@link decay} included. */
  get total(): number {
    return this.#total;
  }

  /** How many keys are kept. */
  get size(): number {
    return this.#heap.size;
  }

  /** The most weight that a key can have which is not kept. 0 = all figures are exact. */
  get missedAtMost(): number {
    return this.#dropped;
  }

  /** Counts `weight` (> 0) for `key`. */
  add(key: K, weight = 1): void {
    this.#total += weight;
    const known = this.#numbers.get(key);
    const entry = known ?? (this.size < this.#capacity ? this.#admit(key) : this.#replaceSmallest(key));
    this.#counts[entry] = (this.#counts[entry] ?? 0) + weight;
    this.#heap.raised(entry);
  }

  /** What is known of `key`, kept or not. */
  lookUp(key: K): HeavyHitter<K> {
    const entry = this.#numbers.get(key);
    return entry === undefined ? { key, atLeast: 0, atMost: this.missedAtMost } : this.#hitter(key, entry);
  }

  /** The heaviest keys first, by what they may have, then by what they have at least, then in order of arrival. */
  top(limit: number): readonly HeavyHitter<K>[] {
    return this.#keys
      .map((key, entry) => this.#hitter(key, entry))
      .sort((a, b) => b.atMost - a.atMost || b.atLeast - a.atLeast)
      .slice(0, limit);
  }

  /**
   * The keys that may carry more than `share` (0 … 1) of the total, heaviest first: none that does is missing as long as
   * `share` ≥ 1/capacity. Those whose `atLeast` is above `share · total` are certain.
   */
  above(share: number): readonly HeavyHitter<K>[] {
    const limit = share * this.#total;
    return this.top(this.#capacity).filter(({ atMost }) => atMost > limit);
  }

  /**
   * Multiplies all that was counted by `factor` (above 0, at most 1), so that a live sketch forgets: called every minute with
   * ½ it weighs a minute ago half as much as now. All promises hold for the weights so reduced.
   */
  decay(factor: number): void {
    // The order of the heap does not change.
    this.#total *= factor;
    this.#dropped *= factor;
    for (let entry = 0; entry < this.size; entry++) {
      this.#counts[entry] = (this.#counts[entry] ?? 0) * factor;
      this.#errors[entry] = (this.#errors[entry] ?? 0) * factor;
    }
  }

  #admit(key: K): number {
    const entry = this.#heap.push();
    this.#keys.push(key);
    this.#numbers.set(key, entry);
    return entry;
  }

  /** The newcomer inherits the smallest count: it may have been dropped before with as much. */
  #replaceSmallest(key: K): number {
    const entry = this.#heap.smallest;
    const dropped = this.#keys[entry];
    if (dropped !== undefined) this.#numbers.delete(dropped);
    this.#keys[entry] = key;
    this.#numbers.set(key, entry);
    this.#dropped = this.#counts[entry] ?? 0;
    this.#errors[entry] = this.#dropped;
    return entry;
  }

  #hitter(key: K, entry: number): HeavyHitter<K> {
    const atMost = this.#counts[entry] ?? 0;
    return { key, atLeast: atMost - (this.#errors[entry] ?? 0), atMost };
  }
}
