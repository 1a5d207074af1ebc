import { expect } from "chai";
import { waitUntil } from "../../../../src/cli/demo/wait-until.ts";
import { SteppedClock } from "../../../support/stepped-clock.ts";

describe("waiting until something is so", () => {
  it("ends at once when it is so already", async () => {
    const clock = new SteppedClock();
    await waitUntil(() => true, "it is so", clock);
    expect(clock.timers).to.equal(0);
  });

  it("ends soon after it is so, and leaves no timer", async () => {
    const clock = new SteppedClock();
    let isSo = false;
    const waited = waitUntil(() => isSo, "it is so", clock);
    clock.advance(100);
    expect(clock.timers).to.equal(1);
    isSo = true;
    clock.advance(2);
    expect(clock.timers).to.equal(0);
    await waited;
  });

  it("gives up after 5 s and says what it waited for", async () => {
    const clock = new SteppedClock();
    const waited = waitUntil(() => false, "it is so", clock).catch(String);
    clock.advance(4999);
    expect(clock.timers).to.equal(1);
    clock.advance(2);
    expect(clock.timers).to.equal(0);
    expect(await waited).to.equal("Error: waited 5 s in vain until it is so");
  });
});
