import { expect } from "chai";
import { type Judgement, judge } from "../../../src/control/health/hysteresis.ts";

function judgedAfter(start: Judgement, results: string, rise = 2, fall = 3): Judgement {
  return [...results].reduce((before, result) => judge(before, result === "+", rise, fall), start);
}

const healthy: Judgement = { health: "healthy", against: 0 };
const unhealthy: Judgement = { health: "unhealthy", against: 0 };
const unknown: Judgement = { health: "unknown", against: 0 };

describe("judge", () => {
  it("lets the first result decide at once", () => {
    expect(judgedAfter(unknown, "+")).to.deep.equal(healthy);
    expect(judgedAfter(unknown, "-")).to.deep.equal(unhealthy);
  });

  it("falls at exactly the third failure in a row", () => {
    expect(judgedAfter(healthy, "-")).to.deep.equal({ health: "healthy", against: 1 });
    expect(judgedAfter(healthy, "--")).to.deep.equal({ health: "healthy", against: 2 });
    expect(judgedAfter(healthy, "---")).to.deep.equal(unhealthy);
  });

  it("rises at exactly the second pass in a row", () => {
    expect(judgedAfter(unhealthy, "+")).to.deep.equal({ health: "unhealthy", against: 1 });
    expect(judgedAfter(unhealthy, "++")).to.deep.equal(healthy);
  });

  it("counts only results in a row", () => {
    expect(judgedAfter(healthy, "--+--")).to.deep.equal({ health: "healthy", against: 2 });
    expect(judgedAfter(healthy, "--+--+--+")).to.deep.equal(healthy);
    expect(judgedAfter(unhealthy, "+-+-+-")).to.deep.equal(unhealthy);
  });

  it("does not hesitate with rise and fall of 1", () => {
    expect(judgedAfter(healthy, "-", 1, 1)).to.deep.equal(unhealthy);
    expect(judgedAfter(unhealthy, "+", 1, 1)).to.deep.equal(healthy);
  });

  it("starts counting anew after a change", () => {
    expect(judgedAfter(healthy, "---+")).to.deep.equal({ health: "unhealthy", against: 1 });
    expect(judgedAfter(healthy, "---++")).to.deep.equal(healthy);
  });
});
