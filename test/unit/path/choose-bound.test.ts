import { expect } from "chai";
import type { Choice, Skip } from "../../../src/model/choice.ts";
import type { ClusterSnapshot } from "../../../src/model/snapshot.ts";
import { type ChoosePolicy, type ChooseRequest, choose } from "../../../src/path/choose.ts";
import { type Changes, clusterOf, hashFor, loadOf } from "../../support/clusters.ts";

interface Given extends Partial<ChooseRequest>, Partial<ChoosePolicy> {
  readonly open?: Readonly<Record<number, number>>;
}

function decide(snapshot: ClusterSnapshot, given: Given): { readonly choice: Choice; readonly skips: string[] } {
  const { open = {}, boundedLoad = 0, onDown = "rehash", ...request } = given;
  const skips: string[] = [];
  const choice = choose(
    snapshot,
    { keyHash: 1, bound: "a", mayQueue: false, nowMs: 500, ...request },
    { boundedLoad, onDown },
    loadOf(open),
    ({ id, because }: Skip) => skips.push(`${id} ${because}`),
  );
  return { choice, skips };
}

function said(choice: Choice): string {
  switch (choice.kind) {
    case "chosen":
      return `${choice.member.backend.id} ${choice.reason}, home ${choice.home}`;
    case "wait":
      return `wait ${choice.for.backend.id} ${choice.because}`;
    case "refused":
      return `refused ${choice.because}`;
  }
}

/** What becomes of a request that belongs on `a`; in the table it would go to c, then b, unless a is left to it alone. */
function say(a: Changes, given: Given = {}): string {
  const snapshot = clusterOf({ a, b: {}, c: {} });
  return said(decide(snapshot, { keyHash: hashFor(snapshot, "c"), ...given }).choice);
}

const down: Changes = { health: "unhealthy" };
const ejected: Changes = { ejected: true };
const draining: Changes = { lifecycle: "draining" };
const full: Changes = { of: { maxConnections: 1 } };
const busy = { 0: 1 };

describe("choose: a request that belongs somewhere", () => {
  it("stays there, healthy or not yet known, whatever the table says", () => {
    for (const a of [{}, { health: "unknown" as const }]) expect(say(a)).to.equal("a sticky, home a");
  });

  it("does not know its rank, since no order was made", () => {
    expect(decide(clusterOf({ a: {} }), {}).choice).to.deep.include({ kind: "chosen", rank: -1 });
  });

  it("stays through a slow start, a pin and a hint to elsewhere", () => {
    expect(say({ rampFromMs: 499, rampUntilMs: 100_000 })).to.equal("a sticky, home a");
    expect(say({}, { pinned: "b", hinted: "b" })).to.equal("a sticky, home a");
  });

  it("stays on a backup while there are primaries", () => {
    expect(say({ of: { backup: true } })).to.equal("a sticky, home a");
  });

  it("goes on as if it said nothing when nobody has the id", () => {
    expect(say({}, { bound: "gone" })).to.equal("c home, home c");
    expect(said(decide(clusterOf({}), {}).choice)).to.equal("refused no-backends");
  });

  const table: readonly (readonly [string, Changes, Given, string])[] = [
    ["draining, DRAIN_COOKIES", draining, { boundMayDrain: true }, "a sticky, home a"],
    ["draining and out of the list", { ...draining, of: { weight: 0 } }, { boundMayDrain: true }, "a sticky, home a"],
    ["draining, its time is up", { ...draining, drainDeadlineMs: 500 }, { boundMayDrain: true }, "c failover, home a"],
    ["draining, without DRAIN_COOKIES", draining, {}, "c failover, home a"],
    ["draining, without, wait", draining, { onDown: "wait" }, "c failover, home a"],
    ["draining and down", { ...draining, ...down }, { boundMayDrain: true }, "c failover, home a"],
    ["draining and full", { ...draining, ...full }, { boundMayDrain: true, open: busy }, "c overflow, home a"],
    [
      "draining, over any bound",
      draining,
      { boundMayDrain: true, boundedLoad: 1.25, open: { 0: 9 } },
      "a sticky, home a",
    ],
    ["down, rehash", down, {}, "c failover, home a"],
    ["down, rehash, with a queue", down, { mayQueue: true }, "c failover, home a"],
    ["down, reject", down, { onDown: "reject" }, "refused home-down"],
    ["down, wait", down, { onDown: "wait" }, "wait a down"],
    ["ejected, rehash", ejected, {}, "c failover, home a"],
    ["ejected, reject", ejected, { onDown: "reject" }, "refused home-down"],
    ["ejected, wait", ejected, { onDown: "wait" }, "wait a down"],
    ["tried, rehash", {}, { tried: new Set(["a"]) }, "c failover, home a"],
    ["tried, reject", {}, { tried: new Set(["a"]), onDown: "reject" }, "refused home-down"],
    ["tried, wait", {}, { tried: new Set(["a"]), onDown: "wait" }, "refused home-down"],
    ["full, a queue", full, { open: busy, mayQueue: true }, "wait a full"],
    ["full, no queue, rehash", full, { open: busy }, "c overflow, home a"],
    ["full, no queue, reject", full, { open: busy, onDown: "reject" }, "refused home-full"],
    ["full, no queue, wait", full, { open: busy, onDown: "wait" }, "refused home-full"],
    ["over the bound, a queue", {}, { open: { 0: 2 }, boundedLoad: 1.25, mayQueue: true }, "wait a full"],
    ["over the bound, no queue", {}, { open: { 0: 2 }, boundedLoad: 1.25 }, "c overflow, home a"],
    ["over the bound, reject", {}, { open: { 0: 2 }, boundedLoad: 1.25, onDown: "reject" }, "refused home-full"],
    ["below the bound", {}, { open: { 0: 2, 1: 2, 2: 2 }, boundedLoad: 1.25 }, "a sticky, home a"],
  ];
  for (const [what, a, given, expected] of table) {
    it(`${what}: ${expected}`, () => expect(say(a, given)).to.equal(expected));
  }

  it("is measured by the bound of its own tier", () => {
    const backup: Changes = { of: { backup: true } };
    const snapshot = clusterOf({ a: backup, b: backup, c: {} });
    const given = { keyHash: 1, boundedLoad: 1.25 };
    // Of the backups' 3 connections a has 3, so the next one is too many; the 50 of the primary do not matter.
    expect(said(decide(snapshot, { ...given, open: { 0: 3, 2: 50 } }).choice)).to.equal("c overflow, home a");
    expect(said(decide(snapshot, { ...given, open: { 0: 1, 1: 1, 2: 50 } }).choice)).to.equal("a sticky, home a");
  });

  it("stays during a panic, and says that it is one", () => {
    const panicking = clusterOf({ a: down, b: {} }, { panic: true });
    expect(said(decide(panicking, { keyHash: 1 }).choice)).to.equal("a panic, home a");
    const calm = clusterOf({ a: {}, b: down }, { panic: true });
    expect(said(decide(calm, { keyHash: 1 }).choice)).to.equal("a sticky, home a");
  });

  describe("that has to move", () => {
    it("follows a hint before everything else", () => {
      expect(say(down, { hinted: "b" })).to.equal("b hint, home a");
    });

    it("takes a backup when there is nothing else, and says so", () => {
      const snapshot = clusterOf({ a: down, b: down, c: { of: { backup: true } } });
      expect(said(decide(snapshot, { keyHash: 1 }).choice)).to.equal("c backup, home a");
    });

    it("waits for nobody else", () => {
      const snapshot = clusterOf({ a: down, b: full, c: full });
      const { choice, skips } = decide(snapshot, { keyHash: 1, mayQueue: true, open: { 1: 1, 2: 1 } });
      expect(said(choice)).to.equal("refused none-eligible");
      expect(skips.sort()).to.deep.equal(["a down", "b full", "c full"]);
    });

    it("does so whatever ON_DOWN says of its next one", () => {
      const snapshot = clusterOf({ a: draining, b: {}, c: down });
      const given = { keyHash: hashFor(snapshot, "c", "b"), onDown: "reject" as const };
      expect(said(decide(snapshot, given).choice)).to.equal("b failover, home a");
    });

    it("is not held by a pin", () => {
      expect(say(down, { pinned: "b" })).to.equal("c failover, home a");
    });
  });
});

describe("choose: a hint", () => {
  const unbound = { bound: undefined };

  it("is followed by who belongs nowhere", () => {
    expect(say({}, { ...unbound, hinted: "a" })).to.equal("a hint, home a");
    expect(say({ rampFromMs: 499, rampUntilMs: 100_000 }, { ...unbound, hinted: "a" })).to.equal("a hint, home a");
  });

  const useless: readonly (readonly [string, Changes, Given])[] = [
    ["down", down, {}],
    ["ejected", ejected, {}],
    ["draining", draining, { boundMayDrain: true }],
    ["full", full, { open: busy }],
    ["over its bound", {}, { open: { 0: 2 }, boundedLoad: 1.25 }],
    ["tried", {}, { tried: new Set(["a"]) }],
  ];
  for (const [what, a, given] of useless) {
    it(`is nothing when its backend is ${what}`, () => {
      expect(say(a, { ...unbound, ...given, hinted: "a" })).to.equal("c home, home c");
    });
  }

  it("is nothing when nobody has the id", () => {
    expect(say({}, { ...unbound, hinted: "gone" })).to.equal("c home, home c");
  });
});
