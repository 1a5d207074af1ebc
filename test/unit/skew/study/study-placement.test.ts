import { expect } from "chai";
import { comparedPolicies } from "../../../../src/skew/policies/compared-policies.ts";
import { AddressList } from "../../../../src/skew/populations/address-list.ts";
import { buildPopulation } from "../../../../src/skew/populations/build-population.ts";
import type { Population, PopulationPlan } from "../../../../src/skew/populations/population.ts";
import type { PlacementFigures } from "../../../../src/skew/study/placement-study.ts";
import { studyPlacement } from "../../../../src/skew/study/study-placement.ts";
import { comparedBackends } from "../../../support/compared.ts";

const NAMES = comparedPolicies.map(({ name }) => name);

/** A small town with a school: a fifth of the users behind one address. */
const town: PopulationPlan = {
  name: "town",
  title: "a town and its school",
  source: "ours",
  groups: [
    {
      name: "homes",
      addresses: { count: 800, spread: "scattered", within: undefined },
      usersPerAddress: { law: "constant", value: 1 },
      connectionsPerUser: { law: "geometric", mean: 3 },
    },
    {
      name: "school",
      addresses: { at: ["198.51.100.7"] },
      usersPerAddress: { law: "constant", value: 200 },
      connectionsPerUser: { law: "constant", value: 3 },
    },
  ],
};

function log(counts: readonly number[]): Population {
  const addresses = AddressList.of(counts.map((_, i) => Uint8Array.of(198, 51, i >> 8, i & 255)));
  return { ...emptyLog(), addresses, connections: Float64Array.from(counts), groupOf: new Uint16Array(counts.length) };
}

function emptyLog(): Population {
  return {
    name: "access.log",
    title: "a log",
    source: "access.log",
    seed: undefined,
    addresses: AddressList.of([]),
    users: undefined,
    connections: new Float64Array(0),
    groups: ["access.log"],
    groupOf: new Uint16Array(0),
  };
}

describe("studyPlacement", () => {
  const population = buildPopulation(town, 5);
  const study = studyPlacement(population, comparedBackends(8), NAMES, { seed: 3 });
  const of = (name: string): PlacementFigures => {
    const found = study.policies.find(({ policy }) => policy.name === name);
    if (found === undefined) throw new Error(name);
    return found;
  };

  it("tells of the population what no policy changes", () => {
    expect(study.population).to.include({ name: "town", seed: 5, addresses: 801 });
    expect(study.population.users).to.include({ total: 1000, heaviestShare: 0.2 });
    expect(study.population.heaviest).to.have.length(10);
    expect(study.population.heaviest[0]).to.deep.include({ address: "198.51.100.7", users: 200, connections: 600 });
    expect(study.floor.users).to.be.closeTo(1.6, 1e-12);
    expect(study.theoreticalCv.users).to.be.closeTo(Math.sqrt((7 * (800 + 200 ** 2)) / 1000 ** 2), 1e-12);
    expect(study.connectionsPlaced).to.equal(study.population.connections.total);
  });

  it("places every user and every connection, under every policy", () => {
    const connections = study.population.connections.total;
    for (const { policy, impossible, users, connections: placed, stickiness } of study.policies) {
      expect(impossible, policy.name).to.equal(undefined);
      expect(
        users?.loads.reduce((a, b) => a + b),
        policy.name,
      ).to.equal(1000);
      expect(
        placed?.loads.reduce((a, b) => a + b),
        policy.name,
      ).to.equal(connections);
      expect(stickiness?.placements, policy.name).to.equal(connections);
      expect(stickiness?.repeats, policy.name).to.equal(connections - 1000);
    }
  });

  it("finds what each kind of policy is good for", () => {
    for (const { policy, users, stickiness } of study.policies) {
      const { maxOverAvg = 0 } = users?.evenness ?? {};
      if (policy.kind === "address") {
        expect(maxOverAvg, policy.name).to.be.at.least(1.6);
        expect(stickiness?.breaks, policy.name).to.equal(0);
      } else if (policy.kind === "cookie") {
        expect(maxOverAvg, policy.name).to.equal(1);
        expect(stickiness?.breaks, policy.name).to.equal(0);
      }
    }
    // ceil(1.25 · 1000 / 8) = 157
    for (const name of ["bounded-load", "bounded-load-pinned", "haproxy-bounded-load"]) {
      expect(Math.max(...(of(name).users?.loads ?? [])), name).to.be.at.most(157);
      expect(of(name).stickiness?.breakRate, name).to.be.greaterThan(0.02);
      expect(of(name).stickiness?.overflowShare, name).to.be.greaterThan(0.02);
    }
    expect(of("bounded-load-pinned").stickiness?.breakRate).to.be.below(of("bounded-load").stickiness?.breakRate ?? 0);
  });

  it("finds who moves when a backend goes or comes", () => {
    for (const name of ["ring", "rendezvous", "nginx-hash-consistent"]) {
      expect(of(name).remove?.needless, name).to.equal(0);
      expect(of(name).add?.needless, name).to.equal(0);
      // The fifth backend is the one that goes.
      expect(of(name).remove?.moved, name).to.equal((of(name).users?.loads[4] ?? 0) / 1000);
    }
    const { remove, add } = of("sticky-cookie");
    expect(remove).to.include({ moved: 0.125, needless: 0 });
    expect(add?.moved).to.equal(0);
    expect(of("bounded-load-pinned").remove?.moved).to.be.within(0.12, 0.5);
  });

  it("finds who moves when a backend gets another weight", () => {
    const heavier = comparedBackends(8, [1, 1, 1, 1, 2, 1, 1, 1]);
    const then = studyPlacement(population, heavier, NAMES, { seed: 3, withChanges: false });
    for (const [i, name] of NAMES.entries()) {
      expect(of(name).reweigh?.ideal, name).to.be.closeTo(2 / 9 - 1 / 8, 1e-12);
      if (!["ring", "rendezvous", "nginx-hash-consistent", "haproxy-consistent"].includes(name)) continue;
      // Nobody moves but to the fifth backend, so what moves is what it has more.
      const gain = (then.policies[i]?.users?.loads[4] ?? 0) - (of(name).users?.loads[4] ?? 0);
      expect(of(name).reweigh, name).to.deep.include({ moved: gain / 1000, needless: 0 });
      expect(gain, name).to.be.greaterThan(30);
    }
    expect(of("modulo").reweigh?.excess).to.be.greaterThan(0.5);
    expect(of("sticky-cookie").reweigh?.moved).to.equal(0);
  });

  it("halves a weight that cannot be doubled", () => {
    const full = comparedBackends(3, [256, 256, 1]);
    const figures = studyPlacement(population, full, ["ring", "haproxy-map-based"], { seed: 3 }).policies;
    for (const { impossible, reweigh } of figures) {
      expect(impossible).to.equal(undefined);
      expect(reweigh?.ideal).to.be.closeTo(256 / 513 - 128 / 385, 1e-12);
    }
  });

  it("normalises by weight", () => {
    const weighted = studyPlacement(population, comparedBackends(3, [1, 2, 5]), ["sticky-cookie", "bounded-load"]);
    expect(weighted.policies[0]?.users?.loads).to.deep.equal([125, 250, 625]);
    expect(weighted.policies[0]?.users?.evenness.maxOverAvg).to.be.closeTo(1, 1e-12);
    expect(weighted.policies[1]?.users?.evenness.maxOverAvg).to.be.within(1, 1.26);
    // On the largest backend, a fifth of the users is less than its share.
    expect(weighted.floor.users).to.equal(1);
  });

  it("says of a policy that cannot be why, and goes on", () => {
    const heavy = studyPlacement(population, comparedBackends(2, [300, 300]), [
      "ring",
      "nginx-hash",
      "haproxy-map-based",
    ]);
    const [ring, nginx, haproxy] = heavy.policies;
    expect(ring?.impossible).to.contain("from 1 to 256");
    expect(ring).to.include({ users: undefined, connections: undefined, stickiness: undefined, remove: undefined });
    expect(nginx?.impossible).to.equal(undefined);
    expect(haproxy?.impossible).to.contain("HAProxy");
    expect(() => studyPlacement(population, [], ["ring"])).to.throw(RangeError);
    expect(() => studyPlacement(population, comparedBackends(2), ["rings"])).to.throw(RangeError, '"rings"');
  });

  it("has no removal with one backend, and no changes when they are not wanted", () => {
    const [alone] = studyPlacement(population, comparedBackends(1), ["ring"]).policies;
    expect(alone?.remove).to.equal(undefined);
    expect(alone?.add?.ideal).to.equal(0.5);
    const [plain] = studyPlacement(population, comparedBackends(3), ["ring"], { withChanges: false }).policies;
    expect(plain).to.include({ remove: undefined, add: undefined, reweigh: undefined });
  });

  it("takes a log's connections for what they are, and for cookies each for a user", () => {
    const counts = [500, 200, ...new Array<number>(300).fill(1)];
    const found = studyPlacement(log(counts), comparedBackends(4), ["ring", "bounded-load", "sticky-cookie"]);
    expect(found.population.users).to.equal(undefined);
    expect(found.floor).to.deep.equal({ users: undefined, connections: 2 });
    for (const { policy, users, connections } of found.policies) {
      expect(users).to.equal(undefined);
      expect(
        connections?.loads.reduce((a, b) => a + b),
        policy.name,
      ).to.equal(1000);
    }
    const [ring, bounded, cookie] = found.policies;
    expect(ring?.stickiness).to.include({ repeats: 698, breaks: 0 });
    expect(bounded?.stickiness?.breaks).to.be.greaterThan(100);
    expect(cookie?.connections?.loads).to.deep.equal([250, 250, 250, 250]);
    expect(cookie?.stickiness?.repeats).to.equal(0);
    expect(cookie?.remove?.moved).to.equal(0.25);
  });

  it("places a part of a long log one by one, all of it by address", () => {
    const found = studyPlacement(log([6000, 3000, 1000]), comparedBackends(4), ["ring", "bounded-load"], {
      mostConnections: 100,
    });
    expect(found.connectionsPlaced).to.equal(100);
    expect(found.policies.map(({ connections }) => connections?.evenness.total)).to.deep.equal([10_000, 100]);
    expect(Math.max(...(found.policies[1]?.connections?.loads ?? []))).to.be.at.most(32);
  });

  it("survives an empty log", () => {
    const found = studyPlacement(emptyLog(), comparedBackends(2), NAMES);
    expect(found.policies.every(({ connections }) => connections?.evenness.maxOverAvg === 1)).to.equal(true);
    expect(found.theoreticalCv.connections).to.equal(0);
  });

  it("masks the heaviest addresses when told to", () => {
    const masked = studyPlacement(population, comparedBackends(2), [], { shown: { v4: 24, v6: 48 } });
    expect(masked.population.heaviest[0]?.address).to.equal("198.51.100.0/24");
  });

  it("gives the same figures for the same seed, others for another", () => {
    const again = studyPlacement(population, comparedBackends(8), NAMES, { seed: 3 });
    expect(JSON.stringify(again)).to.equal(JSON.stringify(study));
    const other = studyPlacement(population, comparedBackends(8), ["ring"], { seed: 4 });
    expect(other.policies[0]?.users?.loads).not.to.deep.equal(of("ring").users?.loads);
  });
});
