import { expect } from "chai";
import { movedShare } from "../../../src/hashing/moved-share.ts";
import { backends, orderIds, ownerId, table } from "../../support/hash-tables.ts";

describe("modulo", () => {
  const weighted = table(
    "modulo",
    backends(3, (i) => i + 1),
  );

  it("gives each backend as many remainders as its weight", () => {
    expect([0, 1, 2, 3, 4, 5, 6].map((hash) => ownerId(weighted, hash))).to.deep.equal([
      "app0",
      "app1",
      "app1",
      "app2",
      "app2",
      "app2",
      "app0",
    ]);
    expect(weighted.locate(0xffffffff)).to.deep.equal({ kind: "slot", value: 3, of: 6 });
    expect(ownerId(weighted, -1)).to.equal("app2");
  });

  it("goes on through the list for the order", () => {
    expect(orderIds(weighted, 1)).to.deep.equal(["app1", "app2", "app0"]);
  });

  it("moves nine of ten keys when one of ten backends leaves, where the ring moves one of ten", () => {
    const ten = backends(10);
    const nine = ten.slice(0, 9);
    expect(movedShare(table("modulo", ten), table("modulo", nine))).to.be.within(0.89, 0.91);
    expect(movedShare(table("ring", ten), table("ring", nine))).to.be.within(0.08, 0.12);
  });
});
