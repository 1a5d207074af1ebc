import { expect } from "chai";
import fc from "fast-check";
import { median, ratioSpread, spreadOf } from "../../../bench/support/statistics.ts";

describe("statistics of the relay benchmark", () => {
  it("takes the middle value of an odd number of values, in any order", () => {
    expect(median([9, 1, 5])).to.equal(5);
    expect(median([7])).to.equal(7);
  });

  it("takes the mean of the two middle ones of an even number", () => {
    expect(median([4, 1, 3, 100])).to.equal(3.5);
  });

  it("has no median of nothing", () => {
    expect(median([])).to.be.NaN;
    expect(spreadOf([])).to.equal(undefined);
  });

  it("leaves the values alone", () => {
    const values = Object.freeze([3, 1, 2]);
    expect(median(values)).to.equal(2);
  });

  it("gives as many values below the median as above", () => {
    fc.assert(
      fc.property(fc.array(fc.double({ noNaN: true, min: -1e6, max: 1e6 }), { minLength: 1 }), (values) => {
        const middle = median(values);
        const below = values.filter((value) => value < middle).length;
        const above = values.filter((value) => value > middle).length;
        expect(Math.max(below, above)).to.be.at.most(Math.floor(values.length / 2));
      }),
    );
  });

  it("finds the ends", () => {
    expect(spreadOf([4, 2, 8])).to.deep.equal({ median: 4, min: 2, max: 8 });
  });

  it("divides within each round, not the medians", () => {
    const values = new Map([
      [1, 10],
      [2, 40],
      [3, 90],
    ]);
    const baseline = new Map([
      [1, 10],
      [2, 20],
      [3, 30],
    ]);
    expect(ratioSpread(values, baseline)).to.deep.equal({ median: 2, min: 1, max: 3 });
  });

  it("leaves out rounds that one side lacks or where the baseline cost nothing", () => {
    const values = new Map([
      [1, 10],
      [2, 30],
      [3, 5],
    ]);
    expect(
      ratioSpread(
        values,
        new Map([
          [2, 10],
          [3, 0],
        ]),
      ),
    ).to.deep.equal({ median: 3, min: 3, max: 3 });
    expect(ratioSpread(values, new Map())).to.equal(undefined);
  });
});
