import { expect } from "chai";
import type { ClusterSnapshot } from "../../../src/model/snapshot.ts";
import { type ChoosePolicy, type ChooseRequest, choose } from "../../../src/path/choose.ts";
import type { NewSessionPicker } from "../../../src/path/new-session.ts";
import { clusterOf, hashFor, loadOf } from "../../support/clusters.ts";

const firstOf: NewSessionPicker = {
  pick: (candidates) => {
    const [first] = candidates;
    if (first === undefined) throw new Error("nobody to pick from");
    return first;
  },
};

/** Where a request goes and why: `b hint`, `wait b`. */
function decide(
  snapshot: ClusterSnapshot,
  request: Partial<ChooseRequest>,
  open: Readonly<Record<number, number>> = {},
  policy: Partial<ChoosePolicy> = {},
): string {
  const choice = choose(
    snapshot,
    { keyHash: 1, picker: firstOf, mayQueue: false, nowMs: 500, ...request },
    { boundedLoad: 0, onDown: "rehash", ...policy },
    loadOf(open),
  );
  if (choice.kind === "chosen") return `${choice.member.backend.id} ${choice.reason}`;
  return choice.kind === "wait" ? `wait ${choice.for.backend.id}` : choice.because;
}

describe("choose: a new session, closer", () => {
  it("waits for a backend that is full, never for one before it that is down", () => {
    const snapshot = clusterOf({ a: { health: "unhealthy" }, b: { of: { maxConnections: 1 } } });
    for (const order of [
      ["a", "b"],
      ["b", "a"],
    ]) {
      const keyHash = hashFor(snapshot, ...order);
      expect(decide(snapshot, { keyHash, mayQueue: true }, { 1: 1 }), order.join()).to.equal("wait b");
    }
  });

  it("stays sticky where a bound request has to stay, although its backend is over the bound", () => {
    const snapshot = clusterOf({ a: { rampFromMs: 499, rampUntilMs: 100_000 }, b: {} });
    const bound = { bound: "b", picker: undefined, keyHash: hashFor(snapshot, "b", "a") };
    expect(decide(snapshot, bound, { 0: 0, 1: 1 }, { boundedLoad: 1 })).to.equal("b sticky");
  });

  it("takes any place that is free first, unless some would be of no use to it: those behind it must not wait for it", () => {
    const snapshot = clusterOf({ a: { of: { maxConnections: 1 } }, b: {} });
    const full = loadOf({ 0: 1 });
    const policy: ChoosePolicy = { boundedLoad: 0, onDown: "rehash" };
    const request: ChooseRequest = { keyHash: 1, picker: firstOf, mayQueue: true, nowMs: 500 };
    const tried = new Set(["b"]);
    expect(choose(snapshot, { ...request, tried }, policy, full)).to.include({ kind: "wait", anyWillDo: false });
    const allFull = clusterOf({ a: { of: { maxConnections: 1 } } });
    expect(choose(allFull, request, policy, full)).to.include({ kind: "wait", anyWillDo: true });
  });

  it("says panic only of a backend that counts as down", () => {
    const backends = { a: {}, b: { health: "unhealthy" } } as const;
    const panic = clusterOf(backends, { panic: true });
    expect(decide(panic, {})).to.equal("a new-session");
    expect(decide(panic, { hinted: "a" })).to.equal("a hint");
    expect(decide(panic, { hinted: "b" })).to.equal("b panic");
    expect(decide(panic, { bound: "a" })).to.equal("a sticky");
    expect(decide(panic, { bound: "b" })).to.equal("b panic");
    expect(decide(clusterOf(backends), { hinted: "b" })).to.equal("a new-session");
  });

  it("follows a hint within the bounded load of its backend's own tier, and not beyond", () => {
    const snapshot = clusterOf({ a: {}, b: {} });
    const bounded = { boundedLoad: 1.25 };
    expect(decide(snapshot, { hinted: "b" }, { 0: 1, 1: 1 }, bounded)).to.equal("b hint");
    expect(decide(snapshot, { hinted: "b" }, { 0: 0, 1: 3 }, bounded)).to.equal("a new-session");
  });

  it("bounds those who are bound, too, with a backend in slow start counted among those that share the load", () => {
    // One place for each of them at two, two for each at three; alone `b` would have three.
    const ramping = clusterOf({ a: { rampFromMs: 499, rampUntilMs: 100_000 }, b: {} });
    const bounded = { boundedLoad: 1 };
    expect(decide(ramping, { bound: "b" }, { 0: 1, 1: 1 }, bounded)).to.equal("b sticky");
    expect(decide(ramping, { bound: "b" }, { 0: 0, 1: 2 }, bounded)).to.equal("a overflow");
  });
});
