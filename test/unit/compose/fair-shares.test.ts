import { expect } from "chai";
import { FairShares } from "../../../src/compose/fair-shares.ts";
import { addressFor, clusterOf } from "../../support/clusters.ts";

const SEED = 0;

describe("FairShares", () => {
  it("gives each backend its weight over the weights of all that can be used", () => {
    const cluster = clusterOf({ a: { of: { weight: 3 } }, b: {}, c: { health: "unhealthy", of: { weight: 6 } } });
    const shares = new FairShares(cluster, SEED);
    expect(shares.backends).to.equal(2);
    expect(shares.of(`${addressFor(cluster, "a")}/32`)).to.equal(0.75);
    expect(shares.of(`${addressFor(cluster, "b")}/32`)).to.equal(0.25);
  });

  it("goes by the next one in the order when the first cannot be used: down, ejected or draining", () => {
    for (const state of [{ health: "unhealthy" }, { ejected: true }, { lifecycle: "draining" }] as const) {
      const cluster = clusterOf({ a: state, b: {}, c: { of: { weight: 3 } } });
      const shares = new FairShares(cluster, SEED);
      expect(shares.homeOf(addressFor(cluster, "a", "c", "b"))?.backend.id).to.equal("c");
      expect(shares.of(addressFor(cluster, "a", "b", "c"))).to.equal(0.25);
    }
  });

  it("counts those that are down in a panic, but not those that drain", () => {
    const states = { a: { health: "unhealthy" }, b: { ejected: true }, c: { lifecycle: "draining" }, d: {} } as const;
    expect(new FairShares(clusterOf(states, { panic: true }), SEED).backends).to.equal(3);
    expect(new FairShares(clusterOf(states), SEED).backends).to.equal(1);
  });

  it("turns to the backups when no primary can be used, and knows no share when nobody can", () => {
    const backup = { of: { backup: true } };
    const left = new FairShares(clusterOf({ a: { health: "unhealthy" }, b: backup }), SEED);
    expect([left.backends, left.homeOf("203.0.113.7/32")?.backend.id, left.of("203.0.113.7/32")]).to.deep.equal([
      ...[1, "b", 1],
    ]);
    const nobody = new FairShares(clusterOf({ a: { health: "unhealthy" } }), SEED);
    expect([nobody.backends, nobody.homeOf("203.0.113.7"), nobody.of("203.0.113.7")]).to.deep.equal([
      ...[0, undefined, undefined],
    ]);
  });
});
