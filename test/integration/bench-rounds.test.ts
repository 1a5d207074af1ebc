import { expect } from "chai";
import { RELAY_BENCH } from "../../bench/relay/relay-bench.ts";
import { WORKLOADS } from "../../bench/relay/workloads.ts";
import { findBalancers } from "../../bench/support/bench.ts";
import type { BenchOptions } from "../../bench/support/options.ts";
import { summarize } from "../../bench/support/results.ts";
import { runRounds } from "../../bench/support/rounds.ts";

const OPTIONS: BenchOptions = {
  balancers: ["pipe"],
  rounds: 2,
  memoryRounds: 1,
  warmUpMs: 0,
  windowMs: 20,
  rehearsalShare: 0.1,
  seed: 9,
  check: false,
  quick: true,
  lengket: undefined,
};
const NO_PINNING = { balancer: [], load: [], note: "not pinned" };

describe("rounds of the relay benchmark", () => {
  it("measures every workload in every round, and memory in its own, with processes of its own", async () => {
    const { found } = findBalancers(RELAY_BENCH, OPTIONS, "");
    const said: string[] = [];
    const samples = await runRounds(RELAY_BENCH, found, OPTIONS, NO_PINNING, (line) => said.push(line));
    expect(said).to.deep.equal(["rehearsal (not counted)", "round 1 of 2", "round 2 of 2"]);
    const expected = WORKLOADS.flatMap(({ id, traffic }) =>
      traffic.kind === "idle" ? [`${id} 1`] : [`${id} 1`, `${id} 2`],
    );
    expect(samples.map(({ workload, round }) => `${workload} ${round}`)).to.have.members(expected);
    const summary = summarize(samples, WORKLOADS, ["pipe"]);
    expect(summary.map(({ workload }) => workload)).to.deep.equal(WORKLOADS.map(({ id }) => id));
    for (const { workload, cost } of summary) expect(cost.median, workload).to.be.greaterThan(0);
  });

  it("says which balancer failed at what", async () => {
    // Accepts and hangs up: good enough to look alive.
    const script = `const [h,p]=process.env.LENGKET_LISTEN.split(":");require("node:net").createServer((s)=>s.end()).listen(p,h)`;
    const { found } = findBalancers(
      RELAY_BENCH,
      { balancers: ["lengket"], lengket: [process.execPath, "-e", script] },
      "",
    );
    const failure = await runRounds(RELAY_BENCH, found, OPTIONS, NO_PINNING, () => {}).catch((error: unknown) => error);
    expect(failure)
      .to.be.an("error")
      .with.property("message")
      .that.matches(/^Lengket, 64 B round trip, round 0: /);
  });
});
