import { expect } from "chai";
import { count, listed, percent, thousands, times } from "../../../../src/skew/advice/wording.ts";

describe("the wording of figures", () => {
  it("writes shares as percent, with two digits, and never all for nearly all", () => {
    const expected: readonly (readonly [number, string])[] = [
      ...([
        [0, "0 %"],
        [0.0004, "under 0.1 %"],
        [0.001, "0.1 %"],
        [0.05, "5 %"],
        [0.065, "6.5 %"],
        [0.0964, "9.6 %"],
      ] as const),
      ...([
        [0.0996, "10 %"],
        [0.31, "31 %"],
        [0.994, "99 %"],
        [0.996, "99.6 %"],
        [0.99999, "99.9 %"],
        [1, "100 %"],
      ] as const),
    ];
    expect(expected.map(([share]) => percent(share))).to.deep.equal(expected.map(([, text]) => text));
  });

  it("writes loads with one or two decimals", () => {
    expect([1, 1.9, 1.034, 2.75, 9.994, 9.996, 12.46].map(times)).to.deep.equal([
      ...["1.0 ×", "1.9 ×", "1.03 ×", "2.75 ×", "9.99 ×", "10.0 ×", "12.5 ×"],
    ]);
  });

  it("separates thousands, and counts one thing as one", () => {
    expect([7, 999, 1000, 1_234_567.4].map(thousands)).to.deep.equal(["7", "999", "1,000", "1,234,567"]);
    expect(count(1, "address", "addresses")).to.equal("1 address");
    expect(count(2000, "session")).to.equal("2,000 sessions");
  });

  it("lists words", () => {
    expect([[], ["a"], ["a", "b"], ["a", "b", "c"]].map(listed)).to.deep.equal(["", "a", "a and b", "a, b and c"]);
  });
});
