import { expect } from "chai";
import { type Change, type Remap, remap } from "../../../../src/skew/measures/remap.ts";

const equal = (...ids: readonly string[]): ReadonlyMap<string, number> => new Map(ids.map((id) => [id, 1]));

function change(
  before: string,
  after: string,
  weightsBefore: Change["weightsBefore"],
  weightsAfter: Change["weightsAfter"],
) {
  const places = (text: string): readonly (string | undefined)[] =>
    [...text].map((id) => (id === "-" ? undefined : id));
  return remap({ before: places(before), after: places(after), weightsBefore, weightsAfter });
}

function expectRemap(found: Remap, expected: Remap): void {
  for (const name of ["moved", "ideal", "excess", "needless"] as const) {
    expect(found[name], name).to.be.closeTo(expected[name], 1e-12);
  }
}

describe("remap", () => {
  it("of nothing is nothing", () => {
    const still = change("abca", "abca", equal("a", "b", "c"), equal("a", "b", "c"));
    expectRemap(still, { moved: 0, ideal: 0, excess: 0, needless: 0 });
  });

  it("needs the clients of a backend that leaves, and no others", () => {
    const found = change("aabbccdd", "aabbccab", equal("a", "b", "c", "d"), equal("a", "b", "c"));
    expectRemap(found, { moved: 0.25, ideal: 0.25, excess: 0, needless: 0 });
  });

  it("calls moves between those that stay needless", () => {
    const found = change("aabbccdd", "abcbccab", equal("a", "b", "c", "d"), equal("a", "b", "c"));
    expectRemap(found, { moved: 0.5, ideal: 0.25, excess: 0.25, needless: 0.25 });
  });

  it("needs moves to a backend that comes, and no others", () => {
    const found = change("aaabbb", "aacabc", equal("a", "b"), equal("a", "b", "c"));
    expect(found.moved).to.equal(0.5);
    expect(found.ideal).to.be.closeTo(1 / 3, 1e-12);
    expect(found.excess).to.be.closeTo(1 / 6, 1e-12);
    expect(found.needless).to.be.closeTo(1 / 6, 1e-12);
  });

  it("needs moves towards the backend whose weight grows: 1/2 to 3/4", () => {
    const before = equal("a", "b");
    const after = new Map([
      ["a", 3],
      ["b", 1],
    ]);
    expectRemap(change("aabb", "aaab", before, after), { moved: 0.25, ideal: 0.25, excess: 0, needless: 0 });
    expect(change("aabb", "abab", before, after).needless).to.equal(0.25);
  });

  it("may fall short of the ideal when the backend had less than its share", () => {
    expect(change("aaab", "aaaa", equal("a", "b"), equal("a")).excess).to.equal(-0.25);
  });

  it("weighs clients", () => {
    const { moved } = remap({
      before: ["a", "b"],
      after: ["a", "a"],
      clientWeights: [9, 1],
      weightsBefore: equal("a", "b"),
      weightsAfter: equal("a"),
    });
    expect(moved).to.equal(0.1);
  });

  it("takes no backend for a place of its own", () => {
    expectRemap(change("--", "ab", new Map(), equal("a", "b")), {
      moved: 1,
      ideal: 1,
      excess: 0,
      needless: 0,
    });
    expect(change("ab", "--", equal("a", "b"), new Map([["a", 0]]))).to.include({ moved: 1, ideal: 1, needless: 0 });
    expect(change("", "", equal("a"), equal("a")).moved).to.equal(0);
  });

  it("refuses lists that do not belong together", () => {
    expect(() => change("ab", "a", equal("a"), equal("a"))).to.throw(RangeError, "differ in length");
  });
});
