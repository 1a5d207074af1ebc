import { expect } from "chai";
import { BALANCERS, findRelay } from "../../../bench/relay/balancers.ts";
import { WORKLOADS } from "../../../bench/relay/workloads.ts";
import { summarize } from "../../../bench/support/results.ts";
import { markdownTable, type Titles, textTable } from "../../../bench/support/table.ts";
import { sample } from "./samples.ts";

describe("the table of the benchmarks", () => {
  const samples = WORKLOADS.flatMap(({ id }) =>
    BALANCERS.flatMap((name, i) =>
      [1, 2, 3].map((round) => sample(id, name, round, [13.9, 11.3, 730.5, 1234.5][i] ?? 0)),
    ),
  );
  const summary = summarize(samples, WORKLOADS, BALANCERS);
  const titles: Titles = {
    workloads: new Map(WORKLOADS.map(({ id, title }) => [id, title])),
    balancers: new Map(BALANCERS.map((name) => [name, findRelay(name, { lengket: undefined }, "").title])),
  };

  it("fits a terminal of 80 columns, also with large numbers", () => {
    const lines = textTable(summary, titles).trimEnd().split("\n");
    expect(lines).to.have.lengthOf(2 + WORKLOADS.length * BALANCERS.length);
    for (const line of lines) expect([...line].length, line).to.be.at.most(80);
  });

  it("names each workload once, and prints medians, ranges and ratios", () => {
    const text = textTable(summary, titles);
    expect(text.match(/64 B round trip, µs/g)).to.have.lengthOf(1);
    const lines = text.split("\n");
    expect(lines[2]).to.match(/^64 B round trip, µs +Lengket +13\.9 +13\.9–13\.9 +1\.23 +1\.23–1\.23$/);
    expect(lines[3]).to.match(/^ +HAProxy +11\.3 +11\.3–11\.3 +1\.00 +1\.00–1\.00$/);
    expect(lines[5]).to.match(/^ +a\.pipe\(b\) +1235 +1235–1235 +109 +109–109$/);
  });

  it("leaves the ratio empty when HAProxy was not measured", () => {
    const line = textTable(summarize([sample("round-trip-64", "nginx", 1, 10)], WORKLOADS, ["nginx"]), titles).split(
      "\n",
    )[2];
    expect(line).to.match(/^64 B round trip, µs +nginx +10\.0 +10\.0–10\.0$/);
  });

  it("says the same in Markdown, six cells a row", () => {
    const lines = markdownTable(summary, titles).trimEnd().split("\n");
    expect(lines).to.have.lengthOf(2 + WORKLOADS.length * BALANCERS.length);
    for (const line of lines) expect(line.split("|"), line).to.have.lengthOf(8);
    expect(lines[2]).to.equal("| 64 B round trip, µs | Lengket | 13.9 | 13.9–13.9 | 1.23 | 1.23–1.23 |");
  });
});
