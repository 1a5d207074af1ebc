import { expect } from "chai";
import { resultText } from "../../../../src/cli/simulate/result-text.ts";
import { comparisonTable } from "../../../../src/cli/simulate/table.ts";
import { comparedPolicies } from "../../../../src/skew/policies/compared-policies.ts";
import { comparisonColumns, comparisonRows, theoryCells } from "../../../../src/skew/report/comparison.ts";
import { samplePlacement, sampleResult, sampleTime } from "../../../support/skew-studies.ts";

const LONGEST = "x".repeat(26);

describe("the table of simulate", () => {
  const study = samplePlacement();
  const wide = {
    ...study,
    policies: study.policies.map((figures) => ({ ...figures, policy: { ...figures.policy, title: LONGEST } })),
  };

  it("fits 80 columns with the longest names and figures, and keeps its columns apart", () => {
    const worst = wide.policies.map((figures) => ({
      ...figures,
      users: figures.users && {
        ...figures.users,
        evenness: { ...figures.users.evenness, maxOverAvg: 99.99, cv: 10.0 },
      },
      remove: { moved: 1, ideal: 0.1, excess: 0.9, needless: 0.9 },
    }));
    const worstStudy = { ...wide, policies: worst };
    const theory = { title: LONGEST, cells: theoryCells(wide) };
    const columns = comparisonColumns(wide, "connection");
    const lines = comparisonTable(columns, comparisonRows(worstStudy, sampleTime()), theory, "ring");
    expect(lines.length).to.equal(2 + 6 + 1);
    for (const line of lines) expect(line.length, line).to.be.at.most(80);
    for (const line of lines.slice(2, -1)) {
      expect(line).to.match(/^[* ] x{26}( +[\d.<–]+){8}$/);
    }
  });

  it("has room for every policy that there is", () => {
    expect(comparedPolicies.length).to.be.above(10);
    for (const { title } of comparedPolicies) expect(title.length, title).to.be.at.most(26);
  });

  it("marks what the configuration asks for, and writes – for what is not known", () => {
    const theory = { title: "theory", cells: theoryCells(study) };
    const lines = comparisonTable(
      comparisonColumns(study, "connection"),
      comparisonRows(study, undefined),
      theory,
      "sticky-cookie",
    );
    expect(lines.filter((line) => line.startsWith("*"))).to.have.length(1);
    expect(lines.find((line) => line.startsWith("*"))).to.match(/^\* sticky cookie .* 10 +– +–$/);
  });
});

describe("what simulate prints", () => {
  const text = resultText(sampleResult(), false);

  it("stays within 80 columns and has no colour when none is wanted", () => {
    for (const line of text.split("\n")) expect(line.length, line).to.be.at.most(80);
    expect(text).to.not.contain("\u001b");
    expect(resultText(sampleResult(), true)).to.contain("\u001b[1mVerdict");
  });

  it("says who comes, the floor, the comparison, what it means, the verdict and what to paste, in this order", () => {
    const parts = [
      "9,001 addresses",
      "Floor:",
      "max/avg  users of",
      "Verdict\n  The office is heavy.",
      "Use cookies\n",
    ];
    const places = [...parts, "    LENGKET_MODE=http\n    LENGKET_X=1\n"].map((part) => text.indexOf(part));
    expect(places).to.not.include(-1);
    expect([...places].sort((a, b) => a - b)).to.deep.equal(places);
  });

  it("says why a policy was not possible", () => {
    const result = sampleResult();
    const [first, ...others] = result.placement.policies;
    const impossible = first && { ...first, impossible: "nginx takes no such weight", users: undefined };
    const placement = { ...result.placement, policies: impossible ? [impossible, ...others] : others };
    const told = resultText({ ...result, placement, notes: ["b9: left out."], logs: ["a.log: 3 lines."] }, false);
    expect(told).to.contain("ring: not possible. nginx takes no such weight.");
    expect(told).to.contain("b9: left out.").and.contain("a.log: 3 lines.");
  });
});
