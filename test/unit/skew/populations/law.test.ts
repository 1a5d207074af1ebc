import { expect } from "chai";
import { type Law, quantileOf, quotas, zipfShares } from "../../../../src/skew/populations/law.ts";
import { createSeededRandom } from "../../../../src/skew/seeded-random.ts";

function mean(values: Float64Array): number {
  return values.reduce((a, b) => a + b, 0) / values.length;
}

function shareOf(values: Float64Array, value: number): number {
  return values.filter((v) => v === value).length / values.length;
}

describe("laws of whole numbers", () => {
  it("constant", () => {
    expect([...quotas({ law: "constant", value: 64 }, 3)]).to.deep.equal([64, 64, 64]);
  });

  it("weighted: each value has its share to the last address", () => {
    const homes = quotas(
      {
        law: "weighted",
        values: [
          [4, 0.01],
          [1, 0.9],
          [2, 0.07],
          [3, 0.02],
        ],
      },
      10_000,
    );
    expect([1, 2, 3, 4].map((value) => homes.filter((v) => v === value).length)).to.deep.equal([9000, 700, 200, 100]);
  });

  it("uniform", () => {
    expect([...quotas({ law: "uniform", min: 3, max: 5 }, 6)]).to.deep.equal([3, 3, 4, 4, 5, 5]);
  });

  it("geometric: 1/mean of what is left, at every step", () => {
    const values = quotas({ law: "geometric", mean: 4 }, 100_000);
    expect(mean(values)).to.be.closeTo(4, 0.01);
    expect(shareOf(values, 1)).to.be.closeTo(0.25, 1e-4);
    expect(shareOf(values, 2)).to.be.closeTo(0.1875, 1e-4);
    expect([...quotas({ law: "geometric", mean: 1 }, 2)]).to.deep.equal([1, 1]);
  });

  it("poisson: one and a variable of the mean that is left", () => {
    const values = quotas({ law: "poisson", mean: 3 }, 100_000);
    expect(mean(values)).to.be.closeTo(3, 0.01);
    expect(shareOf(values, 1)).to.be.closeTo(Math.exp(-2), 1e-4);
    expect(shareOf(values, 3)).to.be.closeTo(2 * Math.exp(-2), 1e-4);
    expect(mean(quotas({ law: "poisson", mean: 500 }, 1_000))).to.be.closeTo(500, 0.5);
  });

  it("lognormal: half below the median, none outside of 1 … max", () => {
    const values = quotas({ law: "lognormal", median: 25, sigma: 1.2, max: 2_000 }, 10_001);
    expect(values[5_000]).to.equal(25);
    // One standard deviation up.
    expect(values[8_414]).to.equal(Math.round(25 * Math.exp(1.2)));
    expect(Math.min(...values)).to.equal(1);
    expect(Math.max(...values)).to.equal(2_000);
  });

  it("zipf: in proportion to k^−s", () => {
    const values = quotas({ law: "zipf", exponent: 1, max: 3 }, 1_100);
    expect([1, 2, 3].map((value) => shareOf(values, value) * 11)).to.deep.equal([6, 3, 2]);
    expect(zipfShares(0, 4)).to.deep.equal([0.25, 0.25, 0.25, 0.25]);
  });

  it("draws from them follow them", () => {
    const laws: readonly Law[] = [
      { law: "uniform", min: 1, max: 9 },
      { law: "geometric", mean: 6 },
      { law: "poisson", mean: 6 },
      { law: "zipf", exponent: 0.8, max: 50 },
    ];
    for (const law of laws) {
      const { next } = createSeededRandom(1, law.law);
      const quantile = quantileOf(law);
      const drawn = Float64Array.from({ length: 20_000 }, () => quantile(next()));
      const exact = quotas(law, 20_000);
      const expected = mean(exact);
      const deviation = Math.sqrt(mean(exact.map((v) => (v - expected) ** 2)));
      expect(mean(drawn), law.law).to.be.closeTo(expected, (5 * deviation) / Math.sqrt(20_000));
    }
  });
});
