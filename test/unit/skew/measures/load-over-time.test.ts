import { expect } from "chai";
import { LoadOverTime } from "../../../../src/skew/measures/load-over-time.ts";

describe("LoadOverTime", () => {
  it("weighs load by how long it lasts", () => {
    const load = new LoadOverTime(2, 100);
    load.change(0, 100, 2);
    load.change(1, 150, 4);
    load.change(0, 150, -1);
    load.change(1, 175, -4);
    // Backend 0: 2 for 50 ms, 1 for 50 ms. Backend 1: 4 for 25 ms of 100.
    expect([...load.meansUntil(200)]).to.deep.equal([1.5, 1]);
    expect([...load.open]).to.deep.equal([1, 0]);
    expect([...load.peaks]).to.deep.equal([2, 4]);
    expect([...load.meansUntil(300)]).to.deep.equal([1.25, 0.5]);
  });

  it("is what is open now while no time has passed", () => {
    const load = new LoadOverTime(1, 5);
    load.change(0, 5, 3);
    expect([...load.meansUntil(5)]).to.deep.equal([3]);
  });

  it("hands out copies", () => {
    const load = new LoadOverTime(1, 0);
    load.open.fill(9);
    load.peaks.fill(9);
    expect([...load.open, ...load.peaks]).to.deep.equal([0, 0]);
  });

  it("refuses what cannot have happened", () => {
    const load = new LoadOverTime(1, 10);
    load.change(0, 20, 1);
    expect(() => load.change(0, 19, 1)).to.throw(RangeError, "19 ms is before 20 ms");
    expect(() => load.meansUntil(19)).to.throw(RangeError, "before");
    expect(() => load.change(0, 21, -2)).to.throw(RangeError, "would have -1 connections");
    expect(() => load.change(1, 22, 1)).to.throw(RangeError, "there is no backend 1");
    expect([...load.open]).to.deep.equal([1]);
  });
});
