import { expect } from "chai";
import { buildPopulation } from "../../../../src/skew/populations/build-population.ts";
import { builtInPopulation } from "../../../../src/skew/populations/built-in.ts";
import { createTimePlan } from "../../../../src/skew/simulation/create-time-plan.ts";
import { simulateTime } from "../../../../src/skew/simulation/simulate-time.ts";
import type { TimeFigures, TimeStudy } from "../../../../src/skew/simulation/time-study.ts";
import { backendsOf } from "../../../support/hand-made-workload.ts";

const POLICIES = ["ring", "modulo", "bounded-load", "sticky-cookie", "haproxy-map-based"];

describe("simulateTime", () => {
  const office = builtInPopulation("s5");
  if (office === undefined) throw new RangeError("there is no s5");
  const people = buildPopulation(office, 1);
  const backends = backendsOf(10);
  let study: TimeStudy;
  const figures = (name: string): TimeFigures => {
    const found = study.policies.find(({ policy }) => policy.name === name);
    if (found === undefined) throw new RangeError(`${name} was not simulated`);
    return found;
  };

  before(() => {
    study = simulateTime(people, backends, POLICIES, createTimePlan(backends));
  });

  it("tells what was simulated", () => {
    expect(study).to.include({ seed: 1, lengthMs: 3_600_000, warmUpMs: 900_000, sessions: 20_000 });
    expect(study.connections).to.be.within(105_000, 116_000);
    expect(study.backends.map(({ id }) => id)).to.deep.equal([...backends.map(({ id }) => id), "s11"]);
    expect(study.changes.map(({ kind }) => kind)).to.deep.equal(["fails", "returns", "drains", "returns", "joins"]);
    expect(study.policies.map(({ policy }) => policy.name)).to.deep.equal(POLICIES);
    for (const { series } of study.policies) expect(series?.open).to.have.length(11);
  });

  it("is reproducible, and depends on the seed", () => {
    const plan = createTimePlan(backends, { sessions: 2_000 });
    const text = (seed: number): string => JSON.stringify(simulateTime(people, backends, POLICIES, { ...plan, seed }));
    expect(text(1)).to.equal(text(1));
    expect(text(1)).to.not.equal(text(2));
  });

  it("shows an office with a tenth of the users to be nearly two fair shares, and one with cookies", () => {
    expect(figures("ring").byTime?.maxOverAvg).to.be.within(1.7, 2.2);
    expect(figures("sticky-cookie").byTime?.maxOverAvg).to.be.within(1, 1.06);
    expect(figures("bounded-load").byTime?.maxOverAvg).to.be.within(1.1, 1.3);
    for (const { peakOverFairShare, byTime } of study.policies) {
      expect(peakOverFairShare).to.be.above(byTime?.maxOverAvg ?? 9);
    }
  });

  it("loses about a backend's sessions with every policy, and shows who moves others as well", () => {
    const inProgress = (20_000 / 3_600_000) * 330_000;
    for (const { sessions } of study.policies) expect(sessions?.lost).to.be.within(inProgress / 25, inProgress / 4);
    expect(figures("sticky-cookie").sessions).to.include({ moved: 0, refused: 0 });
    expect(figures("ring").sessions).to.include({ movedByLoad: 0, refused: 0 });
    expect(figures("bounded-load").sessions?.movedByLoad).to.be.above(1_000);
    expect(figures("haproxy-map-based").sessions?.moved).to.be.above(5 * (figures("ring").sessions?.moved ?? 1e9));
  });

  it("says why a policy cannot take the backends, also when only the one that joins is the reason", () => {
    const plan = createTimePlan(backends, { sessions: 100 });
    const heavy = plan.joining.map((backend) => ({ ...backend, weight: 1_000 }));
    const { policies } = simulateTime(people, backends, ["haproxy-map-based", "nginx-hash"], {
      ...plan,
      joining: heavy,
    });
    expect(policies[0]?.impossible).to.match(/HAProxy takes weights from 0 to 256, but 10\.0\.0\.11:80 has 1000/);
    expect(policies[0]?.sessions).to.equal(undefined);
    expect(policies[1]).to.include({ impossible: undefined });
    expect(policies[1]?.sessions?.sessions).to.be.above(70);
  });

  it("refuses policies that there are not, and bad plans", () => {
    const plan = createTimePlan(backends);
    expect(() => simulateTime(people, backends, ["ring", "rong"], plan)).to.throw(RangeError, 'no policy "rong"');
    expect(() => simulateTime(people, backends, ["ring"], { ...plan, sessions: 0 })).to.throw(
      RangeError,
      "sessions is 0",
    );
  });
});
