import { expect } from "chai";
import { RELAY_BENCH } from "../../../bench/relay/relay-bench.ts";
import { type BenchOptions, parseOptions, UsageError, usageOf } from "../../../bench/support/options.ts";

function options(...args: readonly string[]): BenchOptions {
  const parsed = parseOptions(args, RELAY_BENCH);
  if (parsed === "help") throw new Error("unexpected help");
  return parsed;
}

describe("options of the benchmarks", () => {
  it("measures everything in five rounds by default", () => {
    expect(options()).to.deep.include({
      balancers: RELAY_BENCH.balancers,
      rounds: 5,
      seed: 1,
      check: false,
      quick: false,
    });
    expect(options().lengket).to.equal(undefined);
  });

  it("is quick when asked: fewer rounds and shorter windows", () => {
    const quick = options("--quick");
    expect(quick.rounds).to.equal(3);
    expect(quick.windowMs).to.be.lessThan(options().windowMs);
    expect(options("--quick", "--rounds", "9").rounds).to.equal(9);
  });

  it("keeps its own order of the balancers", () => {
    expect(options("--only", "nginx, lengket").balancers).to.deep.equal(["lengket", "nginx"]);
  });

  it("splits the command at blanks", () => {
    expect(options("--lengket", " node  dist/main.js run").lengket).to.deep.equal(["node", "dist/main.js", "run"]);
  });

  it("offers help before anything else", () => {
    expect(parseOptions(["--help", "--rounds", "many"], RELAY_BENCH)).to.equal("help");
  });

  it("tells every option and who can take part", () => {
    const usage = usageOf(RELAY_BENCH);
    for (const word of ["--quick", "--check", "--only", "--rounds", "--seed", "--lengket", "haproxy", "bench:relay"]) {
      expect(usage).to.contain(word);
    }
  });

  it("reports all problems at once", () => {
    const bad = ["--only", "lengket,envoy", "--rounds", "0", "--seed", "1e3", "--lengket", " "];
    expect(() => parseOptions(bad, RELAY_BENCH))
      .to.throw(UsageError)
      .with.property("message")
      .that.matches(
        /"envoy".*haproxy[\s\S]*--rounds: "0"[\s\S]*--seed: "1e3"|--rounds: "0"[\s\S]*--seed: "1e3"[\s\S]*"envoy"/,
      )
      .and.contains("--lengket: the command is empty");
  });

  it("refuses what it does not know", () => {
    expect(() => parseOptions(["--fast"], RELAY_BENCH)).to.throw(UsageError, "--fast");
    expect(() => parseOptions(["lengket"], RELAY_BENCH)).to.throw(UsageError, "lengket");
    expect(() => parseOptions(["--only", ""], RELAY_BENCH)).to.throw(UsageError);
  });
});
