import { expect } from "chai";
import { evenness } from "../../../../src/skew/measures/evenness.ts";

describe("evenness", () => {
  it("of 1, 2, 3, 6: as computed by hand", () => {
    const found = evenness([1, 2, 3, 6]);
    // Fair share 3. Deviations −2 −1 0 3: variance 14/4. Gini: (−3·1 − 1·2 + 1·3 + 3·6) / (4 · 12) = 16/48.
    expect(found.total).to.equal(12);
    expect(found.maxOverAvg).to.equal(2);
    expect(found.minOverAvg).to.be.closeTo(1 / 3, 1e-12);
    expect(found.cv).to.be.closeTo(Math.sqrt(14 / 4) / 3, 1e-12);
    expect(found.jain).to.be.closeTo(144 / (4 * 50), 1e-12);
    expect(found.gini).to.be.closeTo(1 / 3, 1e-12);
    expect(found.p99).to.equal(undefined);
  });

  it("is perfect when load follows weight, or when there is none", () => {
    for (const { total, ...figures } of [evenness([5, 5]), evenness([3, 9, 6], [1, 3, 2]), evenness([0, 0, 0])]) {
      expect(total).to.be.oneOf([10, 18, 0]);
      const { gini, ...exact } = figures;
      expect(exact).to.deep.equal({ maxOverAvg: 1, minOverAvg: 1, cv: 0, jain: 1, p99: undefined });
      expect(gini).to.be.closeTo(0, 1e-12);
    }
  });

  it("normalises by weight: a third of the load on a quarter of the weight", () => {
    const { maxOverAvg, minOverAvg, cv, jain, gini } = evenness([4, 8], [1, 3]);
    // Like four backends with 4 and three times 8/3.
    expect(maxOverAvg).to.be.closeTo(4 / 3, 1e-12);
    expect(minOverAvg).to.be.closeTo(8 / 9, 1e-12);
    expect(cv).to.be.closeTo(evenness([4, 8 / 3, 8 / 3, 8 / 3]).cv, 1e-12);
    expect(jain).to.be.closeTo(evenness([4, 8 / 3, 8 / 3, 8 / 3]).jain, 1e-12);
    expect(gini).to.be.closeTo(evenness([4, 8 / 3, 8 / 3, 8 / 3]).gini, 1e-12);
  });

  it("of one backend with everything is the worst", () => {
    const { maxOverAvg, minOverAvg, cv, jain, gini } = evenness([0, 0, 7, 0]);
    expect(maxOverAvg).to.equal(4);
    expect(minOverAvg).to.equal(0);
    expect(cv).to.be.closeTo(Math.sqrt(3), 1e-12);
    expect(jain).to.be.closeTo(1 / 4, 1e-12);
    expect(gini).to.be.closeTo(3 / 4, 1e-12);
  });

  it("has a 99th percentile from a hundred backends on: the nearest rank", () => {
    const loads = Array.from({ length: 200 }, (_, i) => i + 1);
    // Rank 198 of 200; the fair share is 100.5.
    expect(evenness(loads).p99).to.be.closeTo(198 / 100.5, 1e-12);
    expect(evenness(loads.slice(0, 100)).p99).to.be.closeTo(99 / 50.5, 1e-12);
    expect(evenness(loads.slice(0, 99)).p99).to.equal(undefined);
  });

  it("refuses what it cannot measure", () => {
    expect(() => evenness([])).to.throw(RangeError, "no backends");
    expect(() => evenness([1, 2], [1])).to.throw(RangeError, "2 loads and 1 weights");
    expect(() => evenness([1, 2], [1, 0])).to.throw(RangeError, "weight 1 is 0");
    expect(() => evenness([1, -2])).to.throw(RangeError, "load 1 is -2");
    expect(() => evenness([Number.NaN])).to.throw(RangeError, "load 0 is NaN");
    expect(() => evenness([Number.POSITIVE_INFINITY])).to.throw(RangeError, "load 0 is Infinity");
  });
});
