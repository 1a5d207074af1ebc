import { expect } from "chai";
import fc from "fast-check";
import { concentration } from "../../src/skew/measures/concentration.ts";
import { evenness } from "../../src/skew/measures/evenness.ts";
import { remap } from "../../src/skew/measures/remap.ts";

const backend = fc.record({ load: fc.integer({ min: 0, max: 1_000 }), weight: fc.integer({ min: 1, max: 8 }) });
const backends = fc.array(backend, { minLength: 1, maxLength: 20 });

function measure(list: readonly { readonly load: number; readonly weight: number }[]) {
  return evenness(
    list.map(({ load }) => load),
    list.map(({ weight }) => weight),
  );
}

function expectSame(a: ReturnType<typeof evenness>, b: ReturnType<typeof evenness>): void {
  for (const name of ["maxOverAvg", "minOverAvg", "cv", "jain", "gini"] as const) {
    // The root of a variance that is 0 but for rounding is 1e-8.
    expect(a[name], name).to.be.closeTo(b[name], 1e-6);
  }
}

describe("measures of evenness", () => {
  it("stay within their ranges, and agree about what is perfect", () => {
    fc.assert(
      fc.property(backends, (list) => {
        const { maxOverAvg, minOverAvg, cv, jain, gini } = measure(list);
        const total = list.reduce((sum, { weight }) => sum + weight, 0);
        expect(maxOverAvg).to.be.within(1 - 1e-9, total + 1e-9);
        expect(minOverAvg).to.be.within(0, 1 + 1e-9);
        expect(jain).to.be.within(1 / total - 1e-9, 1);
        expect(gini).to.be.within(0, 1);
        expect(cv).to.be.at.most(Math.sqrt(total - 1) + 1e-6);
        expect(maxOverAvg > 1 + 1e-6).to.equal(minOverAvg < 1 - 1e-6 || cv > 1e-3);
      }),
    );
  });

  it("do not change with the unit of load or weight, or the order of the backends", () => {
    fc.assert(
      fc.property(backends, fc.integer({ min: 1, max: 50 }), (list, factor) => {
        const scaled = list.map(({ load, weight }) => ({ load: load * factor, weight: weight * (51 - factor) }));
        expectSame(measure(scaled.reverse()), measure(list));
      }),
    );
  });

  it("do not change when a backend is split into parts of the same kind", () => {
    fc.assert(
      fc.property(backends, (list) => {
        const split = list.flatMap(({ load, weight }) =>
          Array.from({ length: weight }, () => ({ load: load / weight, weight: 1 })),
        );
        expectSame(measure(split), measure(list));
      }),
    );
  });

  it("agree with their definitions for equal weights", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(1_000), { minLength: 1, maxLength: 30 }), (loads) => {
        const sum = loads.reduce((a, b) => a + b, 0);
        fc.pre(sum > 0);
        const n = loads.length;
        const squares = loads.reduce((a, b) => a + b * b, 0);
        const ranked = [...loads].sort((a, b) => a - b).reduce((a, x, i) => a + (2 * (i + 1) - n - 1) * x, 0);
        const found = evenness(loads);
        expect(found.maxOverAvg).to.be.closeTo((Math.max(...loads) * n) / sum, 1e-9);
        expect(found.jain).to.be.closeTo(sum ** 2 / (n * squares), 1e-9);
        expect(found.cv ** 2).to.be.closeTo((n * squares) / sum ** 2 - 1, 1e-9);
        expect(found.gini).to.be.closeTo(ranked / (n * sum), 1e-9);
      }),
    );
  });
});

describe("concentration, whatever the weights", () => {
  it("has as many effective addresses as addresses at the most, and 1/p_max at the least", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(1_000), { minLength: 1, maxLength: 50 }), (weights) => {
        const { addresses, effectiveAddresses, heaviestShare } = concentration(weights);
        fc.pre(addresses > 0);
        expect(effectiveAddresses).to.be.within(1 / heaviestShare - 1e-9, addresses + 1e-9);
      }),
    );
  });
});

describe("remap, whatever happened", () => {
  const ids = ["a", "b", "c", "d"] as const;
  const weights = fc
    .array(fc.integer({ min: 1, max: 5 }), { minLength: 4, maxLength: 4 })
    .map((list) => new Map<string, number>(ids.map((id, i) => [id, list[i] ?? 1])));
  const clients = fc.array(fc.tuple(fc.constantFrom(...ids), fc.constantFrom(...ids)), { minLength: 1, maxLength: 40 });

  it("stays within its bounds, and costs the same there and back", () => {
    fc.assert(
      fc.property(clients, weights, weights, (pairs, weightsBefore, weightsAfter) => {
        const before = pairs.map(([from]) => from);
        const after = pairs.map(([, to]) => to);
        const found = remap({ before, after, weightsBefore, weightsAfter });
        expect(found.needless).to.be.within(0, found.moved);
        expect(found.moved).to.be.within(0, 1);
        expect(found.ideal).to.be.within(0, 1);
        expect(found.excess).to.be.closeTo(found.moved - found.ideal, 1e-12);
        const back = remap({ before: after, after: before, weightsBefore: weightsAfter, weightsAfter: weightsBefore });
        expect(back.moved).to.equal(found.moved);
        expect(back.ideal).to.be.closeTo(found.ideal, 1e-12);
        expect(back.needless).to.be.closeTo(found.needless, 1e-12);
      }),
    );
  });
});
