import { expect } from "chai";
import { createNumberText } from "../../../src/observe/number-text.ts";

describe("createNumberText", () => {
  const { integer, milliseconds } = createNumberText();

  it("writes whole numbers as JavaScript does", () => {
    for (const n of [0, 7, 10, 999, 1000, 1001, 65_535, 999_999, 1_000_000, 1_002_003, 999_999_999_999_999]) {
      expect(integer(n)).to.equal(String(n));
    }
  });

  it("leaves to JavaScript what is no such number", () => {
    for (const n of [-1, 1.5, 1e15, Number.MAX_SAFE_INTEGER, 1e21]) expect(integer(n)).to.equal(String(n));
  });

  it("writes milliseconds to the microsecond without needless zeros", () => {
    const cases: readonly (readonly [number, string])[] = [
      [0, "0"],
      [7, "7"],
      [100, "100"],
      [1.5, "1.5"],
      [1.05, "1.05"],
      [0.001, "0.001"],
      [0.0004, "0"],
      [0.0005, "0.001"],
      [999.9996, "1000"],
      [5007.12345, "5007.123"],
      [86_400_000.25, "86400000.25"],
      [-1, "-1"],
      [1e15, "1000000000000000"],
    ];
    for (const [ms, text] of cases) expect(milliseconds(ms), text).to.equal(text);
  });
});
