import { expect } from "chai";
import { slotShares } from "../../../src/hashing/slot-shares.ts";

describe("slotShares", () => {
  it("counts the hashes of each slot exactly", () => {
    // 2^32 = 3 · 1431655765 + 1: the first slot has one hash more.
    expect([...slotShares([0, 1, 1], 2)]).to.deep.equal([1431655766 / 2 ** 32, (2 * 1431655765) / 2 ** 32]);
  });

  it("gives all slots the same when their number is a power of two", () => {
    expect([...slotShares([2, 0, 2, 2], 3)]).to.deep.equal([0.25, 0, 0.75]);
  });
});
