import type { HashTable, TableEntry, TableLocation } from "../model/hash-table.ts";
import { type PositionArray, positionArray } from "./position-array.ts";
import { slotShares } from "./slot-shares.ts";

/**
 * `hash mod total weight` over the list sorted by id: what a first attempt at sticky balancing does.
 * It is here to show what goes wrong: adding or removing one of N backends moves nearly all of the other backends' keys.
 * The order of a key is its owner, then the backends behind it in the list.
 *
 * @param entries - at least one; sorted by id, valid and frozen
 */
export function buildModulo(entries: readonly TableEntry[]): HashTable {
  return new Modulo(entries);
}

class Modulo implements HashTable {
  readonly policy = "modulo";
  readonly entries: readonly TableEntry[];
  readonly #slots: PositionArray;

  constructor(entries: readonly TableEntry[]) {
    this.entries = entries;
    const totalWeight = entries.reduce((sum, { weight }) => sum + weight, 0);
    this.#slots = positionArray(totalWeight, entries.length);
    let end = 0;
    entries.forEach(({ weight }, position) => {
      this.#slots.fill(position, end, end + weight);
      end += weight;
    });
  }

  owner(keyHash: number): number {
    return this.#slots[(keyHash >>> 0) % this.#slots.length] ?? -1;
  }

  order(keyHash: number): readonly number[] {
    const owner = this.owner(keyHash);
    return this.entries.map((_, rank) => (owner + rank) % this.entries.length);
  }

  locate(keyHash: number): TableLocation {
    return { kind: "slot", value: (keyHash >>> 0) % this.#slots.length, of: this.#slots.length };
  }

  shares(): Float64Array {
    return slotShares(this.#slots, this.entries.length);
  }
}
