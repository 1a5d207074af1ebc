import { expect } from "chai";
import fc from "fast-check";
import { HeavyHitters } from "../../src/skew/heavy-hitters.ts";

type Step = { readonly key: number; readonly weight: number } | { readonly halve: true };

/** Few keys, so that they meet again; small ones more often than large ones. */
const key = fc.tuple(fc.nat(40), fc.nat(40)).map(([a, b]) => Math.min(a, b));
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 30, arbitrary: fc.record({ key, weight: fc.oneof(fc.constant(1), fc.integer({ min: 1, max: 20 })) }) },
  { weight: 1, arbitrary: fc.constant({ halve: true } as const) },
);
const runs = fc.record({ capacity: fc.integer({ min: 1, max: 20 }), steps: fc.array(step, { maxLength: 300 }) });

/** The sketch, and the truth in an ordinary map. Halves of small numbers are exact. */
function run(capacity: number, steps: readonly Step[]) {
  const sketch = new HeavyHitters<number>(capacity);
  const truth = new Map<number, number>();
  for (const each of steps) {
    if ("halve" in each) {
      sketch.decay(0.5);
      for (const [known, weight] of truth) truth.set(known, weight / 2);
    } else {
      sketch.add(each.key, each.weight);
      truth.set(each.key, (truth.get(each.key) ?? 0) + each.weight);
    }
  }
  return { sketch, truth, total: [...truth.values()].reduce((a, b) => a + b, 0) };
}

describe("heavy hitters, whatever the stream", () => {
  it("bound the truth from both sides, no further than n/k", () => {
    fc.assert(
      fc.property(runs, ({ capacity, steps }) => {
        const { sketch, truth, total } = run(capacity, steps);
        for (let each = 0; each <= 41; each++) {
          const { atLeast, atMost } = sketch.lookUp(each);
          const weight = truth.get(each) ?? 0;
          expect(weight).to.be.within(atLeast, atMost);
          expect(atMost - weight).to.be.at.most(total / capacity);
          expect(weight - atLeast).to.be.at.most(total / capacity);
        }
        expect(sketch.missedAtMost).to.be.at.most(total / capacity);
      }),
    );
  });

  it("keep every key heavier than n/k, and list all that may be above a share", () => {
    fc.assert(
      fc.property(runs, fc.double({ min: 0, max: 1, noNaN: true }), ({ capacity, steps }, share) => {
        const { sketch, truth, total } = run(capacity, steps);
        const limit = Math.max(share, 1 / capacity);
        const heavy = [...truth].filter(([, weight]) => weight > limit * total).map(([known]) => known);
        expect(sketch.above(limit).map((hitter) => hitter.key)).to.include.members(heavy);
      }),
    );
  });

  it("never keep more than k keys, and their counts add up to n", () => {
    fc.assert(
      fc.property(runs, ({ capacity, steps }) => {
        const { sketch, truth, total } = run(capacity, steps);
        const top = sketch.top(1_000);
        expect(sketch.size).to.equal(Math.min(capacity, truth.size));
        expect(new Set(top.map((hitter) => hitter.key)).size).to.equal(sketch.size);
        expect(sketch.total).to.equal(total);
        expect(top.reduce((sum, { atMost }) => sum + atMost, 0)).to.equal(total);
        for (const [i, { atMost }] of top.entries()) expect(atMost).to.be.at.most(top[i - 1]?.atMost ?? total);
      }),
    );
  });

  it("are exact as long as all keys have room", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        const { sketch, truth } = run(41, steps);
        for (const [known, weight] of truth) {
          expect(sketch.lookUp(known)).to.deep.equal({ key: known, atLeast: weight, atMost: weight });
        }
        expect(sketch.missedAtMost).to.equal(0);
      }),
    );
  });
});
