import { expect } from "chai";
import { HeavyHitters } from "../../../src/skew/heavy-hitters.ts";

function fed(capacity: number, stream: string): HeavyHitters<string> {
  const sketch = new HeavyHitters<string>(capacity);
  for (const key of stream) sketch.add(key);
  return sketch;
}

describe("HeavyHitters", () => {
  it("is exact while there is room", () => {
    const sketch = fed(3, "abacab");
    expect(sketch.top(9)).to.deep.equal([
      { key: "a", atLeast: 3, atMost: 3 },
      { key: "b", atLeast: 2, atMost: 2 },
      { key: "c", atLeast: 1, atMost: 1 },
    ]);
    expect(sketch.total).to.equal(6);
    expect(sketch.missedAtMost).to.equal(0);
    expect(sketch.lookUp("z")).to.deep.equal({ key: "z", atLeast: 0, atMost: 0 });
  });

  it("gives a newcomer the place and the count of the lightest, and says so", () => {
    // The example by hand: a:3 b:2, then c takes over b's 2, then d takes over a's 3 (a and c are even, a came first).
    const sketch = fed(2, "aababc");
    expect(sketch.lookUp("c")).to.deep.equal({ key: "c", atLeast: 1, atMost: 3 });
    expect(sketch.lookUp("b")).to.deep.equal({ key: "b", atLeast: 0, atMost: 2 });
    expect(sketch.missedAtMost).to.equal(2);
    expect(sketch.top(2).reduce((sum, { atMost }) => sum + atMost, 0)).to.equal(sketch.total);
  });

  it("finds the one heavy key among a thousand light ones, in 10 places", () => {
    const sketch = new HeavyHitters<number>(10);
    for (let i = 1; i <= 1_000; i++) {
      sketch.add(i);
      if (i % 2 === 0) sketch.add(0);
    }
    expect(sketch.size).to.equal(10);
    const [heaviest] = sketch.above(0.2);
    expect(heaviest?.key).to.equal(0);
    expect(sketch.above(0.2)).to.have.length(1);
    // n/k = 150.
    expect(heaviest?.atMost).to.be.within(500, 650);
    expect(heaviest?.atLeast).to.be.within(350, 500);
  });

  it("leaves out who has exactly the share", () => {
    const sketch = new HeavyHitters<string>(4);
    sketch.add("half", 2);
    sketch.add("quarter");
    sketch.add("other");
    expect(sketch.above(0.25).map(({ key }) => key)).to.deep.equal(["half"]);
    expect(sketch.above(0.5)).to.deep.equal([]);
  });

  it("is exact for thousands of keys that have room", () => {
    const sketch = new HeavyHitters<number>(2_000);
    for (let round = 0; round < 3; round++) {
      for (let key = 0; key < 2_000; key++) if (key % 3 >= round) sketch.add(key);
    }
    expect(sketch.missedAtMost).to.equal(0);
    const wrong = sketch
      .top(2_000)
      .filter(({ key, atLeast, atMost }) => atLeast !== atMost || atMost !== 1 + (key % 3));
    expect(wrong).to.deep.equal([]);
    expect(sketch.size).to.equal(2_000);
    sketch.add(-1);
    expect(sketch.lookUp(-1)).to.deep.equal({ key: -1, atLeast: 1, atMost: 2 });
  });

  it("takes weights", () => {
    const sketch = new HeavyHitters<string>(2);
    sketch.add("a", 10);
    sketch.add("b", 2.5);
    sketch.add("a", 5);
    sketch.add("c", 1);
    expect(sketch.top(1)).to.deep.equal([{ key: "a", atLeast: 15, atMost: 15 }]);
    expect(sketch.lookUp("c")).to.deep.equal({ key: "c", atLeast: 1, atMost: 3.5 });
    expect(sketch.total).to.equal(18.5);
  });

  it("forgets: what was counted before a decay weighs less than what comes after", () => {
    const sketch = fed(2, "aaaabbbbbc");
    sketch.decay(0.5);
    expect(sketch.total).to.equal(5);
    expect(sketch.lookUp("b")).to.deep.equal({ key: "b", atLeast: 2.5, atMost: 2.5 });
    expect(sketch.lookUp("c")).to.deep.equal({ key: "c", atLeast: 0.5, atMost: 2.5 });
    expect(sketch.missedAtMost).to.equal(2);
    for (let i = 0; i < 3; i++) sketch.add("c");
    expect(sketch.top(1)[0]?.key).to.equal("c");
  });

  it("refuses a capacity that is none", () => {
    for (const capacity of [0, -1, 1.5, Number.NaN, 2 ** 24 + 1]) {
      expect(() => new HeavyHitters(capacity)).to.throw(RangeError, "whole number from 1 to 16777216");
    }
  });
});
