import { equalsExactly, octetAt } from "./octets.ts";

interface Row<T> {
  readonly octets: Uint8Array;
  readonly value: T;
}

/** Slots for each row: with so many nearly every look-up of an unknown word ends at an empty one. */
const SLOTS_PER_ROW = 4;
const LEAST_SLOTS = 16;

/**
 * What a fixed set of words stands for, looked up by the bytes of a word where they lie: a `Map` would need a string made of
 * them, and its hash. Which words are in it is decided by whoever makes the table, so no client can crowd its slots.
 */
export class OctetTable<T> {
  /** Rows by hash, with open addressing; never full. */
  readonly #slots: readonly (Row<T> | undefined)[];
  readonly #mask: number;

  /** @param entries words of char codes below 256, one a byte; of the same word twice the first counts */
  constructor(entries: Iterable<readonly [string, T]>) {
    const rows = [...entries].map(([word, value]) => ({ octets: Buffer.from(word, "latin1"), value }));
    let size = LEAST_SLOTS;
    while (size < rows.length * SLOTS_PER_ROW) size *= 2;
    const slots: (Row<T> | undefined)[] = new Array(size).fill(undefined);
    this.#slots = slots;
    this.#mask = size - 1;
    for (const row of rows) {
      const slot = this.#slotOf(row.octets, 0, row.octets.length);
      slots[slot] ??= row;
    }
  }

  /** The value of the word `bytes[from..to)`, undefined when there is none. */
  find(bytes: Uint8Array, from: number, to: number): T | undefined {
    return this.#slots[this.#slotOf(bytes, from, to)]?.value;
  }

  /** Where the word is, or would be put. */
  #slotOf(bytes: Uint8Array, from: number, to: number): number {
    const mask = this.#mask;
    let slot = hashOf(bytes, from, to) & mask;
    for (let row = this.#slots[slot]; row !== undefined; row = this.#slots[slot]) {
      if (equalsExactly(bytes, from, to, row.octets)) break;
      slot = (slot + 1) & mask;
    }
    return slot;
  }
}

/** FNV-1a (Fowler, Noll, Vo; 32 bits), its upper half folded into the lower, of which slots are made. */
function hashOf(bytes: Uint8Array, from: number, to: number): number {
  let hash = 0x811c9dc5;
  for (let at = from; at < to; at++) hash = Math.imul(hash ^ octetAt(bytes, at), 0x01000193);
  return hash ^ (hash >>> 16);
}
