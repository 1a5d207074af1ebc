import { expect } from "chai";
import { fillMaglev } from "../../../src/hashing/maglev.ts";
import { movedShare } from "../../../src/hashing/moved-share.ts";
import { backends, spreadHashes, table } from "../../support/hash-tables.ts";

function counts(slots: Int32Array, backendCount: number): readonly number[] {
  return Array.from({ length: backendCount }, (_, backend) => slots.filter((owner) => owner === backend).length);
}

describe("fillMaglev", () => {
  /** Table 1 of the paper: permutations 3 0 4 1 5 2 6, 0 2 4 6 1 3 5 and 3 4 5 6 0 1 2 of 7 slots. */
  const table1 = [
    { offset: 3, skip: 4 },
    { offset: 0, skip: 2 },
    { offset: 3, skip: 1 },
  ];

  it("fills the paper's Table 1 as printed", () => {
    expect([...fillMaglev(table1, 7)]).to.deep.equal([1, 0, 1, 0, 2, 2, 0]);
  });

  it("fills it as printed once B1 is removed", () => {
    const withoutB1 = table1.filter((_, backend) => backend !== 1);
    // B0 and B2 are the backends 0 and 1 of the shorter list; the paper prints B0 B0 B0 B0 B2 B2 B2.
    expect([...fillMaglev(withoutB1, 7)]).to.deep.equal([0, 0, 0, 0, 1, 1, 1]);
  });

  it("gives equal backends the same number of slots, or one more to the first", () => {
    const permutations = Array.from({ length: 10 }, (_, i) => ({ offset: (i * 7919) % 1021, skip: 1 + i * 31 }));
    expect(counts(fillMaglev(permutations, 1021), 10)).to.deep.equal([103, ...Array.from({ length: 9 }, () => 102)]);
  });

  it("splits 65537 slots 21846 to 43691 at the weights 1 and 2, as Envoy does", () => {
    const permutations = [
      { offset: 17, skip: 4242 },
      { offset: 60_000, skip: 99 },
    ];
    expect(counts(fillMaglev(permutations, 65_537, [1, 2]), 2)).to.deep.equal([21_846, 43_691]);
  });

  it("takes weights that share a factor for the same", () => {
    expect([...fillMaglev(table1, 7, [5, 5, 5])]).to.deep.equal([...fillMaglev(table1, 7)]);
    expect([...fillMaglev(table1, 7, [2, 6, 4])]).to.deep.equal([...fillMaglev(table1, 7, [1, 3, 2])]);
  });

  it("leaves no slot empty when backends outnumber slots", () => {
    const crowd = Array.from({ length: 9 }, (_, offset) => ({ offset: offset % 7, skip: 1 }));
    expect([...fillMaglev(crowd, 7)]).to.deep.equal([0, 1, 2, 3, 4, 5, 6]);
  });
});

describe("maglev", () => {
  it("looks at the hash modulo the size of the table", () => {
    const seven = table("maglev", backends(3), { maglevTable: 7 });
    for (const hash of spreadHashes(200)) {
      expect(seven.locate(hash)).to.deep.equal({ kind: "slot", value: hash % 7, of: 7 });
      expect(seven.owner(hash)).to.equal(seven.owner(hash % 7));
      expect(seven.owner(hash | 0)).to.equal(seven.owner(hash));
      expect(seven.order(hash | 0)).to.deep.equal(seven.order(hash));
    }
  });

  it("is as even as slots allow", () => {
    for (const share of table("maglev", backends(10)).shares()) expect(share * 10).to.be.within(0.9998, 1.0002);
  });

  it("moves hardly more than necessary when one of 10 backends leaves or comes", () => {
    const ten = backends(10);
    let excess = 0;
    for (let seed = 0; seed < 10; seed++) {
      const before = table("maglev", ten, { seed });
      const moved = movedShare(
        before,
        table(
          "maglev",
          ten.filter((_, i) => i !== seed),
          { seed },
        ),
      );
      excess += moved - (before.shares()[seed] ?? 0);
    }
    expect(excess / 10).to.be.within(0, 0.006);
  });

  it("spreads the second choices of one backend over all the others", () => {
    const ten = table("maglev", backends(10));
    const seconds = new Map<number, number>();
    let keys = 0;
    for (const hash of spreadHashes(20_000)) {
      const [first, second] = ten.order(hash);
      if (first !== 3 || second === undefined) continue;
      keys++;
      seconds.set(second, (seconds.get(second) ?? 0) + 1);
    }
    expect(seconds.size).to.equal(9);
    // About 2,000 keys, so about 222 each; six standard deviations.
    for (const count of seconds.values()) expect(Math.abs(count - keys / 9)).to.be.below(6 * Math.sqrt(keys / 9));
  });

  it("does not promise that the second choice inherits the key", () => {
    const ten = backends(10);
    const before = table("maglev", ten);
    const without = table("maglev", ten.slice(1));
    const lost = spreadHashes(2000).filter((hash) => before.owner(hash) === 0);
    const inherited = lost.filter((hash) => without.owner(hash) + 1 === before.order(hash)[1]);
    expect(lost.length).to.be.above(100);
    expect(inherited.length).to.be.below(lost.length / 2);
  });
});
