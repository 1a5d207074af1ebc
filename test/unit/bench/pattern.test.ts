import { expect } from "chai";
import fc from "fast-check";
import { Pattern } from "../../../bench/support/pattern.ts";

const pattern = new Pattern(1);
const position = fc.integer({ min: 0, max: 2 ** 40 });

describe("the pattern of the relay benchmark", () => {
  it("continues across slices and periods", () => {
    fc.assert(
      fc.property(position, fc.integer({ min: 1, max: 100_000 }), fc.integer({ min: 1, max: 100_000 }), (at, a, b) => {
        const whole = pattern.slice(at, a + b);
        expect(whole.subarray(0, a).equals(pattern.slice(at, a))).to.equal(true);
        expect(whole.subarray(a).equals(pattern.slice(at + a, b))).to.equal(true);
      }),
      { numRuns: 50 },
    );
  });

  it("recognizes its own bytes wherever they begin, also longer than a slice", () => {
    fc.assert(
      fc.property(position, fc.integer({ min: 0, max: 4000 }), (at, length) => {
        expect(pattern.matches(at, pattern.slice(at, length), length)).to.equal(true);
        expect(pattern.matchesAtEnds(at, pattern.slice(at, length), length)).to.equal(true);
      }),
    );
    const long = Buffer.concat([pattern.slice(5, Pattern.LONGEST), pattern.slice(5 + Pattern.LONGEST, 1000)]);
    expect(pattern.matches(5, long, long.length)).to.equal(true);
    expect(pattern.matchesAtEnds(5, long, long.length)).to.equal(true);
    long[Pattern.LONGEST + 500] = (long[Pattern.LONGEST + 500] ?? 0) ^ 1;
    expect(pattern.matches(5, long, long.length)).to.equal(false);
  });

  it("notices every changed byte", () => {
    fc.assert(
      fc.property(position, fc.integer({ min: 0, max: 999 }), fc.integer({ min: 1, max: 255 }), (at, where, mask) => {
        const bytes = Buffer.from(pattern.slice(at, 1000));
        bytes[where] = (bytes[where] ?? 0) ^ mask;
        expect(pattern.matches(at, bytes, 1000)).to.equal(false);
        expect(pattern.matches(at, bytes, where)).to.equal(true);
      }),
    );
  });

  it("notices bytes that were lost or doubled by their ends alone", () => {
    fc.assert(
      fc.property(
        position,
        fc.integer({ min: 5000, max: 50_000 }),
        fc.integer({ min: 1, max: Pattern.PERIOD - 1 }),
        (at, where, lost) => {
          const shortened = Buffer.concat([pattern.slice(at, where), pattern.slice(at + where + lost, 60_000 - where)]);
          expect(pattern.matchesAtEnds(at, shortened, shortened.length)).to.equal(false);
        },
      ),
    );
  });

  it("differs from seed to seed and is the same for the same one", () => {
    expect(new Pattern(1).slice(0, 1000).equals(pattern.slice(0, 1000))).to.equal(true);
    expect(new Pattern(2).slice(0, 1000).equals(pattern.slice(0, 1000))).to.equal(false);
  });

  it("uses all byte values about equally often", () => {
    const counts = new Uint32Array(256);
    for (const byte of pattern.slice(0, Pattern.PERIOD)) counts[byte] = (counts[byte] ?? 0) + 1;
    expect(Math.min(...counts)).to.be.greaterThan(Pattern.PERIOD / 256 / 2);
    expect(Math.max(...counts)).to.be.lessThan((Pattern.PERIOD / 256) * 2);
  });

  it("refuses a slice longer than it keeps", () => {
    expect(() => pattern.slice(0, Pattern.LONGEST + 1)).to.throw(RangeError);
  });
});
