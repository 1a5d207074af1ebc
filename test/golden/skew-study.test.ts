import { readFileSync } from "node:fs";
import { expect } from "chai";
import { comparedPolicies } from "../../src/skew/policies/compared-policies.ts";
import { type GoldenStudy, makeSkewStudy, skewStudyFile } from "./make-skew-study.ts";

const CHANGED =
  "the same seed has other figures than before, or on this version of Node. If the change is meant, write them anew " +
  "(npm run compile && node build/test/golden/make-skew-study.js) and run npm run bench:skew";

describe("golden figures of the skew benchmark", () => {
  const golden = JSON.parse(readFileSync(skewStudyFile, "utf8")) as readonly GoldenStudy[];
  const found = makeSkewStudy();

  it("are there, of every policy", () => {
    expect(golden.length).to.equal(2);
    for (const { policies } of golden) {
      expect(policies.map(({ policy }) => policy)).to.deep.equal(comparedPolicies.map(({ name }) => name));
      for (const { users } of policies) expect(users.length).to.equal(7);
    }
  });

  for (const { population, policies } of golden) {
    it(`are those of ${population} as ever`, () => {
      const now = found.find((study) => study.population === population);
      policies.forEach((policy, i) => {
        expect(now?.policies[i], `${policy.policy}: ${CHANGED}`).to.deep.equal(policy);
      });
    });
  }
});
