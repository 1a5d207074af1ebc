import { expect } from "chai";
import { Ledger } from "../../../src/path/ledger.ts";

describe("Ledger", () => {
  it("counts leases by backend and in all", () => {
    const ledger = new Ledger();
    const leases = [ledger.lease(0), ledger.lease(3), ledger.lease(3)];
    expect([ledger.open(0), ledger.open(1), ledger.open(3), ledger.total]).to.deep.equal([1, 0, 2, 3]);
    for (const lease of leases) lease.release();
    expect([ledger.open(0), ledger.open(3), ledger.total]).to.deep.equal([0, 0, 0]);
  });

  it("takes a lease back once", () => {
    const ledger = new Ledger();
    const [first] = [ledger.lease(1), ledger.lease(1)];
    first?.release();
    first?.release();
    expect([ledger.open(1), ledger.total]).to.deep.equal([1, 1]);
  });

  it("grows with the slots, and keeps the counts", () => {
    const ledger = new Ledger();
    const early = ledger.lease(2);
    const late = ledger.lease(5000);
    expect([ledger.open(2), ledger.open(5000), ledger.open(9999)]).to.deep.equal([1, 1, 0]);
    early.release();
    late.release();
    expect(ledger.total).to.equal(0);
  });

  it("tells of a release when the count already shows it", () => {
    const seen: string[] = [];
    const ledger: Ledger = new Ledger((slot) => seen.push(`${slot}: ${ledger.open(slot)} of ${ledger.total}`));
    const [a, b] = [ledger.lease(7), ledger.lease(7)];
    a?.release();
    a?.release();
    b?.release();
    expect(seen).to.deep.equal(["7: 1 of 1", "7: 0 of 0"]);
  });
});
