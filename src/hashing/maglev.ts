import type { HashTable, TableEntry, TableLocation } from "../model/hash-table.ts";
import { identityBytes } from "./identity-bytes.ts";
import { fmix32, hashWords } from "./murmur3.ts";
import { slotShares } from "./slot-shares.ts";

/** Rehashes for each backend before the rest of an order falls back to the order of ids; equal backends are met in 98 of 100 cases. */
const REHASHES_PER_BACKEND = 4;
/** 2^32 / golden ratio, odd: its multiples visit every 32-bit word once. */
const GOLDEN_STEP = 0x9e3779b9;

export interface MaglevOptions {
  /** 0 … 2^32 − 1 */
  readonly seed: number;
  /** Number of slots: a prime, not less than the number of backends; above 100 of them for each backend is even within 1 %. */
  readonly tableSize: number;
}

/** A backend's preference list: slot `(offset + j · skip) mod size` is its j-th choice. */
export interface MaglevPermutation {
  /** 0 … size − 1 */
  readonly offset: number;
  /** 1 … size − 1 */
  readonly skip: number;
}

/**
 * Maglev hashing (Eisenbud et al., NSDI 2016, section 3.4): backends take turns in claiming their most preferred free slot.
 * Shares are as even as slots can be, at the price of moving a little more than necessary when the list changes (about
 * 0.2 % of the keys for 10 backends and 65537 slots).
 *
 * The order of a key is its owner, then the owners of a sequence of rehashes, then the rest by id. Maglev has no natural
 * second choice: **unlike on the ring, the fallback of a key is not the backend that owns it once the first is removed.**
 *
 * @param entries - at least one; sorted by id, valid and frozen
 */
export function buildMaglev(entries: readonly TableEntry[], options: MaglevOptions): HashTable {
  return new Maglev(entries, options);
}

class Maglev implements HashTable {
  readonly policy = "maglev";
  readonly entries: readonly TableEntry[];
  readonly #slots: Int32Array;

  constructor(entries: readonly TableEntry[], { seed, tableSize }: MaglevOptions) {
    this.entries = entries;
    const permutations = entries.map(({ id }) => {
      const [first, second] = hashWords(identityBytes(id), seed);
      return { offset: first % tableSize, skip: (second % (tableSize - 1)) + 1 };
    });
    this.#slots = fillMaglev(
      permutations,
      tableSize,
      entries.map(({ weight }) => weight),
    );
  }

  owner(keyHash: number): number {
    return this.#slots[(keyHash >>> 0) % this.#slots.length] ?? -1;
  }

  order(keyHash: number): readonly number[] {
    const order = new Set([this.owner(keyHash)]);
    const { length } = this.entries;
    for (let i = 1; i <= length * REHASHES_PER_BACKEND && order.size < length; i++) {
      order.add(this.owner(fmix32(keyHash + Math.imul(i, GOLDEN_STEP))));
    }
    for (let position = 0; position < length; position++) order.add(position);
    return [...order];
  }

  locate(keyHash: number): TableLocation {
    return { kind: "slot", value: (keyHash >>> 0) % this.#slots.length, of: this.#slots.length };
  }

  shares(): Float64Array {
    return slotShares(this.#slots, this.entries.length);
  }
}

/**
 * Fills a Maglev table (the paper's Pseudocode 1). With weights, a backend of weight w takes part in w of `max(weights)`
 * rounds, as in Envoy's `maglev_lb.cc`: in round t it has a turn when `t · w` has reached the next multiple of the maximum.
 *
 * @param permutations - one for each backend, at least one, in the order in which they take turns
 * @param size - number of slots: a prime, so that every permutation visits every slot
 * @param weights - one for each backend, positive integers; all equal when absent
 * @returns for each slot the index of the backend that owns it
 */
export function fillMaglev(
  permutations: readonly MaglevPermutation[],
  size: number,
  weights: readonly number[] = permutations.map(() => 1),
): Int32Array {
  const backends = permutations.length;
  const slots = new Int32Array(size).fill(-1);
  const skips = Int32Array.from(permutations, ({ skip }) => skip);
  const wanted = Int32Array.from(permutations, ({ offset }) => offset);
  const due = new Float64Array(backends);
  const heaviest = weights.reduce((a, b) => Math.max(a, b), 1);
  let filled = 0;
  for (let round = 1; filled < size; round++) {
    for (let backend = 0; backend < backends && filled < size; backend++) {
      const target = due[backend] ?? 0;
      if (round * (weights[backend] ?? 1) < target) continue;
      due[backend] = target + heaviest;
      const skip = skips[backend] ?? 1;
      let slot = wanted[backend] ?? 0;
      while (slots[slot] !== -1) {
        slot += skip;
        if (slot >= size) slot -= size;
      }
      slots[slot] = backend;
      wanted[backend] = slot;
      filled++;
    }
  }
  return slots;
}
