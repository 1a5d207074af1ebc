import { expect } from "chai";
import fc from "fast-check";
import type { AdviceContext } from "../../src/skew/advice/advice.ts";
import { adviseOn } from "../../src/skew/advice/advise-on.ts";
import { comparedPolicies } from "../../src/skew/policies/compared-policies.ts";
import { configure } from "../support/configure.ts";
import { type FixturePolicy, type StudyFixture, studyFixture } from "../support/study-fixture.ts";

const share = fc.double({ min: 0, max: 1, noNaN: true });

const policy: fc.Arbitrary<FixturePolicy> = fc.record(
  { max: fc.double({ min: 1, max: 20, noNaN: true }), breakRate: share, overflowShare: share, moved: share },
  { requiredKeys: ["max"] },
);

const fixture: fc.Arbitrary<StudyFixture> = fc
  .record({
    cuts: fc.array(fc.double({ min: 0.01, max: 0.9, noNaN: true }), { maxLength: 12 }),
    others: fc.integer({ min: 1, max: 500 }),
    total: fc.constantFrom(0, 1, 99, 100, 5000, 1e9),
    weights: fc.array(fc.integer({ min: 1, max: 256 }), { minLength: 1, maxLength: 12 }),
    policies: fc.dictionary(fc.constantFrom(...comparedPolicies.map(({ name }) => name)), policy),
    byUsers: fc.boolean(),
  })
  .map(({ cuts, others, ...rest }) => {
    // Each takes a part of what is left.
    let left = 1;
    const heavy = cuts.map((cut) => {
      const taken = left * cut;
      left -= taken;
      return taken;
    });
    heavy.sort((a, b) => b - a);
    return { heavy, addresses: heavy.length + others, ...rest };
  });

const context: fc.Arbitrary<AdviceContext> = fc.record({
  unit: fc.constantFrom("connection", "request"),
  mode: fc.constantFrom(undefined, "tcp", "http"),
  addresses: fc.record({
    shareV6: share,
    heaviestPool: fc.option(
      fc.record({
        network: fc.constant("203.0.113.0/24"),
        addresses: fc.integer({ min: 2, max: 256 }),
        share,
        heaviestShare: share,
      }),
      { nil: undefined },
    ),
  }),
  prefixV4: fc.integer({ min: 1, max: 32 }),
  prefixV6: fc.integer({ min: 1, max: 128 }),
  errorAtMost: fc.constantFrom(0, 0.5, 1, 1000),
  masked: fc.boolean(),
});

describe("advice", () => {
  it("is made of whole sentences without gaps, and of settings that are valid", () => {
    fc.assert(
      fc.property(fixture, context, (given, about) => {
        const { verdict, findings, settings } = adviseOn(studyFixture(given), undefined, about);
        expect(verdict).not.to.deep.equal([]);
        expect(findings.flatMap(({ sentences }) => sentences)).to.deep.equal(verdict);
        const texts = settings.flatMap(({ why, cost }) => [why, cost]);
        for (const sentence of [...verdict, ...texts]) {
          expect(sentence)
            .to.match(/^[A-Z0-9]/)
            .and.to.match(/[.:]$/);
          expect(sentence).not.to.match(/NaN|Infinity|undefined|null|\bnone\b| {2}|-\d|\[|\$\{/);
        }
        for (const { figures } of findings) {
          for (const figure of Object.values(figures))
            if (typeof figure === "number") expect(figure).to.satisfy(Number.isFinite);
        }
        for (const { title, lines } of settings) {
          expect(title).not.to.equal("");
          const pairs = lines.map((line) => [line.replace(/^LENGKET_|=.*$/g, ""), line.replace(/^[^=]*=/, "")]);
          const backends = given.weights.map((weight, i) => `b${i}=10.1.0.${i}:80;weight=${weight}`).join(",");
          // It throws for anything invalid.
          const { origins } = configure({ BACKENDS: backends, ...Object.fromEntries(pairs) });
          expect(origins).not.to.equal(undefined);
        }
      }),
      { numRuns: 400 },
    );
  });
});
