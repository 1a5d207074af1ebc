import { expect } from "chai";
import { defaultTableOptions } from "../../src/hashing/registry.ts";
import type { HashPolicy, TableEntry } from "../../src/model/hash-table.ts";
import { backends, table } from "../support/hash-tables.ts";

const lists: readonly { readonly name: string; readonly entries: readonly TableEntry[] }[] = [
  { name: "2 equal backends", entries: backends(2) },
  { name: "10 equal backends", entries: backends(10) },
  { name: "6 backends of weight 1 to 6", entries: backends(6, (i) => i + 1) },
  { name: "one of weight 40 among 12 of weight 1", entries: backends(13, (i) => (i === 5 ? 40 : 1)) },
];

/** Deviations of shares from w/W in units of their theoretical standard deviation, over many seeds. */
function deviations(
  policy: HashPolicy,
  entries: readonly TableEntry[],
  ringVnodes: number,
  variance: (fair: number, totalWeight: number) => number,
): readonly number[] {
  const totalWeight = entries.reduce((sum, { weight }) => sum + weight, 0);
  const result: number[] = [];
  for (let seed = 0; seed < 40; seed++) {
    const built = table(policy, entries, { seed: seed * 7919, ringVnodes });
    built.shares().forEach((share, position) => {
      const fair = (built.entries[position]?.weight ?? 0) / totalWeight;
      result.push((share - fair) / Math.sqrt(variance(fair, totalWeight)));
    });
  }
  return result;
}

/** As many standard deviations as theory says: not more, and not suspiciously fewer. */
function expectTheory(found: readonly number[]): void {
  const rms = Math.sqrt(found.reduce((sum, z) => sum + z * z, 0) / found.length);
  expect(rms).to.be.within(0.75, 1.25);
  expect(Math.max(...found.map(Math.abs))).to.be.below(5);
}

describe("shares follow the weights within the theory", () => {
  for (const { name, entries } of lists) {
    for (const ringVnodes of [16, 160]) {
      it(`ring with ${ringVnodes} virtual nodes: ${name}`, () => {
        // w·V of W·V random points: a Beta(w·V, (W − w)·V) share; for equal weights CV = sqrt((N − 1) / (N·V + 1)).
        expectTheory(
          deviations(
            "ring",
            entries,
            ringVnodes,
            (fair, totalWeight) => (fair * (1 - fair)) / (totalWeight * ringVnodes + 1),
          ),
        );
      });
    }

    it(`rendezvous: ${name}`, () => {
      // Each of 2^16 slots is won with probability w/W; for equal weights CV = sqrt((N − 1) / 2^16).
      const { ringVnodes } = defaultTableOptions;
      expectTheory(deviations("rendezvous", entries, ringVnodes, (fair) => (fair * (1 - fair)) / 2 ** 16));
    });

    it(`maglev within a slot per backend: ${name}`, () => {
      for (const seed of [0, 1, 2]) {
        const built = table("maglev", entries, { seed });
        const totalWeight = entries.reduce((sum, { weight }) => sum + weight, 0);
        built.shares().forEach((share, position) => {
          const fair = (built.entries[position]?.weight ?? 0) / totalWeight;
          expect(Math.abs(share - fair) * defaultTableOptions.maglevTable).to.be.below(entries.length);
        });
      }
    });
  }

  it("modulo exactly, but for the last few hashes", () => {
    for (const { entries } of lists) {
      const built = table("modulo", entries);
      const totalWeight = entries.reduce((sum, { weight }) => sum + weight, 0);
      built.shares().forEach((share, position) => {
        expect(share).to.be.closeTo((built.entries[position]?.weight ?? 0) / totalWeight, 1e-7);
      });
    }
  });
});
