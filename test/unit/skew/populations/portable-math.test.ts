import { expect } from "chai";
import { exponential, naturalLog, normalQuantile } from "../../../../src/skew/populations/portable-math.ts";

describe("portable mathematics", () => {
  it("has the logarithm of the engine, to its last digits", () => {
    for (const x of [1e-300, 1e-9, 0.1, 0.5, 0.7, 0.999999, 1, 1.4, 1.5, 2, Math.E, 10, 12345.678, 1e300]) {
      expect(naturalLog(x)).to.be.closeTo(Math.log(x), 4e-16 * Math.max(1, Math.abs(Math.log(x))));
    }
    expect(naturalLog(1)).to.equal(0);
  });

  it("has the exponential function of the engine, to 13 digits", () => {
    for (const x of [-700, -30, -1, -0.35, -1e-9, 0, 1e-9, 0.34657, 0.7, 1, 5, 30, 700]) {
      expect(exponential(x) / Math.exp(x)).to.be.closeTo(1, 1e-13);
    }
    expect(exponential(0)).to.equal(1);
  });

  it("has the quantiles of the normal distribution, to 7 digits", () => {
    const table = [
      [0.5, 0],
      [0.6, 0.2533471031],
      [0.9, 1.2815515655],
      [0.975, 1.9599639845],
      [0.99, 2.326347874],
      [0.999, 3.0902323062],
      [1 - 1e-9, 5.9978070105],
      [1e-12, -7.0344838253],
    ] as const;
    for (const [p, z] of table) {
      expect(normalQuantile(p)).to.be.closeTo(z, 1e-6);
      expect(normalQuantile(1 - p)).to.be.closeTo(-z, 3e-5);
    }
  });

  it("has quantiles that never fall", () => {
    let last = Number.NEGATIVE_INFINITY;
    for (let i = 1; i < 5_000; i++) {
      const z = normalQuantile(i / 5_000);
      expect(z).to.be.above(last);
      last = z;
    }
  });
});
