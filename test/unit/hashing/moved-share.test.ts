import { expect } from "chai";
import { movedShare } from "../../../src/hashing/moved-share.ts";
import { backends, policies, table } from "../../support/hash-tables.ts";

describe("movedShare", () => {
  const four = backends(4);

  for (const policy of policies) {
    it(`is 0 when nothing changes and 1 when everybody is new (${policy})`, () => {
      const before = table(policy, four);
      expect(movedShare(before, table(policy, [...four].reverse()))).to.equal(0);
      expect(
        movedShare(
          before,
          table(
            policy,
            four.map(({ id }) => ({ id: `new-${id}`, weight: 1 })),
          ),
        ),
      ).to.equal(1);
    });

    it(`counts keys that had no owner, or have none now, as moved (${policy})`, () => {
      expect(movedShare(table(policy, []), table(policy, four))).to.equal(1);
      expect(movedShare(table(policy, four), table(policy, []))).to.equal(1);
      expect(movedShare(table(policy, []), table(policy, []))).to.equal(0);
    });
  }

  it("compares ids, not positions", () => {
    // "aaa" comes first, so every other position moves up by one.
    const before = table("rendezvous", four);
    const after = table("rendezvous", [...four, { id: "aaa", weight: 1 }]);
    expect(after.entries[0]?.id).to.equal("aaa");
    expect(movedShare(before, after)).to.equal(after.shares()[0]);
    expect(movedShare(after, before)).to.equal(after.shares()[0]);
  });

  it("is close to the share of a backend that leaves the ring", () => {
    const before = table("ring", four);
    for (let gone = 0; gone < 4; gone++) {
      const after = table(
        "ring",
        four.filter((_, i) => i !== gone),
      );
      expect(movedShare(before, after)).to.be.closeTo(before.shares()[gone] ?? 0, 0.008);
    }
  });

  it("meets every remainder of a modulo table, whatever its size", () => {
    // Of the hashes below 2^32, 2 mod 4 keep their owner for 2 of 4 remainders: 0→0, 1→1, 2→0, 3→1.
    expect(movedShare(table("modulo", four), table("modulo", backends(2)))).to.be.closeTo(0.5, 0.008);
  });
});
