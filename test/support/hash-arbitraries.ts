import fc from "fast-check";
import type { TableOptions } from "../../src/hashing/registry.ts";
import type { TableEntry } from "../../src/model/hash-table.ts";

const u32 = fc.integer({ min: 0, max: 0xffffffff });

/** Names as people write them, and any well-formed text. */
const ids = fc.oneof(
  fc.nat(30).map((n) => `app${n}`),
  fc.string({ unit: "binary", minLength: 1, maxLength: 12 }),
);

const weights = fc.oneof(fc.constant(1), fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 256 }));

/** Lists of up to 10 backends with different ids. */
export function entryLists({ minLength = 0 } = {}): fc.Arbitrary<readonly TableEntry[]> {
  return fc.uniqueArray(fc.record({ id: ids, weight: weights }), {
    minLength,
    maxLength: 10,
    selector: ({ id }) => id,
  });
}

/** Small tables: quick to build, and full of the odd cases that large ones hide. */
export const tableOptions: fc.Arbitrary<TableOptions> = fc.record({
  seed: u32,
  ringVnodes: fc.integer({ min: 1, max: 12 }),
  maglevTable: fc.constantFrom(11, 251, 1021),
});

/** Key hashes, the ends of the key space among them. */
export const keyHashes: fc.Arbitrary<readonly number[]> = fc
  .array(u32, { minLength: 20, maxLength: 60 })
  .map((hashes) => [0, 1, 0xffffffff, 0x7fffffff, 0x80000000, ...hashes]);
