import { expect } from "chai";
import { fmix32 } from "../../../src/hashing/murmur3.ts";
import { ClientCounts, MIN_HEAVY_CONNECTIONS, type NatSplitOptions, splitStart } from "../../../src/path/nat-split.ts";

function countsOf(clients: Readonly<Record<string, number>>): ClientCounts {
  const counts = new ClientCounts();
  for (const [client, open] of Object.entries(clients)) for (let i = 0; i < open; i++) counts.opened(client);
  return counts;
}

describe("ClientCounts", () => {
  it("counts open connections and forgets clients without any", () => {
    const counts = countsOf({ a: 2, b: 1 });
    expect([counts.open("a"), counts.open("b"), counts.open("c"), counts.size]).to.deep.equal([2, 1, 0, 2]);
    counts.closed("a");
    counts.closed("b");
    counts.closed("never-seen");
    expect([counts.open("a"), counts.open("b"), counts.size]).to.deep.equal([1, 0, 1]);
  });

  it("a client is heavy above its share of one backend's fair load", () => {
    const counts = countsOf({ campus: 100 });
    expect(counts.isHeavy("campus", 1, 500, 5)).to.equal(false);
    expect(counts.isHeavy("campus", 1, 499, 5)).to.equal(true);
    expect(countsOf({ campus: 100 }).isHeavy("campus", 2, 499, 5)).to.equal(false);
    expect(counts.isHeavy("nobody", 1, 499, 5)).to.equal(false);
  });

  it("a client at its limit is let in again below 95 % of it", () => {
    const counts = countsOf({ a: 100, b: 99 });
    expect([counts.isFull("a", 100), counts.isFull("b", 100), counts.isFull("nobody", 1)]).to.deep.equal([
      true,
      false,
      false,
    ]);
    for (let open = 99; open >= 95; open--) {
      counts.closed("a");
      expect(counts.isFull("a", 100), `${open} open`).to.equal(true);
    }
    counts.closed("a");
    expect(counts.isFull("a", 100)).to.equal(false);
  });

  it("few connections are never heavy", () => {
    expect(countsOf({ a: MIN_HEAVY_CONNECTIONS - 1 }).isHeavy("a", 1, MIN_HEAVY_CONNECTIONS, 10)).to.equal(false);
    expect(countsOf({ a: MIN_HEAVY_CONNECTIONS }).isHeavy("a", 1, MIN_HEAVY_CONNECTIONS, 10)).to.equal(true);
  });

  it("a heavy client stays heavy until its last connection has ended", () => {
    const counts = countsOf({ a: 40 });
    expect(counts.isHeavy("a", 1, 40, 10)).to.equal(true);
    for (let i = 0; i < 39; i++) counts.closed("a");
    expect(counts.isHeavy("a", 1, 10_000, 10)).to.equal(true);
    counts.closed("a");
    counts.opened("a");
    expect(counts.isHeavy("a", 1, 10_000, 10)).to.equal(false);
  });

  it("nothing is heavy without backends", () => {
    expect(countsOf({ a: 40 }).isHeavy("a", 1, 40, 0)).to.equal(false);
  });
});

describe("splitStart", () => {
  const options: NatSplitOptions = { over: 3, share: 1, key: "port-block", portBlock: 1024 };

  it("keeps the ports of one block together", () => {
    const starts = Array.from({ length: 1024 }, (_, i) => splitStart(options, 99, 2048 + i, i));
    expect(new Set(starts).size).to.equal(1);
  });

  it("spreads the blocks of one address evenly", () => {
    for (const over of [2, 3, 5, 8]) {
      const uses = new Array<number>(over).fill(0);
      for (let block = 0; block < 64; block++) {
        const start = splitStart({ ...options, over }, fmix32(over) >>> 0, block * 1024 + 7, 1);
        uses[start] = (uses[start] ?? 0) + 1;
      }
      expect(Math.min(...uses), `${over}: ${uses}`).to.be.greaterThan((64 / over) * 0.5);
      expect(Math.max(...uses), `${over}: ${uses}`).to.be.lessThan((64 / over) * 1.6);
    }
  });

  it("spreads connections when nothing tells the people apart", () => {
    const byConnection = { ...options, key: "connection" } as const;
    const uses = [0, 0, 0];
    for (let id = 1; id <= 3000; id++) {
      const start = splitStart(byConnection, 99, 2048, id);
      uses[start] = (uses[start] ?? 0) + 1;
    }
    for (const count of uses) expect(count).to.be.within(900, 1100);
  });

  it("does not send the same block of every address to the same rank", () => {
    const starts = new Set(Array.from({ length: 50 }, (_, i) => splitStart(options, fmix32(i) >>> 0, 4096, 1)));
    expect(starts.size).to.equal(3);
  });

  it("is always a rank", () => {
    for (let i = 0; i < 1000; i++) {
      const start = splitStart({ ...options, over: 7 }, fmix32(i) >>> 0, (i * 65) % 65_536, i);
      expect(start).to.satisfy((n: number) => Number.isInteger(n) && n >= 0 && n < 7);
    }
  });
});
