import { expect } from "chai";
import { GOALS } from "../../../bench/relay/goals.ts";
import { bytesPerStep, operationsPerStep, WORKLOADS } from "../../../bench/relay/workloads.ts";
import { type Goal, judge } from "../../../bench/support/goals.ts";
import { costOf, type Sample, summarize } from "../../../bench/support/results.ts";
import { sample } from "./samples.ts";

function workload(id: string): (typeof WORKLOADS)[number] {
  const found = WORKLOADS.find((candidate) => candidate.id === id);
  if (found === undefined) throw new Error(`no workload ${id}`);
  return found;
}

/** HAProxy at 10 µs; Lengket at `ratio` times that, in three rounds with a little noise around it. */
function run(id: string, ratio: number): readonly Sample[] {
  return [1, 2, 3].flatMap((round) => [
    sample(id, "haproxy", round, 10 * round),
    sample(id, "lengket", round, 10 * round * (ratio + (round - 2) * 0.01)),
  ]);
}

describe("results of the benchmarks", () => {
  it("counts CPU in µs and memory in KiB per operation", () => {
    expect(costOf(workload("round-trip-64"), sample("round-trip-64", "nginx", 1, 12.5))).to.equal(12.5);
    const idle = { ...sample("idle", "nginx", 1, 0), operations: 2000, memoryBytes: 2000 * 3 * 1024 };
    expect(costOf(workload("idle"), idle)).to.equal(3);
  });

  it("counts a transfer of bulk as its megabytes, both ways of a round trip as one operation", () => {
    expect(operationsPerStep(workload("bulk-to-client").traffic)).to.equal(4);
    expect(bytesPerStep(workload("bulk-to-client").traffic)).to.equal(4_000_000);
    expect(operationsPerStep(workload("round-trip-16k").traffic)).to.equal(1);
    expect(bytesPerStep(workload("round-trip-16k").traffic)).to.equal(32_768);
  });

  it("sums up medians, ratios within rounds, rate and share of the core", () => {
    const [lengket, haproxy, ...rest] = summarize(run("round-trip-64", 1.2), WORKLOADS, [
      "lengket",
      "haproxy",
      "nginx",
    ]);
    expect(rest).to.deep.equal([]);
    expect(lengket).to.deep.include({ workload: "round-trip-64", balancer: "lengket", unit: "µs" });
    expect(lengket?.cost.median).to.be.closeTo(24, 1e-9);
    expect(lengket?.ratio?.median).to.be.closeTo(1.2, 1e-9);
    expect(lengket?.ratio?.min).to.be.closeTo(1.19, 1e-9);
    expect(lengket?.operationsPerSecond).to.equal(1000);
    expect(lengket?.cpuShare).to.be.closeTo(0.024, 1e-9);
    expect(haproxy?.ratio).to.deep.equal({ median: 1, min: 1, max: 1 });
  });

  it("gives no ratio without HAProxy", () => {
    const [only] = summarize([sample("idle", "nginx", 1, 1)], WORKLOADS, ["nginx"]);
    expect(only?.ratio).to.equal(undefined);
  });

  it("keeps a goal that is just met and misses one that is not", () => {
    const met = GOALS.flatMap(({ workload, atMost }) => run(workload, atMost));
    expect(judge(GOALS, met, WORKLOADS).map(({ kept }) => kept)).to.deep.equal([true, true, true]);
    for (const goal of GOALS) {
      const samples = GOALS.flatMap(({ workload, atMost }) =>
        run(workload, workload === goal.workload ? atMost + 0.01 : 0.5),
      );
      const missed = judge(GOALS, samples, WORKLOADS).filter(({ kept }) => !kept);
      expect(missed.map(({ text }) => text)).to.have.lengthOf(1);
      expect(missed[0]?.text).to.contain(goal.workload).and.contain("MISSED");
    }
  });

  it("does not keep what was not measured", () => {
    expect(judge(GOALS, [], WORKLOADS).map(({ kept }) => kept)).to.deep.equal([false, false, false]);
    const alone = [sample("round-trip-64", "lengket", 1, 1)];
    expect(judge(GOALS, alone, WORKLOADS)[0]).to.deep.include({ kept: false });
  });

  it("compares with the cheapest of several, round by round, and only when all were measured", () => {
    const goal: Goal = { workload: "round-trip-64", of: ["haproxy", "nginx"], atMost: 1.25 };
    const samples = [
      sample("round-trip-64", "lengket", 1, 12),
      sample("round-trip-64", "haproxy", 1, 10),
      sample("round-trip-64", "nginx", 1, 20),
      sample("round-trip-64", "lengket", 2, 13),
      sample("round-trip-64", "haproxy", 2, 20),
      sample("round-trip-64", "nginx", 2, 10),
    ];
    const [verdict] = judge([goal], samples, WORKLOADS);
    expect(verdict).to.deep.equal({
      kept: true,
      text: "round-trip-64: 1.25 of the cheaper of haproxy and nginx, goal 1.25: kept",
    });
    const without = samples.filter(({ balancer }) => balancer !== "nginx");
    expect(judge([goal], without, WORKLOADS)[0]).to.deep.include({ kept: false });
  });

  it("has goals for workloads that exist", () => {
    const ids = WORKLOADS.map(({ id }) => id);
    expect(new Set(ids).size).to.equal(ids.length);
    for (const { workload } of GOALS) expect(ids).to.include(workload);
  });
});
