import type { HashPolicy, HashTable } from "../model/hash-table.ts";

/** The table of no backends: nobody owns any key. */
export function emptyTable(policy: HashPolicy): HashTable {
  return {
    policy,
    entries: Object.freeze([]),
    owner: () => -1,
    order: () => [],
    locate: () => undefined,
    shares: () => new Float64Array(0),
  };
}
