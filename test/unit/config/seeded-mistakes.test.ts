import { expect } from "chai";
import { readConfiguration } from "../../../src/config/read-configuration.ts";
import { ConfigError } from "../../../src/model/failure.ts";
import { SEEDED_MISTAKES, seededEnvironment } from "../../support/seeded-mistakes.ts";

function problems() {
  try {
    readConfiguration({ flags: {}, env: seededEnvironment(), readFile: () => "" });
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
  }
  throw new Error("no ConfigError");
}

describe("seeded mistakes", () => {
  it("are at least 25, and all reported at once: none missing, none invented", () => {
    const expected = SEEDED_MISTAKES.map(({ where }) => where).sort();
    expect(expected).to.have.length.of.at.least(25);
    expect(
      problems()
        .map(({ where }) => where)
        .sort(),
    ).to.deep.equal(expected);
  });

  for (const { where, shown, problem, hint } of SEEDED_MISTAKES) {
    it(`${where}: names the value, what is allowed, and what to do`, () => {
      const found = problems().find((candidate) => candidate.where === where);
      expect(found?.value).to.equal(shown);
      expect(found?.problem).to.include(problem);
      expect(found?.hint).to.include(hint);
    });
  }

  it("never shows the value of an unknown variable: it may be a secret", () => {
    expect(JSON.stringify(problems())).to.not.include("hunter2");
  });
});
