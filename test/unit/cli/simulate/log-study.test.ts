import { expect } from "chai";
import { simulateLog, studyLog } from "../../../../src/cli/simulate/log-study.ts";
import { thousands } from "../../../../src/skew/advice/wording.ts";
import { defaultPolicyOptions } from "../../../../src/skew/policies/policy-options.ts";
import { AddressList } from "../../../../src/skew/populations/address-list.ts";
import type { Population } from "../../../../src/skew/populations/population.ts";
import { effortSentences } from "../../../../src/skew/report/population-text.ts";
import { createSeededRandom } from "../../../../src/skew/seeded-random.ts";
import { studyPlacement } from "../../../../src/skew/study/study-placement.ts";

const backends = Array.from({ length: 10 }, (_, i) => ({ id: `s${i}`, address: `10.1.0.${i}:80`, weight: 1 }));
const POLICIES = ["sticky-cookie", "ring", "bounded-load", "nginx-hash"];

/** One address with 19 % of the requests, and 40,000 that share the rest. */
function longLog(): Population {
  const random = createSeededRandom(1, "a long log");
  const words = new Int32Array(4 * 40_001);
  for (let i = 0; i < words.length; i += 4) words.set([0, 0, 0xffff, random.u32() | 0], i);
  const connections = new Float64Array(40_001).fill(5);
  connections[0] = Math.round((200_000 * 0.19) / 0.81);
  return {
    ...{
      name: "long.log",
      title: "a long log",
      source: "long.log",
      seed: undefined,
      groups: ["log"],
      users: undefined,
    },
    ...{ addresses: new AddressList(words), connections, groupOf: new Uint16Array(40_001) },
  };
}

describe("studyLog", () => {
  const population = longLog();
  const study = studyLog(population, backends, POLICIES, { seed: 7 });
  const exact = studyPlacement(population, backends, POLICIES, { seed: 7, mostConnections: 1e9, withChanges: false });

  it("tells the same of the clients as the study of the whole log", () => {
    const { population: told, floor, theoreticalCv, seed } = study;
    const { population: known } = exact;
    expect({ told, floor, theoreticalCv, seed }).to.deep.equal({
      ...{ told: known, floor: exact.floor, theoreticalCv: exact.theoreticalCv, seed: 7 },
    });
    expect(told.addresses).to.equal(40_001);
  });

  it("has nearly the same figures, in the given order", () => {
    expect(study.policies.map(({ policy }) => policy.name)).to.deep.equal(POLICIES);
    study.policies.forEach((figures, i) => {
      const whole = exact.policies[i];
      const maxOverAvg = whole?.connections?.evenness.maxOverAvg ?? Number.NaN;
      expect(figures.connections?.evenness.maxOverAvg, figures.policy.name).to.be.within(
        maxOverAvg - 0.1,
        maxOverAvg + 0.1,
      );
      const overflow = whole?.stickiness?.overflowShare ?? Number.NaN;
      expect(figures.stickiness?.overflowShare, figures.policy.name).to.be.within(overflow - 0.04, overflow + 0.04);
    });
  });

  it("says how much of the log was placed", () => {
    const { byAddress = 0, oneByOne = 0 } = study.sample ?? {};
    expect(byAddress).to.be.within(10_000, 15_000);
    expect(oneByOne).to.be.within(500, 5_000);
    expect(study.connectionsPlaced).to.equal(15_000);
    expect(effortSentences(study, "request")).to.deep.equal([
      `A sample stands for the log: policies that look at the address alone placed ${thousands(byAddress)} of the 40,001 addresses, and policies that look at load or at a cookie placed 15,000 of the 246,914 requests, from ${thousands(oneByOne)} addresses; the heaviest addresses are in it as they are.`,
      "How many requests leave their home or find another backend depends on how many are open at once, which a log does not tell: for bounded loads and NAT split these shares are estimates.",
    ]);
    const byHash = studyLog(population, backends, ["ring"]);
    expect(byHash.sample).to.have.all.keys("byAddress");
    expect(effortSentences(byHash, "request")).to.have.lengthOf(1);
    // Cookies do not depend on what is open.
    expect(effortSentences(studyLog(population, backends, ["sticky-cookie"]), "request")).to.have.lengthOf(1);
  });

  it("masks, and refuses what does not exist", () => {
    const masked = studyLog(population, backends, ["ring"], { shown: { v4: 24, v6: 48 } });
    expect(masked.population.heaviest[0]?.address).to.match(/\.0\/24$/);
    expect(() => studyLog(population, backends, ["banana"])).to.throw(RangeError, "banana");
  });

  it("simulates the same log in time", () => {
    const time = simulateLog(population, backends, ["ring"], 7, defaultPolicyOptions);
    expect(time).to.include({ seed: 7 });
    expect(time.policies[0]?.sessions?.sessions).to.be.greaterThan(1_000);
  });
});
