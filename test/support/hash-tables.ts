import { keyHash } from "../../src/hashing/murmur3.ts";
import { buildTable, defaultTableOptions, type TableOptions } from "../../src/hashing/registry.ts";
import type { HashPolicy, HashTable, TableEntry } from "../../src/model/hash-table.ts";

export const policies: readonly HashPolicy[] = ["ring", "rendezvous", "maglev", "modulo"];

/** `app0` … `app<count − 1>`; of weight 1 unless `weightOf` says otherwise. */
export function backends(count: number, weightOf: (index: number) => number = () => 1): readonly TableEntry[] {
  return Array.from({ length: count }, (_, index) => ({ id: `app${index}`, weight: weightOf(index) }));
}

/** A table with the default options except for those given. */
export function table(
  policy: HashPolicy,
  entries: readonly TableEntry[],
  options: Partial<TableOptions> = {},
): HashTable {
  return buildTable(policy, entries, { ...defaultTableOptions, ...options });
}

/** The id of the key's first choice, undefined when there is none. */
export function ownerId(from: HashTable, hash: number): string | undefined {
  return from.entries[from.owner(hash)]?.id;
}

/** The ids of the key's choices, best first. */
export function orderIds(from: HashTable, hash: number): readonly string[] {
  return from.order(hash).map((position) => from.entries[position]?.id ?? "?");
}

/** `count` hashes spread over the key space, the same each time, its two ends included. */
export function spreadHashes(count: number): readonly number[] {
  const hashes = [0, 0xffffffff];
  for (let i = 0; hashes.length < count; i++) {
    hashes.push(keyHash(Uint8Array.of(10, i >>> 16, i >>> 8, i), 77));
  }
  return hashes;
}
