import { expect } from "chai";
import {
  addressFloor,
  concentration,
  heaviestBackendLoad,
  theoreticalCv,
} from "../../../../src/skew/measures/concentration.ts";

describe("concentration", () => {
  it("is that of as many addresses when all are equal", () => {
    expect(concentration([3, 3, 3, 3])).to.deep.equal({
      addresses: 4,
      total: 12,
      effectiveAddresses: 4,
      heaviestShare: 0.25,
    });
  });

  it("counts a heavy address for more: 10² / (6² + 4 · 1²)", () => {
    const found = concentration([6, 1, 1, 1, 1, 0]);
    expect(found.addresses).to.equal(5);
    expect(found.effectiveAddresses).to.equal(100 / 40);
    expect(found.heaviestShare).to.equal(0.6);
  });

  it("of nobody is nothing", () => {
    const nothing = { addresses: 0, total: 0, effectiveAddresses: 0, heaviestShare: 0 };
    expect(concentration([])).to.deep.equal(nothing);
    expect(concentration([0, 0])).to.deep.equal(nothing);
  });
});

describe("what no address hash can beat", () => {
  it("is N times the share of the heaviest address, and never below 1", () => {
    expect(addressFloor(0.25, 1 / 10)).to.equal(2.5);
    expect(addressFloor(0.05, 1 / 10)).to.equal(1);
  });

  it("is lower when the largest backend may take the heaviest address", () => {
    expect(addressFloor(0.5, 0.4)).to.equal(1.25);
  });

  it("is 1.9 on the backend of one office with a tenth of the users, at ten backends", () => {
    expect(heaviestBackendLoad(0.1, 0.1)).to.be.closeTo(1.9, 1e-12);
  });

  it("is a CV of sqrt((N − 1) / n_eff)", () => {
    expect(theoreticalCv(10, 900)).to.be.closeTo(0.1, 1e-12);
    expect(theoreticalCv(1, 5)).to.equal(0);
  });
});
