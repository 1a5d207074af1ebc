import { expect } from "chai";
import { createPolicyBalancer } from "../../../../src/skew/policies/create-policy-balancer.ts";
import { defaultPolicyOptions } from "../../../../src/skew/policies/policy-options.ts";
import { createSeededRandom } from "../../../../src/skew/seeded-random.ts";
import { comparedBackends, Visitors } from "../../../support/compared.ts";

const BACKENDS = 10;
const CONNECTIONS = 400;
const DRAWS = 20;
const BOUNDED = ["bounded-load", "bounded-load-pinned", "haproxy-bounded-load"] as const;
const HEAVY = "203.0.113.7";

interface Outcome {
  readonly loads: readonly number[];
  /** Of all connections, those that are not at home. */
  readonly away: number;
}

/** Connections that all stay, one after another. */
function place(name: string, boundedLoad: number, addresses: readonly string[], hashSeed = 0): Outcome {
  const visitors = new Visitors();
  const balancer = createPolicyBalancer(name, comparedBackends(BACKENDS), {
    ...defaultPolicyOptions,
    ...{ boundedLoad, hashSeed },
  });
  const loads = new Array<number>(BACKENDS).fill(0);
  let away = 0;
  addresses.forEach((address, i) => {
    const { backend = -1, home = -1 } = balancer.place(visitors.visit(address)) ?? {};
    loads[backend] = (loads[backend] ?? 0) + 1;
    if (backend !== home) away++;
    expect(loads[backend], `${name}, connection ${i + 1}`).to.be.at.most(Math.ceil((boundedLoad * (i + 1)) / BACKENDS));
  });
  return { loads, away: away / addresses.length };
}

/** Mean share away from home, over several crowds of which `heavy` (0–1) comes from one address. */
function meanAway(name: string, boundedLoad: number, heavy: number): number {
  let sum = 0;
  for (let draw = 0; draw < DRAWS; draw++) {
    const random = createSeededRandom(draw, "crowd");
    const crowd = Array.from({ length: CONNECTIONS }, () => {
      if (random.next() < heavy) return HEAVY;
      return `10.${random.below(256)}.${random.below(256)}.${random.below(256)}`;
    });
    sum += place(name, boundedLoad, crowd, draw).away;
  }
  return sum / DRAWS;
}

describe("bounded loads, connection by connection", () => {
  it("send 1 − c/N of a lone address away from home: 87.5 % of 200 at 1.25, to eight of ten backends", () => {
    for (const name of BOUNDED) {
      const { loads, away } = place(name, 1.25, new Array<string>(200).fill(HEAVY));
      expect(away, name).to.equal(0.875);
      expect(
        loads.toSorted((a, b) => a - b),
        name,
      ).to.deep.equal([0, 0, ...new Array<number>(8).fill(25)]);
    }
  });

  it("send about half of all away when half of them come from one address, more on HAProxy's coarse ring", () => {
    // HAProxy 2.6.12 itself sent away 57.3 % of one such crowd.
    expect(meanAway("haproxy-bounded-load", 1.25, 0.5)).to.be.within(0.5, 0.62);
    for (const name of ["bounded-load", "bounded-load-pinned"]) {
      expect(meanAway(name, 1.25, 0.5), name).to.be.within(0.44, 0.57);
    }
  });

  it("send fewer away the higher the bound, as many as HAProxy did of people with an address each", () => {
    // HAProxy 2.6.12: 11.3 % at 125, 3.5 % at 150, 65.7 % at 101.
    const away = (factor: number): number => meanAway("haproxy-bounded-load", factor, 0);
    expect(away(1.25)).to.be.within(0.08, 0.14);
    expect(away(1.5)).to.be.within(0.02, 0.055);
    expect(away(1.01)).to.be.within(0.55, 0.7);
    const ours = [1.01, 1.25, 1.5].map((factor) => meanAway("bounded-load", factor, 0));
    expect(ours).to.deep.equal(ours.toSorted((a, b) => b - a));
    // A ring of 1,024 points for each is more even than one of 16, so fewer have to go.
    expect(ours[1]).to.be.below(0.08);
  });
});
