import { expect } from "chai";
import { comparisonColumns, comparisonRows, percentCell, theoryCells } from "../../../../src/skew/report/comparison.ts";
import { inFairShares } from "../../../../src/skew/report/figures.ts";
import { floorSentence, populationSentences } from "../../../../src/skew/report/population-text.ts";
import { samplePlacement, sampleTime } from "../../../support/skew-studies.ts";

describe("the comparison of policies", () => {
  const study = samplePlacement();
  const columns = comparisonColumns(study, "connection");
  const valuesOf = (name: string, time = true): Readonly<Record<string, string | undefined>> => {
    const row = comparisonRows(study, time ? sampleTime() : undefined).find(({ policy }) => policy.name === name);
    return Object.fromEntries(columns.map((column) => [column.title, row && column.value(row)]));
  };

  it("puts the figures of both studies side by side", () => {
    expect(valuesOf("bounded-load")).to.include({
      "max/avg": "1.26",
      "away from home": "6.7",
      torn: "8.0",
      "moved when one is gone": "12",
      "sessions moved": "3.6",
      "sessions lost": "3.0",
    });
    expect(valuesOf("modulo")).to.include({ torn: "0", "moved when one is gone": "90" });
  });

  it("leaves open what is not known", () => {
    const values = valuesOf("ring", false);
    expect(values).to.include({ "sessions moved": undefined, "sessions lost": undefined, torn: "0" });
    const impossible = { ...study, policies: study.policies.map((figures) => ({ ...figures, users: undefined })) };
    const [row] = comparisonRows(impossible, undefined);
    expect(row && columns[0]?.value(row)).to.equal(undefined);
  });

  it("explains every column in words of what was counted", () => {
    for (const { meaning, head } of columns) {
      expect(meaning).to.match(/^[a-z].{20,}[^.]$/);
      expect(head.every((line) => line.length <= 5)).to.equal(true);
    }
    const log = { ...study, population: { ...study.population, users: undefined } };
    const texts = comparisonColumns(log, "request").map(({ meaning }) => meaning);
    expect(texts.join("\n")).to.contain("requests of the fullest backend").and.contain("the address's last one");
    expect(texts.join("\n")).to.not.contain("users");
  });

  it("does not speak of the share of a backend that cannot be taken out", () => {
    const meaningOf = (given: typeof study): string | undefined =>
      comparisonColumns(given, "connection").find(({ title }) => title === "moved when one is gone")?.meaning;
    expect(meaningOf(study)).to.match(/taken out of the list; its fair share is 10 %$/);
    const alone = { ...study, policies: study.policies.map((figures) => ({ ...figures, remove: undefined })) };
    expect(meaningOf(alone)).to.match(/taken out of the list$/);
  });

  it("has theory beside the measurement", () => {
    expect([...theoryCells({ ...study, floor: { users: 1.9, connections: 1 } })]).to.deep.equal([
      ["max/avg", "1.90"],
      ["CV", "0.30"],
    ]);
  });

  it("writes percent in four characters at most", () => {
    const shares = [0, 0.0001, 0.0005, 0.083, 0.0994, 0.0996, 0.5, 0.994, 0.996, 0.9999, 1, undefined];
    expect(shares.map(percentCell)).to.deep.equal([
      "0",
      "<0.1",
      "0.1",
      "8.3",
      "9.9",
      "10",
      "50",
      "99",
      "99.6",
      "99.9",
      "100",
      undefined,
    ]);
  });
});

describe("words about the clients", () => {
  it("say how many there are, how heavy the heaviest is, and n_eff", () => {
    expect(populationSentences(samplePlacement(), "connection")).to.deep.equal([
      "One office with 10 % of the users: 9,001 addresses, 10,000 users, 60,000 connections.",
      "The heaviest address has 10 % of the users.",
      "Spread by address they are as uneven as 99 equal addresses would be (n_eff).",
    ]);
  });

  it("say of a log only what is known", () => {
    const { population, ...study } = samplePlacement();
    const log = { ...study, population: { ...population, name: "access.log", users: undefined } };
    expect(populationSentences(log, "request")[0]).to.equal("access.log: 9,001 addresses, 60,000 requests.");
  });

  it("derive the floor", () => {
    const floorAt = (users: number) =>
      floorSentence(samplePlacement({ floor: { users, connections: 1 } }), "connection");
    expect(floorAt(1.9)).to.equal(
      "Floor: no hash of the address can get below max/avg 1.90 (10 backends × 10 % of the users behind one address).",
    );
    expect(floorAt(1)).to.contain("no more than the fair share of a backend");
  });

  it("count load by weight", () => {
    expect(inFairShares([10, 30], [1, 3])).to.deep.equal([1, 1]);
    expect(inFairShares([30, 10], [1, 1])).to.deep.equal([1.5, 0.5]);
    expect(inFairShares([0, 0], [1, 3])).to.deep.equal([1, 1]);
  });
});
