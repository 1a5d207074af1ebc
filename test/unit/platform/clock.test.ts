import { expect } from "chai";
import { systemClock } from "../../../src/platform/clock.ts";
import { systemRandom } from "../../../src/platform/random.ts";

describe("systemClock", () => {
  it("has a wall clock and one that never goes back", () => {
    expect(systemClock.wallMs()).to.be.closeTo(Date.now(), 1000);
    const first = systemClock.nowMs();
    expect(systemClock.nowMs()).to.be.at.least(first);
  });

  it("runs an action once, later", async () => {
    let runs = 0;
    await new Promise<void>((resolve) => {
      systemClock.after(1, () => {
        runs++;
        resolve();
      });
      expect(runs).to.equal(0);
    });
    expect(runs).to.equal(1);
  });

  it("does not run what was cancelled, and does not mind being told twice or too late", async () => {
    let runs = 0;
    const cancelled = systemClock.after(1, () => runs++);
    cancelled.cancel();
    cancelled.cancel();
    const last = await new Promise<ReturnType<typeof systemClock.after>>((resolve) => {
      const timer = systemClock.after(5, () => resolve(timer));
    });
    last.cancel();
    expect(runs).to.equal(0);
  });

  it("a very long delay does not fire at once, as Node's own timers would", async () => {
    let runs = 0;
    const long = systemClock.after(2 ** 40, () => runs++);
    const endless = systemClock.after(Number.POSITIVE_INFINITY, () => runs++);
    await new Promise<void>((resolve) => {
      systemClock.after(20, resolve);
    });
    expect(runs).to.equal(0);
    long.cancel();
    endless.cancel();
  });
});

describe("systemRandom", () => {
  it("is in [0, 1) and not always the same", () => {
    const drawn = Array.from({ length: 100 }, () => systemRandom.next());
    expect(drawn.every((x) => x >= 0 && x < 1)).to.equal(true);
    expect(new Set(drawn).size).to.be.greaterThan(90);
  });
});
