import { expect } from "chai";
import { createSeededRandom, shuffle, xoshiro128 } from "../../../src/skew/seeded-random.ts";

function take<T>(count: number, next: () => T): readonly T[] {
  return Array.from({ length: count }, next);
}

describe("seeded random numbers", () => {
  it("are those of xoshiro128**, from the state 1 2 3 4", () => {
    // Computed from the published C code with arithmetic modulo 2^32 on big integers.
    expect(take(10, xoshiro128([1, 2, 3, 4]).u32)).to.deep.equal([
      11520, 0, 5927040, 70819200, 2031721883, 1637235492, 1287239034, 3734860849, 3729100597, 4258142804,
    ]);
  });

  it("never change: populations of old reports can be made again", () => {
    expect(take(3, createSeededRandom(1, "users of homes").u32)).to.deep.equal([4057288912, 22659668, 534085237]);
  });

  it("differ by seed and by purpose, short names included", () => {
    const streams = [
      [1, "a"],
      [2, "a"],
      [1, "b"],
      [1, ""],
      [0, ""],
    ] as const;
    const firsts = streams.map(([seed, purpose]) => take(4, createSeededRandom(seed, purpose).u32).join());
    expect(new Set(firsts).size).to.equal(streams.length);
    for (const numbers of firsts) expect(new Set(numbers.split(",")).size).to.equal(4);
  });

  it("lie strictly between 0 and 1", () => {
    const { next } = createSeededRandom(7, "unit");
    const numbers = take(10_000, next);
    expect(Math.min(...numbers)).to.be.within(Number.MIN_VALUE, 0.001);
    expect(Math.max(...numbers)).to.be.within(0.999, 1 - 2 ** -33);
    // Five standard errors of a mean of 10,000.
    expect(numbers.reduce((a, b) => a + b, 0) / 10_000).to.be.closeTo(0.5, 5 * Math.sqrt(1 / 12 / 10_000));
  });

  it("are spread evenly over 0 … bound − 1", () => {
    const { below } = createSeededRandom(7, "below");
    const counts = new Float64Array(6);
    for (let i = 0; i < 60_000; i++) {
      const value = below(6);
      counts[value] = (counts[value] ?? 0) + 1;
    }
    // Six standard deviations: sqrt(60000 · 1/6 · 5/6) = 91.
    for (const count of counts) expect(count).to.be.within(9_450, 10_550);
    expect(below(1)).to.equal(0);
    expect(below(2 ** 32)).to.be.within(0, 2 ** 32 - 1);
  });

  it("are as likely as each other under a bound that 2^32 is no multiple of: what would favour some is drawn again", () => {
    const bound = 2 ** 31 + 1;
    const fair = take(100, createSeededRandom(7, "bound").u32).filter((value) => value < bound);
    expect(fair.length).to.be.within(20, 80);
    const { below } = createSeededRandom(7, "bound");
    expect(fair.map(() => below(bound))).to.deep.equal(fair);
  });

  it("shuffle into every order, losing nothing", () => {
    const random = createSeededRandom(3, "shuffle");
    const seen = new Map<string, number>();
    for (let i = 0; i < 6_000; i++) {
      const values = Float64Array.of(1, 2, 3);
      shuffle(values, random);
      const order = values.join("");
      seen.set(order, (seen.get(order) ?? 0) + 1);
    }
    expect([...seen.keys()].sort()).to.deep.equal(["123", "132", "213", "231", "312", "321"]);
    for (const count of seen.values()) expect(count).to.be.within(820, 1_180);
  });
});
