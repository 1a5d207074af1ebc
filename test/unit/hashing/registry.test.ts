import { expect } from "chai";
import { buildTable, defaultTableOptions, type TableOptions } from "../../../src/hashing/registry.ts";
import type { TableEntry } from "../../../src/model/hash-table.ts";
import { backends, policies, spreadHashes, table } from "../../support/hash-tables.ts";

describe("buildTable", () => {
  const hashes = spreadHashes(50);

  for (const policy of policies) {
    describe(policy, () => {
      it("carries its name and its entries in plain code-unit order", () => {
        const ids = ["b", "a10", "a9", "Z", "é", "~", "a"];
        const built = table(
          policy,
          ids.map((id) => ({ id, weight: 2 })),
        );
        expect(built.policy).to.equal(policy);
        expect(built.entries.map(({ id }) => id)).to.deep.equal(["Z", "a", "a10", "a9", "b", "~", "é"]);
      });

      it("has no owner and no order without backends", () => {
        const empty = table(policy, []);
        expect(empty.policy).to.equal(policy);
        expect(empty.entries).to.deep.equal([]);
        expect([...empty.shares()]).to.deep.equal([]);
        for (const hash of hashes) {
          expect(empty.owner(hash)).to.equal(-1);
          expect(empty.order(hash)).to.deep.equal([]);
          expect(empty.locate(hash)).to.equal(undefined);
        }
      });

      it("gives everything to a single backend", () => {
        const single = table(policy, [{ id: "only", weight: 3 }]);
        expect([...single.shares()]).to.deep.equal([1]);
        for (const hash of hashes) {
          expect(single.owner(hash)).to.equal(0);
          expect(single.order(hash)).to.deep.equal([0]);
        }
      });

      it("does not change when its input or its entries are written to", () => {
        const entries = [
          { id: "b", weight: 1 },
          { id: "a", weight: 2 },
        ];
        const built = table(policy, entries);
        entries[0] = { id: "x", weight: 9 };
        const [a] = entries.slice(1);
        if (a) a.weight = 200;
        expect(built.entries).to.deep.equal([
          { id: "a", weight: 2 },
          { id: "b", weight: 1 },
        ]);
        expect(() => (built.entries as TableEntry[]).push({ id: "c", weight: 1 })).to.throw(TypeError);
        expect(() => Object.assign(built.entries[0] ?? {}, { weight: 7 })).to.throw(TypeError);
      });

      it("does not lend its inside to callers", () => {
        const built = table(policy, backends(4));
        const [hash = 0] = hashes;
        const before = [...built.order(hash)];
        (built.order(hash) as number[]).reverse();
        built.shares().fill(0);
        expect(built.order(hash)).to.deep.equal(before);
        expect(built.shares().reduce((sum, share) => sum + share)).to.equal(1);
      });
    });
  }

  it("re-shuffles with the seed where hashing decides", () => {
    for (const policy of policies) {
      if (policy === "modulo") continue;
      const [one, two] = [1, 2].map((seed) => table(policy, backends(10), { seed }));
      const same = spreadHashes(1000).filter((hash) => one?.owner(hash) === two?.owner(hash));
      // One in ten by chance.
      expect(same.length, policy).to.be.within(50, 160);
    }
  });

  function refused(entries: readonly TableEntry[], options: Partial<TableOptions> = {}): string {
    const messages = policies.map((policy) => {
      try {
        buildTable(policy, entries, { ...defaultTableOptions, ...options });
      } catch (error) {
        if (error instanceof RangeError) return error.message;
        throw error;
      }
      return "accepted";
    });
    return [...new Set(messages)].join(" | ");
  }

  it("refuses weights outside 1–256", () => {
    for (const weight of [0, -1, 257, 1.5, Number.NaN, Number.POSITIVE_INFINITY]) {
      const entries = [...backends(2), { id: "odd", weight }];
      expect(refused(entries)).to.equal(`the weight of "odd" must be an integer from 1 to 256, not ${weight}`);
    }
    expect(
      refused([
        { id: "light", weight: 1 },
        { id: "heavy", weight: 256 },
      ]),
    ).to.equal("accepted");
  });

  it("refuses ids that are taken, empty or not Unicode", () => {
    expect(refused([{ id: "x", weight: 1 }, ...backends(3), { id: "x", weight: 2 }])).to.equal(
      'two backends have the id "x"',
    );
    expect(refused([{ id: "", weight: 1 }])).to.equal("the id of a backend must not be empty");
    expect(refused([{ id: "a\ud800", weight: 1 }])).to.equal('the id "a\\ud800" is not well-formed Unicode');
    expect(refused([{ id: "🛒", weight: 1 }])).to.equal("accepted");
  });

  it("refuses options out of range, also without backends", () => {
    for (const entries of [[], backends(2)]) {
      for (const seed of [-1, 2 ** 32, 0.5]) {
        expect(refused(entries, { seed })).to.equal(`the seed must be an integer from 0 to 4294967295, not ${seed}`);
      }
      for (const ringVnodes of [0, 10_001, 2.5]) {
        expect(refused(entries, { ringVnodes })).to.equal(
          `the number of virtual nodes per weight must be an integer from 1 to 10000, not ${ringVnodes}`,
        );
      }
      for (const maglevTable of [1, 5_000_012, Number.NaN]) {
        expect(refused(entries, { maglevTable })).to.equal(
          `the size of the maglev table must be an integer from 2 to 5000011, not ${maglevTable}`,
        );
      }
      for (const maglevTable of [4, 9, 65_536, 25, 5_000_009]) {
        expect(refused(entries, { maglevTable })).to.equal(
          `the size of the maglev table must be a prime, not ${maglevTable}`,
        );
      }
    }
    expect(refused(backends(2), { seed: 2 ** 32 - 1, ringVnodes: 10_000, maglevTable: 5_000_011 })).to.equal(
      "accepted",
    );
    expect(refused(backends(2), { maglevTable: 2, ringVnodes: 1 })).to.equal("accepted");
  });

  it("refuses a maglev table with fewer slots than backends", () => {
    expect(() => table("maglev", backends(8), { maglevTable: 7 })).to.throw(RangeError, "too small for 8 backends");
    expect([...table("maglev", backends(7), { maglevTable: 7 }).shares()].every((share) => share > 0)).to.equal(true);
  });

  it("refuses a ring that would take seconds to build", () => {
    expect(() =>
      table(
        "ring",
        backends(33, () => 256),
      ),
    ).to.throw(
      RangeError,
      "the ring would have 8650752 points, more than 8388608: use smaller weights or fewer than 1024 virtual nodes",
    );
    expect(
      table(
        "ring",
        backends(33, () => 256),
        { ringVnodes: 10 },
      ).locate(0)?.of,
    ).to.equal(84_480);
  });
});
