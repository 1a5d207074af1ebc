import { expect } from "chai";
import { leastOverflow } from "../../../../src/skew/measures/stickiness.ts";
import { sweepHeaviest } from "../../../../src/skew/report/heaviest-sweep.ts";
import { sampleBackends } from "../../../support/skew-studies.ts";

describe("the sweep of the heaviest address", () => {
  const backends = sampleBackends(10);

  it("shows the floor that no hash of the address gets below, and what gets below it at which price", () => {
    const sweep = sweepHeaviest(backends, ["rendezvous", "bounded-load", "sticky-cookie"], { seed: 1, hashSeed: 0 });
    expect(sweep.policies.map(({ policy }) => policy.kind)).to.deep.equal(["address", "bounded", "cookie"]);
    const [address, bounded, cookie] = sweep.policies.map(({ points }) => points);
    sweep.shares.forEach((share, i) => {
      const floor = Math.max(1, 10 * share);
      expect(sweep.floor[i]).to.be.closeTo(floor, 1e-9);
      // The office, a fair share of the rest, and what chance adds.
      expect(address?.[i]?.maxOverAvg).to.be.within(floor, 10 * share + 1 - share + 0.12);
      expect(address?.[i]?.breakRate).to.equal(0);
      expect(bounded?.[i]?.maxOverAvg).to.be.at.most(1.251);
      expect(bounded?.[i]?.breakRate, `${share}`).to.be.at.least(share * leastOverflow(1.25, 10, share) * 0.9);
      expect(cookie?.[i]?.maxOverAvg).to.be.at.most(1.01);
      expect(cookie?.[i]?.breakRate).to.equal(0);
    });
  }).timeout(20_000);

  it("is the same for the same seed, and leaves out what cannot be asked", () => {
    const names = ["nginx-ip-hash", "ring"];
    const heavy = backends.map((backend) => ({ ...backend, weight: 70_000 }));
    const sweep = sweepHeaviest(heavy.slice(0, 2), names, { seed: 2, hashSeed: 0 });
    expect(sweepHeaviest(heavy.slice(0, 2), names, { seed: 2, hashSeed: 0 })).to.deep.equal(sweep);
    expect(sweep.policies.map(({ policy }) => policy.name)).to.not.include("ring");
  });
});
