import { expect } from "chai";
import fc from "fast-check";
import { movedShare } from "../../src/hashing/moved-share.ts";
import { buildTable } from "../../src/hashing/registry.ts";
import type { HashPolicy, TableEntry } from "../../src/model/hash-table.ts";
import { entryLists, keyHashes, tableOptions } from "../support/hash-arbitraries.ts";
import { orderIds, ownerId, policies } from "../support/hash-tables.ts";
import { runs } from "../support/runs.ts";

const consistent: readonly HashPolicy[] = ["ring", "rendezvous"];

/** A list and one of its members. */
const listAndMember = entryLists({ minLength: 1 }).chain((entries) =>
  fc.record({ entries: fc.constant(entries), chosen: fc.constantFrom(...entries) }),
);

/** A rendezvous table has 65,536 slots to fill, however few the backends. */
function runsOf(policy: HashPolicy): number {
  return runs(policy === "rendezvous" ? 30 : 100);
}

function without(entries: readonly TableEntry[], { id }: TableEntry): readonly TableEntry[] {
  return entries.filter((entry) => entry.id !== id);
}

describe("every hash table", () => {
  for (const policy of policies) {
    it(`answers the same for every order of the list (${policy})`, () => {
      const shuffled = entryLists().chain((entries) =>
        fc.tuple(
          fc.constant(entries),
          fc.shuffledSubarray([...entries], { minLength: entries.length, maxLength: entries.length }),
        ),
      );
      fc.assert(
        fc.property(shuffled, tableOptions, keyHashes, ([entries, mixed], options, hashes) => {
          const one = buildTable(policy, entries, options);
          const other = buildTable(policy, mixed, options);
          expect(other.entries).to.deep.equal(one.entries);
          expect(other.shares()).to.deep.equal(one.shares());
          for (const hash of hashes) {
            expect(other.owner(hash)).to.equal(one.owner(hash));
            expect(other.order(hash)).to.deep.equal(one.order(hash));
            expect(other.locate(hash)).to.deep.equal(one.locate(hash));
          }
        }),
        { numRuns: runsOf(policy) },
      );
    });

    it(`offers every backend once, the owner first (${policy})`, () => {
      fc.assert(
        fc.property(entryLists({ minLength: 1 }), tableOptions, keyHashes, (entries, options, hashes) => {
          const table = buildTable(policy, entries, options);
          for (const hash of hashes) {
            const order = table.order(hash);
            expect(order[0]).to.equal(table.owner(hash));
            expect([...order].sort((a, b) => a - b)).to.deep.equal(table.entries.map((_, position) => position));
          }
        }),
        { numRuns: runsOf(policy) },
      );
    });

    it(`has shares that sum to 1 and say who owns keys (${policy})`, () => {
      fc.assert(
        fc.property(entryLists({ minLength: 1 }), tableOptions, keyHashes, (entries, options, hashes) => {
          const table = buildTable(policy, entries, options);
          const shares = table.shares();
          expect(shares.length).to.equal(entries.length);
          expect(shares.reduce((sum, share) => sum + share)).to.equal(1);
          for (const hash of hashes) expect(shares[table.owner(hash)]).to.be.above(0);
        }),
        { numRuns: runsOf(policy) },
      );
    });
  }
});

describe("ring and rendezvous tables", () => {
  for (const policy of consistent) {
    it(`move only the keys of a backend that leaves, each to its next choice (${policy})`, () => {
      fc.assert(
        fc.property(listAndMember, tableOptions, keyHashes, ({ entries, chosen }, options, hashes) => {
          const full = buildTable(policy, entries, options);
          const rest = buildTable(policy, without(entries, chosen), options);
          for (const hash of hashes) {
            // Skipping a backend that is down and removing it give the same answer, at every rank.
            expect(orderIds(rest, hash)).to.deep.equal(orderIds(full, hash).filter((id) => id !== chosen.id));
          }
        }),
        { numRuns: runsOf(policy) },
      );
    });

    it(`move keys only to a backend that comes (${policy})`, () => {
      fc.assert(
        fc.property(listAndMember, tableOptions, keyHashes, ({ entries, chosen }, options, hashes) => {
          const before = buildTable(policy, without(entries, chosen), options);
          const after = buildTable(policy, entries, options);
          for (const hash of hashes) {
            expect(ownerId(after, hash)).to.be.oneOf([ownerId(before, hash), chosen.id]);
          }
        }),
        { numRuns: runsOf(policy) },
      );
    });

    it(`move keys only to a backend that gets heavier, and only from one that gets lighter (${policy})`, () => {
      fc.assert(
        fc.property(
          listAndMember,
          fc.integer({ min: 1, max: 256 }),
          tableOptions,
          keyHashes,
          ({ entries, chosen }, weight, options, hashes) => {
            const reweighted = entries.map((entry) => (entry.id === chosen.id ? { id: entry.id, weight } : entry));
            const pair = [buildTable(policy, entries, options), buildTable(policy, reweighted, options)] as const;
            const [light, heavy] = weight > chosen.weight ? pair : ([pair[1], pair[0]] as const);
            for (const hash of hashes) {
              expect(ownerId(heavy, hash)).to.be.oneOf([ownerId(light, hash), chosen.id]);
            }
          },
        ),
        { numRuns: runsOf(policy) },
      );
    });

    it(`come back to the same placement after any history of changes (${policy})`, () => {
      fc.assert(
        fc.property(listAndMember, tableOptions, ({ entries, chosen }, options) => {
          const before = buildTable(policy, entries, options);
          buildTable(policy, without(entries, chosen), options);
          const after = buildTable(policy, [...without(entries, chosen), chosen], options);
          expect(movedShare(before, after)).to.equal(0);
        }),
        { numRuns: runs(policy === "rendezvous" ? 15 : 25) },
      );
    });
  }
});
