import { expect } from "chai";
import type { Choice, Skip } from "../../../src/model/choice.ts";
import type { ClusterSnapshot } from "../../../src/model/snapshot.ts";
import { type ChoosePolicy, type ChooseRequest, choose } from "../../../src/path/choose.ts";
import { type Changes, clusterOf, hashFor, hashWhere, loadOf, memberById, orderOf } from "../../support/clusters.ts";

interface Outcome {
  readonly choice: Choice;
  readonly skips: readonly string[];
}

function decide(
  snapshot: ClusterSnapshot,
  request: Partial<ChooseRequest> & { readonly keyHash: number },
  { open = {}, ...policy }: Partial<ChoosePolicy> & { readonly open?: Readonly<Record<number, number>> } = {},
): Outcome {
  const skips: Skip[] = [];
  const choice = choose(
    snapshot,
    { mayQueue: false, nowMs: 1000, ...request },
    { boundedLoad: 0, onDown: "rehash", ...policy },
    loadOf(open),
    (skip) => skips.push(skip),
  );
  return { choice, skips: skips.map(({ id, because }) => `${id} ${because}`) };
}

/** `b rank 1 failover, home a`, `wait a down`, `refused home-full` */
function said({ choice }: Outcome): string {
  switch (choice.kind) {
    case "chosen":
      return `${choice.member.backend.id} rank ${choice.rank} ${choice.reason}, home ${choice.home}`;
    case "wait":
      return `wait ${choice.for.backend.id} ${choice.because}`;
    case "refused":
      return `refused ${choice.because}`;
  }
}

const down: Changes = { health: "unhealthy" };
const full: Changes = { of: { maxConnections: 1 } };
const backup: Changes = { of: { backup: true } };

describe("choose", () => {
  it("sends a client home, healthy or not yet known", () => {
    const snapshot = clusterOf({ a: {}, b: { health: "unknown" }, c: {} });
    for (const home of ["a", "b", "c"]) {
      const outcome = decide(snapshot, { keyHash: hashFor(snapshot, home) });
      expect(said(outcome)).to.equal(`${home} rank 0 home, home ${home}`);
      expect(outcome.skips).to.deep.equal([]);
    }
  });

  describe("away from home", () => {
    const cases: readonly (readonly [
      string,
      Changes,
      Partial<ChooseRequest>,
      Readonly<Record<number, number>>,
      string,
    ])[] = [
      ["down", down, {}, {}, "failover"],
      ["ejected", { ejected: true }, {}, {}, "failover"],
      ["draining", { lifecycle: "draining" }, {}, {}, "failover"],
      ["tried", {}, { tried: new Set(["a"]) }, {}, "failover"],
      ["full", full, {}, { 0: 1 }, "overflow"],
      ["over-bound", {}, {}, { 0: 2 }, "overflow"],
    ];
    for (const [because, changes, request, open, reason] of cases) {
      it(`passes over a home that is ${because}: ${reason}`, () => {
        const snapshot = clusterOf({ a: changes, b: {}, c: {} });
        const keyHash = hashFor(snapshot, "a", "b", "c");
        const policy = { open, boundedLoad: because === "over-bound" ? 1.25 : 0 };
        const outcome = decide(snapshot, { keyHash, ...request }, policy);
        expect(said(outcome)).to.equal(`b rank 1 ${reason}, home a`);
        expect(outcome.skips).to.deep.equal([`a ${because}`]);
      });
    }

    it("the reason tells of the home, whatever the others are", () => {
      const snapshot = clusterOf({ a: full, b: down, c: {} });
      const outcome = decide(snapshot, { keyHash: hashFor(snapshot, "a", "b", "c") }, { open: { 0: 1 } });
      expect(said(outcome)).to.equal("c rank 2 overflow, home a");
      expect(outcome.skips).to.deep.equal(["a full", "b down"]);
    });

    it("counts only what can take the connection into the bound", () => {
      // Of 9 connections 8 are on the dead backend: the other two have one, so the next may go home.
      const snapshot = clusterOf({ a: {}, b: {}, dead: down });
      const keyHash = hashWhere((hash) => orderOf(snapshot.primary, hash)[0] === "a");
      expect(said(decide(snapshot, { keyHash }, { boundedLoad: 1.25, open: { 0: 1, 2: 8 } }))).to.contain(
        "a rank 0 home",
      );
      expect(said(decide(snapshot, { keyHash }, { boundedLoad: 1.25, open: { 0: 2, 2: 8 } }))).to.contain("overflow");
    });
  });

  describe("when nothing is left", () => {
    it("says that there are no backends", () => {
      expect(said(decide(clusterOf({}), { keyHash: 1 }))).to.equal("refused no-backends");
      const leaving = clusterOf({ a: { lifecycle: "draining", of: { weight: 0 } } });
      expect(said(decide(leaving, { keyHash: 1 }))).to.equal("refused no-backends");
    });

    it("says that none is eligible, and why", () => {
      const snapshot = clusterOf({ a: down, b: full, c: { lifecycle: "draining" } });
      const outcome = decide(snapshot, { keyHash: hashFor(snapshot, "a", "b", "c") }, { open: { 1: 1 } });
      expect(said(outcome)).to.equal("refused none-eligible");
      expect(outcome.skips).to.deep.equal(["a down", "b full", "c draining"]);
    });
  });

  describe("ON_DOWN and the queue", () => {
    const home = (changes: Changes) => {
      const snapshot = clusterOf({ a: changes, b: {} });
      return { snapshot, keyHash: hashFor(snapshot, "a") };
    };
    const table: readonly (readonly [string, Changes, ChoosePolicy["onDown"], boolean, string])[] = [
      ["down", down, "rehash", true, "b rank 1 failover, home a"],
      ["down", down, "reject", true, "refused home-down"],
      ["down", down, "wait", false, "wait a down"],
      ["ejected", { ejected: true }, "reject", false, "refused home-down"],
      ["ejected", { ejected: true }, "wait", false, "wait a down"],
      ["full", full, "rehash", true, "wait a full"],
      ["full", full, "rehash", false, "b rank 1 overflow, home a"],
      ["full", full, "reject", true, "wait a full"],
      ["full", full, "reject", false, "refused home-full"],
      ["full", full, "wait", true, "wait a full"],
      ["full", full, "wait", false, "refused home-full"],
      ["draining", { lifecycle: "draining" }, "reject", true, "b rank 1 failover, home a"],
      ["draining", { lifecycle: "draining" }, "wait", true, "b rank 1 failover, home a"],
    ];
    for (const [what, changes, onDown, mayQueue, expected] of table) {
      it(`home ${what}, ${onDown}, ${mayQueue ? "a queue" : "no queue"}: ${expected}`, () => {
        const { snapshot, keyHash } = home(changes);
        expect(said(decide(snapshot, { keyHash, mayQueue }, { onDown, open: { 0: 1 } }))).to.equal(expected);
      });
    }

    it("a home that was tried is down for those who may not move", () => {
      const { snapshot, keyHash } = home({});
      const tried = new Set(["a"]);
      expect(said(decide(snapshot, { keyHash, tried }, { onDown: "reject" }))).to.equal("refused home-down");
      expect(said(decide(snapshot, { keyHash, tried }, { onDown: "wait" }))).to.equal("refused home-down");
    });

    it("lets those above the bound or before a ramp move in any case", () => {
      for (const onDown of ["rehash", "reject", "wait"] as const) {
        const { snapshot, keyHash } = home({});
        const outcome = decide(snapshot, { keyHash }, { onDown, boundedLoad: 1.25, open: { 0: 2 } });
        expect(said(outcome)).to.equal("b rank 1 overflow, home a");
      }
    });
  });

  describe("backups", () => {
    it("are asked when no primary can take the client", () => {
      const snapshot = clusterOf({ a: down, b: down, s: backup });
      const outcome = decide(snapshot, { keyHash: hashFor(snapshot, "a", "b") });
      expect(said(outcome)).to.equal("s rank 0 backup, home a");
      expect(outcome.skips).to.deep.equal(["a down", "b down"]);
    });

    it("are left alone while one primary can", () => {
      const snapshot = clusterOf({ a: down, b: {}, s: backup });
      expect(said(decide(snapshot, { keyHash: hashFor(snapshot, "a") }))).to.equal("b rank 1 failover, home a");
    });

    it("have a next one too, when there is a queue as well", () => {
      const spare: Changes = { of: { backup: true, maxConnections: 1 } };
      const snapshot = clusterOf({ a: down, s: spare, t: spare });
      for (const mayQueue of [false, true]) {
        for (const [fullSlot, other] of [
          [1, "t"],
          [2, "s"],
        ] as const) {
          const outcome = decide(snapshot, { keyHash: 7, mayQueue }, { open: { [fullSlot]: 1 } });
          expect(said(outcome)).to.match(new RegExp(`^${other} rank \\d backup, home a$`));
        }
      }
    });

    it("are kept from clients that may not move", () => {
      const snapshot = clusterOf({ a: down, s: backup });
      expect(said(decide(snapshot, { keyHash: 7 }, { onDown: "reject" }))).to.equal("refused home-down");
    });

    it("are the whole cluster when there is nothing else", () => {
      const snapshot = clusterOf({ s: backup, t: backup });
      const keyHash = hashWhere((hash) => orderOf(snapshot.backup, hash)[0] === "t");
      expect(said(decide(snapshot, { keyHash }))).to.equal("t rank 0 home, home t");
    });

    it("refuse when all are out", () => {
      const snapshot = clusterOf({ a: down, s: { ...backup, ...down } });
      const outcome = decide(snapshot, { keyHash: 7 });
      expect(said(outcome)).to.equal("refused none-eligible");
      expect(outcome.skips).to.deep.equal(["a down", "s down"]);
    });
  });

  describe("panic", () => {
    it("ignores health, and says so of a backend that is out", () => {
      const snapshot = clusterOf({ a: down, b: {}, c: { ejected: true } }, { panic: true });
      expect(said(decide(snapshot, { keyHash: hashFor(snapshot, "a") }))).to.equal("a rank 0 panic, home a");
      expect(said(decide(snapshot, { keyHash: hashFor(snapshot, "b") }))).to.equal("b rank 0 home, home b");
      expect(said(decide(snapshot, { keyHash: hashFor(snapshot, "c") }))).to.equal("c rank 0 panic, home c");
    });

    it("still spares the draining, the full and the tried", () => {
      const snapshot = clusterOf({ a: { ...down, lifecycle: "draining" }, b: full, c: down }, { panic: true });
      const keyHash = hashFor(snapshot, "a", "b", "c");
      expect(said(decide(snapshot, { keyHash }, { open: { 1: 1 } }))).to.equal("c rank 2 panic, home a");
      const tried = new Set(["c"]);
      expect(said(decide(snapshot, { keyHash, tried }, { open: { 1: 1 } }))).to.equal("refused none-eligible");
    });
  });

  it("does not consider anybody after the choice", () => {
    const snapshot = clusterOf({ a: {}, b: down, c: {} });
    const { choice, skips } = decide(snapshot, { keyHash: hashFor(snapshot, "a", "b") });
    expect(choice).to.deep.include({ kind: "chosen", member: memberById(snapshot, "a") });
    expect(skips).to.deep.equal([]);
  });
});
