import { expect } from "chai";
import { Deadline } from "../../../src/path/deadline.ts";
import { SteppedClock } from "../../support/stepped-clock.ts";

describe("Deadline", () => {
  it("comes once, when it was set for", () => {
    const clock = new SteppedClock();
    const due: number[] = [];
    const deadline = new Deadline(clock, () => due.push(clock.nowMs()));
    deadline.set(100);
    clock.advance(1000);
    expect([due, clock.timers]).to.deep.equal([[100], 0]);
  });

  it("moves further away without another timer, and nearer with one", () => {
    const clock = new SteppedClock();
    const due: number[] = [];
    const deadline = new Deadline(clock, () => due.push(clock.nowMs()));
    for (let at = 0; at < 1000; at++) {
      deadline.set(clock.nowMs() + 100);
      clock.advance(1);
      expect(clock.timers).to.equal(1);
    }
    deadline.set(clock.nowMs() + 5);
    clock.advance(1000);
    expect([due, clock.timers]).to.deep.equal([[1005], 0]);
  });

  it("Infinity is none, until it is set again", () => {
    const clock = new SteppedClock();
    let times = 0;
    const deadline = new Deadline(clock, () => times++);
    deadline.set(10);
    deadline.set(Number.POSITIVE_INFINITY);
    clock.advance(50);
    expect([times, clock.timers]).to.deep.equal([0, 0]);
    deadline.set(60);
    clock.advance(10);
    expect(times).to.equal(1);
  });

  it("one that has passed already comes at the next turn, not within set", () => {
    const clock = new SteppedClock();
    clock.advance(100);
    let times = 0;
    const deadline = new Deadline(clock, () => times++);
    deadline.set(50);
    expect(times).to.equal(0);
    clock.advance(1);
    expect(times).to.equal(1);
  });

  it("may set the next one when it comes", () => {
    const clock = new SteppedClock();
    const due: number[] = [];
    const deadline = new Deadline(clock, () => {
      due.push(clock.nowMs());
      if (due.length < 3) deadline.set(clock.nowMs() + 10);
    });
    deadline.set(10);
    clock.advance(100);
    expect(due).to.deep.equal([10, 20, 30]);
  });

  it("is gone when cancelled, its timer too", () => {
    const clock = new SteppedClock();
    let times = 0;
    const deadline = new Deadline(clock, () => times++);
    deadline.set(10);
    deadline.cancel();
    expect(clock.timers).to.equal(0);
    clock.advance(20);
    deadline.set(30);
    clock.advance(10);
    expect(times).to.equal(1);
  });
});
