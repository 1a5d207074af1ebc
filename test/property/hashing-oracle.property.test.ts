import { expect } from "chai";
import fc from "fast-check";
import { identityBytes, writeU32 } from "../../src/hashing/identity-bytes.ts";
import { hashBytes, hashWords } from "../../src/hashing/murmur3.ts";
import { buildTable } from "../../src/hashing/registry.ts";
import type { TableEntry } from "../../src/model/hash-table.ts";
import { entryLists, keyHashes, tableOptions } from "../support/hash-arbitraries.ts";
import { orderIds } from "../support/hash-tables.ts";
import { runs } from "../support/runs.ts";

/** Ids by ascending cost; of equal costs the smaller id first. */
function ranked(costs: readonly (readonly [id: string, cost: number])[]): readonly string[] {
  return [...costs].sort(([a, x], [b, y]) => x - y || (a < b ? -1 : 1)).map(([id]) => id);
}

function ringPoints({ id, weight }: TableEntry, virtualNodes: number, seed: number): readonly number[] {
  const bytes = Uint8Array.of(...identityBytes(id), 0, 0, 0, 0);
  return Array.from({ length: weight * virtualNodes }, (_, index) => {
    writeU32(bytes, bytes.length - 4, index);
    return hashBytes(bytes, seed);
  });
}

/** murmur3's finalizer once more, in plain arithmetic. */
function finalize(word: bigint): bigint {
  const mask = 0xffffffffn;
  let h = word & mask;
  h = ((h ^ (h >> 16n)) * 0x85ebca6bn) & mask;
  h = ((h ^ (h >> 13n)) * 0xc2b2ae35n) & mask;
  return h ^ (h >> 16n);
}

/** Two's complement: the highest draw is the highest signed number. */
function signedRank(word: bigint): number {
  return Number(BigInt.asIntN(32, word)) + 2 ** 31;
}

function rendezvousCost(slot: number, { id, weight }: TableEntry, seed: number): number {
  const [first, second] = hashWords(identityBytes(id), seed);
  const drawn = signedRank(finalize(finalize(BigInt(slot) ^ BigInt(first)) ^ BigInt(second)));
  return -Math.log((drawn + 0.5) / 2 ** 32) / weight;
}

describe("hash tables agree with a search through everything", () => {
  it("ring: the distance to each backend's nearest point ahead", () => {
    fc.assert(
      fc.property(entryLists(), tableOptions, keyHashes, (entries, options, hashes) => {
        const table = buildTable("ring", entries, options);
        const points = entries.map((entry) => [entry.id, ringPoints(entry, options.ringVnodes, options.seed)] as const);
        for (const hash of hashes) {
          const distances = points.map(
            ([id, at]) => [id, at.reduce((least, point) => Math.min(least, (point - hash) >>> 0), 2 ** 32)] as const,
          );
          expect(orderIds(table, hash)).to.deep.equal(ranked(distances));
        }
      }),
      { numRuns: runs(100) },
    );
  });

  it("ring: shares are the distances between neighbouring points", () => {
    fc.assert(
      fc.property(entryLists({ minLength: 1 }), tableOptions, (entries, options) => {
        const table = buildTable("ring", entries, options);
        const at = table.entries
          .flatMap((entry, position) =>
            ringPoints(entry, options.ringVnodes, options.seed).map((point) => ({ point, position })),
          )
          .sort((a, b) => a.point - b.point || a.position - b.position);
        const owned = table.entries.map(() => 0);
        at.forEach(({ point, position }, i) => {
          const before = at[i - 1]?.point ?? (at.at(-1)?.point ?? 0) - 2 ** 32;
          owned[position] = (owned[position] ?? 0) + (point - before) / 2 ** 32;
        });
        expect([...table.shares()]).to.deep.equal(owned);
      }),
      { numRuns: runs(100) },
    );
  });

  it("rendezvous: the cost of every backend for the key's slot", () => {
    fc.assert(
      fc.property(entryLists(), tableOptions, keyHashes, (entries, options, hashes) => {
        const table = buildTable("rendezvous", entries, options);
        for (const hash of hashes) {
          const slot = Math.floor(hash / 2 ** 16);
          const costs = entries.map((entry) => [entry.id, rendezvousCost(slot, entry, options.seed)] as const);
          expect(orderIds(table, hash)).to.deep.equal(ranked(costs));
          expect(table.entries[table.owner(hash)]?.id).to.equal(ranked(costs)[0]);
        }
      }),
      { numRuns: runs(100) },
    );
  });

  it("slot tables: shares are the slots counted one by one", () => {
    fc.assert(
      fc.property(entryLists({ minLength: 1 }), tableOptions, (entries, options) => {
        for (const policy of ["rendezvous", "maglev", "modulo"] as const) {
          const table = buildTable(policy, entries, options);
          const slots = table.locate(0)?.of ?? 0;
          // Slot tables of a prime or odd size take the hash modulo that size, the rendezvous table its upper half.
          const width = policy === "rendezvous" ? 2 ** 16 : 1;
          const counted = table.entries.map(() => 0);
          for (let slot = 0; slot < slots; slot++) {
            const owner = table.owner(slot * width);
            const hashes = Math.floor((2 ** 32 - 1 - slot) / slots) + 1;
            counted[owner] = (counted[owner] ?? 0) + hashes / 2 ** 32;
          }
          expect([...table.shares()]).to.deep.equal(counted);
        }
      }),
      { numRuns: runs(30) },
    );
  });
});
