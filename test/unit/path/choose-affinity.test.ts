import { expect } from "chai";
import type { Choice, Skip } from "../../../src/model/choice.ts";
import type { ClusterSnapshot } from "../../../src/model/snapshot.ts";
import { type ChooseRequest, choose } from "../../../src/path/choose.ts";
import { isAdmitted } from "../../../src/path/eligibility.ts";
import type { LoadView } from "../../../src/path/ledger.ts";
import { type Changes, clusterOf, hashFor, hashWhere, loadOf, memberById, orderOf } from "../../support/clusters.ts";

function decide(
  snapshot: ClusterSnapshot,
  request: Partial<ChooseRequest> & { readonly keyHash: number },
  open: Readonly<Record<number, number>> = {},
  boundedLoad = 0,
): { readonly said: string; readonly skips: readonly string[] } {
  const skips: Skip[] = [];
  const choice: Choice = choose(
    snapshot,
    { mayQueue: false, nowMs: 500, ...request },
    { boundedLoad, onDown: "rehash" },
    loadOf(open),
    (skip) => skips.push(skip),
  );
  const said =
    choice.kind === "chosen"
      ? `${choice.member.backend.id} rank ${choice.rank} ${choice.reason}, home ${choice.home}`
      : choice.kind;
  return { said, skips: skips.map(({ id, because }) => `${id} ${because}`) };
}

describe("choose: pins", () => {
  it("keep the client where it is, even if home could take it again", () => {
    const snapshot = clusterOf({ a: {}, b: {}, c: {} });
    const keyHash = hashFor(snapshot, "a", "b", "c");
    expect(decide(snapshot, { keyHash, pinned: "c" }).said).to.equal("c rank 2 pinned, home a");
  });

  const useless: readonly (readonly [string, Changes, Readonly<Record<number, number>>, number])[] = [
    ["down", { health: "unhealthy" }, {}, 0],
    ["ejected", { ejected: true }, {}, 0],
    ["draining", { lifecycle: "draining" }, {}, 0],
    ["full", { of: { maxConnections: 2 } }, { 2: 2 }, 0],
    ["over its bound", {}, { 2: 2 }, 1.25],
  ];
  for (const [what, changes, open, boundedLoad] of useless) {
    it(`do not hold on to a backend that is ${what}`, () => {
      const snapshot = clusterOf({ a: {}, b: {}, c: changes });
      const keyHash = hashFor(snapshot, "a", "b", "c");
      expect(decide(snapshot, { keyHash, pinned: "c" }, open, boundedLoad).said).to.equal("a rank 0 home, home a");
    });
  }

  it("do not hold on to a backend that was tried or has left", () => {
    const snapshot = clusterOf({ a: {}, b: {} });
    const keyHash = hashFor(snapshot, "a");
    expect(decide(snapshot, { keyHash, pinned: "b", tried: new Set(["b"]) }).said).to.contain("a rank 0 home");
    expect(decide(snapshot, { keyHash, pinned: "gone" }).said).to.contain("a rank 0 home");
  });

  it("hold during the backend's slow start: the client is there already", () => {
    const snapshot = clusterOf({ a: {}, b: { rampFromMs: 499, rampUntilMs: 100_000 } });
    const keyHash = hashFor(snapshot, "a");
    expect(decide(snapshot, { keyHash, pinned: "b" }).said).to.equal("b rank 1 pinned, home a");
  });

  it("say panic when the pinned backend is taken in spite of its health", () => {
    const snapshot = clusterOf({ a: {}, b: { health: "unhealthy" } }, { panic: true });
    const keyHash = hashFor(snapshot, "a");
    expect(decide(snapshot, { keyHash, pinned: "b" }).said).to.equal("b rank 1 panic, home a");
  });
});

describe("choose: slow start", () => {
  const ramp: Changes = { rampFromMs: 0, rampUntilMs: 1000 };

  it("keeps some clients at their fallback and lets the others home, more and more", () => {
    const snapshot = clusterOf({ a: ramp, b: {} });
    const a = memberById(snapshot, "a");
    const isHomeA = (hash: number) => orderOf(snapshot.primary, hash)[0] === "a";
    const late = hashWhere((hash) => isHomeA(hash) && !isAdmitted(a, hash, 500));
    const early = hashWhere((hash) => isHomeA(hash) && isAdmitted(a, hash, 500));
    expect(decide(snapshot, { keyHash: early }).said).to.equal("a rank 0 home, home a");
    expect(decide(snapshot, { keyHash: late })).to.deep.equal({
      said: "b rank 1 ramping, home a",
      skips: ["a ramping"],
    });
    expect(decide(snapshot, { keyHash: late, nowMs: 1000 }).said).to.equal("a rank 0 home, home a");
  });

  it("does not send a client from a fallback to a backend that ramps", () => {
    const snapshot = clusterOf({ a: { health: "unhealthy" }, b: ramp, c: {} });
    const b = memberById(snapshot, "b");
    const keyHash = hashWhere(
      (hash) => orderOf(snapshot.primary, hash).join("") === "abc" && !isAdmitted(b, hash, 500),
    );
    expect(decide(snapshot, { keyHash })).to.deep.equal({
      said: "c rank 2 failover, home a",
      skips: ["a down", "b ramping"],
    });
  });

  it("takes a cold backend rather than none, at home when home is one of them", () => {
    const cold: Changes = { rampFromMs: 500, rampUntilMs: 1000 };
    const both = clusterOf({ a: cold, b: cold });
    expect(decide(both, { keyHash: hashFor(both, "b") })).to.deep.equal({
      said: "b rank 0 home, home b",
      skips: ["b ramping", "a ramping"],
    });
    const one = clusterOf({ a: { health: "unhealthy" }, b: cold });
    expect(decide(one, { keyHash: hashFor(one, "a") }).said).to.equal("b rank 1 failover, home a");
  });

  it("keeps the bound among cold backends", () => {
    const cold: Changes = { rampFromMs: 500, rampUntilMs: 1000 };
    const snapshot = clusterOf({ a: cold, b: cold });
    const keyHash = hashFor(snapshot, "a");
    expect(decide(snapshot, { keyHash }, { 0: 1 }, 1.25).said).to.equal("a rank 0 home, home a");
    expect(decide(snapshot, { keyHash }, { 0: 2 }, 1.25).said).to.equal("b rank 1 ramping, home a");
  });
});

describe("choose: a heavy address spread over its first backends", () => {
  const snapshot = clusterOf({ a: {}, b: {}, c: {}, d: {} });
  const keyHash = hashFor(snapshot, "a", "b", "c", "d");

  it("goes to each of its first k, and to no other", () => {
    const said = [0, 1, 2].map((start) => decide(snapshot, { keyHash, split: { over: 3, start } }).said);
    expect(said).to.deep.equal(["a rank 0 home, home a", "b rank 1 nat-split, home a", "c rank 2 nat-split, home a"]);
  });

  it("obeys ON_DOWN and the queue at the backend where its part begins", () => {
    const down = clusterOf({ a: {}, b: { health: "unhealthy" }, c: {}, d: {} });
    const request = { keyHash, split: { over: 3, start: 1 }, mayQueue: true, nowMs: 0 };
    const idle: LoadView = { open: () => 0 };
    const ask = (cluster: typeof down, onDown: "reject" | "wait", load = idle) =>
      choose(cluster, request, { boundedLoad: 0, onDown }, load);
    expect(ask(down, "reject")).to.deep.equal({ kind: "refused", because: "home-down" });
    expect(ask(down, "wait")).to.deep.include({ kind: "wait", because: "down" });
    const full = clusterOf({ a: {}, b: { of: { maxConnections: 1 } }, c: {}, d: {} });
    expect(ask(full, "reject", { open: (slot: number) => (slot === 1 ? 1 : 0) })).to.deep.include({
      kind: "wait",
      because: "full",
    });
  });

  it("goes round its first k before it leaves them", () => {
    const down: Changes = { health: "unhealthy" };
    const without = (ids: readonly string[]) =>
      clusterOf(Object.fromEntries(["a", "b", "c", "d"].map((id) => [id, ids.includes(id) ? down : {}])));
    const at = (ids: readonly string[]) => decide(without(ids), { keyHash, split: { over: 3, start: 1 } });
    expect(at(["b"])).to.deep.equal({ said: "c rank 2 failover, home a", skips: ["b down"] });
    expect(at(["b", "c"])).to.deep.equal({ said: "a rank 0 failover, home a", skips: ["b down", "c down"] });
    expect(at(["a", "b", "c"])).to.deep.equal({
      said: "d rank 3 failover, home a",
      skips: ["b down", "c down", "a down"],
    });
  });

  it("says why it left home when home was its part", () => {
    const broken = clusterOf({ a: { health: "unhealthy" }, b: {}, c: {}, d: {} });
    expect(decide(broken, { keyHash, split: { over: 2, start: 0 } }).said).to.equal("b rank 1 failover, home a");
  });

  it("makes do with fewer backends than it may have", () => {
    const two = clusterOf({ a: {}, b: {} });
    const key = hashFor(two, "a", "b");
    const said = [0, 1, 2, 3].map((start) => decide(two, { keyHash: key, split: { over: 4, start } }).said);
    expect(said).to.deep.equal([
      "a rank 0 home, home a",
      "b rank 1 nat-split, home a",
      "a rank 0 home, home a",
      "b rank 1 nat-split, home a",
    ]);
  });
});
