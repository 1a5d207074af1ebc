import { expect } from "chai";
import { fmix32 } from "../../../src/hashing/murmur3.ts";
import { negativeLogOfUnit } from "../../../src/hashing/unit-logarithm.ts";

const LARGEST = 2 ** 32 - 1;

/** The ends of the range, around every power of two and around √2 times it, and 20,000 scattered ones. */
function samples(): readonly number[] {
  const picked: number[] = [];
  for (let power = 0; power < 32; power++) {
    for (let off = -2; off <= 2; off++) {
      picked.push(2 ** power + off, Math.round(2 ** power * Math.SQRT2) + off, LARGEST - 2 ** power + off);
    }
  }
  for (let i = 0; i < 20_000; i++) picked.push(fmix32(i) >>> 0);
  return [...new Set(picked)].filter((k) => k >= 0 && k <= LARGEST).sort((a, b) => a - b);
}

describe("negativeLogOfUnit", () => {
  it("is −ln((k + ½) / 2^32) within 10^-15 of its value", () => {
    const off = samples().filter((k) => {
      const u = (k + 0.5) / 2 ** 32;
      // Near 1 the distance to 1 is exact, and log1p keeps it.
      const expected = u > 0.5 ? -Math.log1p(u - 1) : -Math.log(u);
      return Math.abs(negativeLogOfUnit(k) / expected - 1) >= 1e-15;
    });
    expect(samples().length).to.be.above(20_000);
    expect(off).to.deep.equal([]);
  });

  it("falls strictly from each draw to the next", () => {
    const level = samples().filter((k) => k < LARGEST && negativeLogOfUnit(k) <= negativeLogOfUnit(k + 1));
    expect(level).to.deep.equal([]);
  });

  it("stays above 1 − u, which is what lets the table skip it", () => {
    const below = samples().filter((k) => negativeLogOfUnit(k) <= 1 - (k + 0.5) / 2 ** 32);
    expect(below).to.deep.equal([]);
  });

  it("has the same bits on every engine", () => {
    const bits = (k: number): string => {
      const view = new DataView(new ArrayBuffer(8));
      view.setFloat64(0, negativeLogOfUnit(k));
      return view.getBigUint64(0).toString(16);
    };
    const draws = [0, 1, 2, 1_000_003, 0x5a827999, 0x7fffffff, 0x80000000, 0xb504f333, 0xdeadbeef, LARGEST];
    expect(draws.map(bits)).to.deep.equal([
      "4036dfb516f20bbe",
      "4035c6766f473b8e",
      "403543b0f77332ec",
      "4020bafaeef3bc51",
      "3ff0a2b23f51c156",
      "3fe62e42ff1a39ef",
      "3fe62e42feda39ef",
      "3fd62e42ff25503c",
      "3fc1d96ac64c5279",
      "3de0000000040000",
    ]);
  });
});
