import { expect } from "chai";
import { fmix32 } from "../../../src/hashing/murmur3.ts";
import { isAdmitted, LoadBound, type Situation, whySkipped } from "../../../src/path/eligibility.ts";
import { clusterOf, loadOf, memberById } from "../../support/clusters.ts";

function situationOf(more: Partial<Situation> = {}): Situation {
  return { load: loadOf(), nowMs: 0, keyHash: 0, tried: undefined, panic: false, ...more };
}

describe("whySkipped", () => {
  const snapshot = clusterOf({
    good: {},
    unknown: { health: "unknown" },
    all: {
      lifecycle: "draining",
      ejected: true,
      health: "unhealthy",
      rampFromMs: 0,
      rampUntilMs: 10,
      of: { maxConnections: 1 },
    },
    out: { ejected: true, health: "unhealthy", rampFromMs: 0, rampUntilMs: 10, of: { maxConnections: 1 } },
    down: { health: "unhealthy" },
    limited: { rampFromMs: 0, rampUntilMs: 10, of: { maxConnections: 2 } },
  });
  const why = (id: string, more: Partial<Situation> = {}, ignoreRamp = false) =>
    whySkipped(memberById(snapshot, id), situationOf(more), ignoreRamp);

  it("names the weightiest reason first", () => {
    const load = loadOf({ 2: 1, 3: 1 });
    expect(why("all", { load, tried: new Set(["all"]) })).to.equal("tried");
    expect(why("all", { load })).to.equal("draining");
    expect(why("out", { load })).to.equal("ejected");
    expect(why("out", { load, panic: true })).to.equal("full");
    expect(why("out", { panic: true })).to.equal("ramping");
    expect(why("out", { panic: true }, true)).to.equal(undefined);
    expect(why("down")).to.equal("down");
  });

  it("takes an unknown backend, and one below its limit", () => {
    expect(why("good")).to.equal(undefined);
    expect(why("unknown")).to.equal(undefined);
    expect(why("limited", { load: loadOf({ 5: 1 }) }, true)).to.equal(undefined);
    expect(why("limited", { load: loadOf({ 5: 2 }) }, true)).to.equal("full");
    expect(why("limited", { load: loadOf({ 5: 3 }) }, true)).to.equal("full");
  });
});

describe("isAdmitted", () => {
  const member = memberById(clusterOf({ a: { rampFromMs: 1000, rampUntilMs: 2000 } }), "a");
  const hashes = Array.from({ length: 20_000 }, (_, i) => fmix32(i) >>> 0);

  it("lets in the share of the keys that the ramp has reached", () => {
    for (const fraction of [0, 0.1, 0.5, 0.9]) {
      const admitted = hashes.filter((hash) => isAdmitted(member, hash, 1000 + 1000 * fraction)).length;
      expect(admitted / hashes.length).to.be.closeTo(fraction, 0.012);
    }
    expect(hashes.every((hash) => isAdmitted(member, hash, 2000))).to.equal(true);
    expect(hashes.some((hash) => isAdmitted(member, hash, 999))).to.equal(false);
  });

  it("never sends a key away again", () => {
    for (const hash of hashes.slice(0, 500)) {
      const seen = [1000, 1200, 1400, 1600, 1800, 2000].map((nowMs) => isAdmitted(member, hash, nowMs));
      expect(seen).to.deep.equal([...seen].sort((x, y) => Number(x) - Number(y)));
    }
  });

  it("lets in some of every stretch of the key space, not one arc of it", () => {
    for (let stretch = 0; stretch < 16; stretch++) {
      const near = Array.from({ length: 1000 }, (_, i) => stretch * 2 ** 28 + i * 977);
      const admitted = near.filter((hash) => isAdmitted(member, hash, 1500)).length;
      expect(admitted / near.length).to.be.within(0.4, 0.6);
    }
  });

  it("has no ramp when it begins and ends at once", () => {
    expect(isAdmitted(memberById(clusterOf({ a: {} }), "a"), 123, 0)).to.equal(true);
  });
});

describe("LoadBound", () => {
  const snapshot = clusterOf({ a: {}, b: { of: { weight: 2 } }, c: {}, gone: { health: "unhealthy" } });
  const boundOf = (factor: number, open: Readonly<Record<number, number>>) =>
    new LoadBound(factor, snapshot.primary, situationOf({ load: loadOf(open) }), false);
  const capacities = (bound: LoadBound) => ["a", "b", "c"].map((id) => bound.capacity(memberById(snapshot, id)));

  it("is ceil(c·(m+1)·w/W) over the backends that can take the connection", () => {
    expect(capacities(boundOf(1.25, {}))).to.deep.equal([1, 1, 1]);
    expect(capacities(boundOf(1.25, { 0: 3, 1: 4, 2: 4, 3: 1000 }))).to.deep.equal([4, 8, 4]);
    expect(capacities(boundOf(2, { 0: 3, 1: 4, 2: 4 }))).to.deep.equal([6, 12, 6]);
  });

  it("does not let a rounding error lift a whole number", () => {
    // 1.1 · 10 · 1/4 = 2.75, 1.1 · 40 · 1/4 = 11 — in binary a little more.
    expect(capacities(boundOf(1.1, { 0: 39 }))).to.deep.equal([11, 22, 11]);
  });

  it("admits below the bound only", () => {
    const a = memberById(snapshot, "a");
    expect(boundOf(1.25, { 0: 3, 1: 4, 2: 4 }).admits(a)).to.equal(true);
    expect(boundOf(1.25, { 0: 4, 1: 4, 2: 3 }).admits(a)).to.equal(false);
  });
});
