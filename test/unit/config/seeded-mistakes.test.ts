import { expect } from "chai";
import { readConfiguration } from "../../../src/config/read-configuration.ts";
import { ConfigError, type ConfigProblem } from "../../../src/model/failure.ts";
import {
  SEEDED_HTTP_MISTAKES,
  SEEDED_MISTAKES,
  type SeededMistake,
  seededEnvironment,
  seededHttpEnvironment,
} from "../../support/seeded-mistakes.ts";

function problemsIn(env: Readonly<Record<string, string>>): readonly ConfigProblem[] {
  const readFile = (): string => {
    throw Object.assign(new Error("no such file"), { code: "ENOENT" });
  };
  try {
    readConfiguration({ flags: {}, env, readFile });
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
  }
  throw new Error("no ConfigError");
}

const TABLES: readonly {
  readonly title: string;
  readonly mistakes: readonly SeededMistake[];
  readonly environment: () => Record<string, string>;
  readonly atLeast: number;
}[] = [
  { title: "seeded mistakes", mistakes: SEEDED_MISTAKES, environment: seededEnvironment, atLeast: 40 },
  { title: "seeded http mistakes", mistakes: SEEDED_HTTP_MISTAKES, environment: seededHttpEnvironment, atLeast: 9 },
];

for (const { title, mistakes, environment, atLeast } of TABLES) {
  describe(title, () => {
    const problems = problemsIn(environment());

    it(`are at least ${atLeast}, and all reported at once: none missing, none invented`, () => {
      const expected = mistakes.map(({ where }) => where).sort();
      expect(expected).to.have.length.of.at.least(atLeast);
      expect(problems.map(({ where }) => where).sort()).to.deep.equal(expected);
    });

    for (const { where, shown, problem, hint } of mistakes) {
      it(`${where}: names the value, what is allowed, and what to do`, () => {
        const found = problems.find((candidate) => candidate.where === where);
        expect(found?.value).to.equal(shown);
        expect(found?.problem).to.include(problem);
        expect(found?.hint).to.include(hint);
      });
    }

    it("never show a secret, nor the value of an unknown variable, which may be one", () => {
      expect(JSON.stringify(problems)).to.not.include("hunter2");
    });
  });
}
