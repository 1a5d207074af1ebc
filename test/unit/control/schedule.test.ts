import { expect } from "chai";
import { type CheckPlan, nextCheckDelayMs, timeoutText } from "../../../src/control/health/schedule.ts";

const plan: CheckPlan = { intervalMs: 2000, fastIntervalMs: 500, jitter: 0.2, timeoutMs: 1000 };

function delay(last: { first?: boolean; unsettled?: boolean; tookMs?: number }, random: number, more = {}): number {
  const filled = { first: false, unsettled: false, tookMs: 0, ...last };
  return nextCheckDelayMs({ ...plan, ...more }, filled, { next: () => random });
}

describe("nextCheckDelayMs", () => {
  it("draws from the interval ± jitter", () => {
    expect([0, 0.5, 1].map((random) => delay({}, random))).to.deep.equal([1600, 2000, 2400]);
    expect([0, 0.5, 1].map((random) => delay({}, random, { jitter: 0 }))).to.deep.equal([2000, 2000, 2000]);
  });

  it("counts from the start of the last check, and never below 0", () => {
    expect(delay({ tookMs: 300 }, 0.5)).to.equal(1700);
    expect(delay({ tookMs: 1000, unsettled: true }, 0.5)).to.equal(0);
  });

  it("is fast while the verdict is unsettled", () => {
    expect([0, 0.5, 1].map((random) => delay({ unsettled: true }, random))).to.deep.equal([400, 500, 600]);
  });

  it("is never slower when it should be fast", () => {
    expect(delay({ unsettled: true }, 0.5, { intervalMs: 100 })).to.equal(100);
  });

  it("spreads the checks after the first ones over a whole interval", () => {
    expect([0, 0.5, 0.999].map((random) => delay({ first: true, tookMs: 50 }, random))).to.deep.equal([0, 1000, 1998]);
    expect(delay({ first: true, unsettled: true }, 0.5)).to.equal(500);
  });

  it("names the deadline", () => {
    expect(timeoutText(plan)).to.equal("timeout after 1s");
    expect(timeoutText({ ...plan, timeoutMs: 250 })).to.equal("timeout after 250ms");
  });
});
