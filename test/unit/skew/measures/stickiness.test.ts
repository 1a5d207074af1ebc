import { expect } from "chai";
import { leastOverflow, StickinessMeter } from "../../../../src/skew/measures/stickiness.ts";

describe("StickinessMeter", () => {
  it("counts a repeat elsewhere as a break, each time against the last place", () => {
    const meter = new StickinessMeter<string, string>();
    for (const backend of ["a", "a", "b", "b", "a"]) meter.placed("x", backend, "a");
    meter.placed("y", "b", "b");
    expect(meter.result).to.deep.equal({
      placements: 6,
      repeats: 4,
      breaks: 2,
      breakRate: 0.5,
      overflowed: 2,
      overflowShare: 1 / 3,
    });
  });

  it("knows no overflow without a home", () => {
    const meter = new StickinessMeter<number, number>();
    meter.placed(1, 0);
    meter.placed(1, 1);
    expect(meter.result).to.include({ overflowed: 0, breaks: 1 });
  });

  it("forgets a client whose session has ended", () => {
    const meter = new StickinessMeter<number, number>();
    meter.placed(1, 0);
    meter.forget(1);
    meter.placed(1, 5);
    expect(meter.result).to.include({ placements: 2, repeats: 0, breaks: 0, breakRate: 0 });
  });

  it("of nothing is nothing", () => {
    expect(new StickinessMeter().result).to.include({ placements: 0, breakRate: 0, overflowShare: 0 });
  });
});

describe("the least overflow of a lone address", () => {
  it("is 87.5 % at ten backends and a factor of 1.25", () => {
    expect(leastOverflow(1.25, 10, 1)).to.equal(0.875);
  });

  it("is none for an address that fits", () => {
    expect(leastOverflow(1.25, 10, 0.125)).to.equal(0);
    expect(leastOverflow(1.25, 10, 0.05)).to.equal(0);
    expect(leastOverflow(1.25, 10, 0)).to.equal(0);
  });
});
