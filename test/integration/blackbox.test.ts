import { expect } from "chai";
import { allCases } from "../blackbox/all-cases.ts";
import { RULES } from "../blackbox/report.ts";
import { runSubject } from "../blackbox/run-subject.ts";
import type { CaseResult } from "../blackbox/runner.ts";
import { lengket } from "../blackbox/subjects/lengket.ts";
import { rawForwarder } from "../blackbox/subjects/raw-forwarder.ts";
import { repositoryText } from "../support/repository.ts";

const LANES = 12;
const WHOLE = { kind: "whole", seed: 0, perCase: 0 } as const;

function failed(results: readonly CaseResult[]): readonly string[] {
  return results.flatMap(({ case: { id }, failures }) =>
    failures.map(({ cut, complaints }) => `${id}, ${cut}: ${complaints.join("; ")}`),
  );
}

describe("HTTP, from outside", function () {
  this.timeout(240_000);
  const cases = allCases();

  it("there are cases for every rule, each with a name of its own", () => {
    expect(cases.length).to.be.at.least(500);
    expect(new Set(cases.map(({ id }) => id)).size).to.equal(cases.length);
    for (const [i, name] of RULES.entries()) {
      expect(cases.filter(({ rule }) => rule === i + 1).length, `rule ${i + 1}, ${name}`).to.be.at.least(5);
    }
    for (const side of ["request", "response"] as const) {
      expect(cases.filter((test) => test.side === side).length, side).to.be.at.least(250);
    }
  });

  it("are described as they are", () => {
    const page = repositoryText("docs/http-conformance.md");
    for (const [i, name] of RULES.entries()) expect(page).to.contain(`\n| ${i + 1} | ${name} | `);
    for (const [i, name] of RULES.entries()) {
      const count = cases.filter(({ rule }) => rule === i + 1).length;
      expect(page).to.contain(`\n| ${i + 1} ${name} | ${count} | ${count} | `);
    }
    expect(page).to.contain(`${cases.length.toLocaleString("en")} cases`);
  });

  it("all of them hold, whole and cut in pieces", async () => {
    const seed = Number(process.env["BLACKBOX_SEED"] ?? Date.now() % 1_000_000);
    const cuts = { kind: "sampled", seed, perCase: 10 } as const;
    const { results, faults } = await runSubject(lengket(), cases, { lanes: LANES, cuts });
    const runs = results.reduce((sum, result) => sum + result.runs, 0);
    process.stdout.write(`    ${results.length} cases, ${runs} runs; BLACKBOX_SEED=${seed}\n`);
    expect([...failed(results), ...faults], `BLACKBOX_SEED=${seed}`).to.deep.equal([]);
    expect(results.length).to.equal(cases.length);
    expect(runs).to.be.greaterThan(5 * cases.length);
  });

  it("they can fail: who passes bytes on unread fails most of the first two rules", async () => {
    const some = cases.filter(({ rule, side }) => rule <= 2 && side === "request");
    const { results } = await runSubject(rawForwarder(), some, { lanes: LANES, cuts: WHOLE });
    const bad = results.filter(({ failures }) => failures.length > 0).length;
    expect(bad).to.be.greaterThan(some.length / 2);
    expect(bad).to.be.lessThan(some.length);
  });

  it("they can fail: what lies behind an answer is found when it was passed on unread", async () => {
    const some = cases.filter(({ id }) => /^r12-length-.*answer/.test(id));
    const { results } = await runSubject(rawForwarder(), some, { lanes: 1, cuts: WHOLE });
    expect(results.length).to.be.at.least(3);
    expect(results.filter(({ failures }) => failures.length === 0)).to.deep.equal([]);
  });
});
