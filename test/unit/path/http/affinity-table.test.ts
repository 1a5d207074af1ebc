import { expect } from "chai";
import type { ClusterSnapshot } from "../../../../src/model/snapshot.ts";
import { AffinityRig, type PlaceOptions } from "../../../support/affinity-rig.ts";
import { type Changes, clusterOf } from "../../../support/clusters.ts";

const COOKIE = ["Cookie: sid=a"];

const clusterWith = (a: Changes, version = 1): ClusterSnapshot => clusterOf({ a, b: {}, c: {} }, { version });

interface Row {
  readonly says: string;
  readonly received: string;
  /** What the answer of the chosen backend did with the cookie. */
  readonly out: string | undefined;
}

/** What becomes of a request whose cookie names `a`, and of its cookie. */
function rowOf(rig: AffinityRig, ...places: readonly PlaceOptions[]): Row {
  const { binding } = rig.ask(COOKIE);
  const choices = places.map((place) => rig.place(binding, place));
  const last = choices.at(-1);
  if (last?.kind === "chosen") {
    const { id } = last.member.backend;
    const says = `${id === "a" ? "a" : "other"} ${last.reason}, home ${last.home}`;
    return { says, received: binding.received, out: rig.answer(binding, id).out };
  }
  const says = last?.kind === "wait" ? `wait ${last.for.backend.id} ${last.because}` : `refused ${last?.because}`;
  return { says, received: binding.received, out: undefined };
}

const stays = { says: "a sticky, home a", received: "valid", out: "none" };
const movesDown = { says: "other failover, home a", received: "down", out: "inserted" };
const movesFull = { says: "other overflow, home a", received: "unused", out: "inserted" };
const refusedDown = { says: "refused home-down", received: "down", out: undefined };

describe("the cookie names a backend that is …", () => {
  const tried = new Set(["a"]);
  const draining: Changes = { lifecycle: "draining" };
  const down: Changes = { health: "unhealthy" };
  const full: Changes = { of: { maxConnections: 1 } };
  const busy = { 0: 1 };
  const rows: readonly (readonly [string, Changes, boolean, readonly PlaceOptions[], Row])[] = [
    ["up", {}, true, [{}], stays],
    ["draining", draining, true, [{}], stays],
    ["draining, without DRAIN_COOKIES", draining, false, [{}], movesDown],
    ["down, rehash", down, true, [{}], movesDown],
    ["down, reject", down, true, [{ onDown: "reject" }], refusedDown],
    ["down, wait", down, true, [{ onDown: "wait" }], { says: "wait a down", received: "valid", out: undefined }],
    ["up, but connecting fails: retried there", {}, true, [{}, {}], stays],
    ["up, but connecting fails: then another", {}, true, [{}, {}, { tried }], movesDown],
    ["up, but connecting fails: reject", {}, true, [{}, { tried, onDown: "reject" }], refusedDown],
    [
      "full, with a queue",
      full,
      true,
      [{ open: busy, mayQueue: true }],
      { says: "wait a full", received: "valid", out: undefined },
    ],
    ["full, waited for in vain", full, true, [{ open: busy, mayQueue: true }, { open: busy }], movesFull],
    ["full, waited for with success", full, true, [{ open: busy, mayQueue: true }, {}], stays],
    ["over the bounded load", {}, true, [{ open: { 0: 3 }, boundedLoad: 1.25 }], movesFull],
  ];
  for (const [what, a, drainCookies, places, expected] of rows) {
    it(`${what}: ${expected.says}`, () => {
      const rig = new AffinityRig(clusterWith(a), { drainCookies });
      expect(rowOf(rig, ...places)).to.deep.equal(expected);
    });
  }

  it("down, wait: it comes back in time", () => {
    const rig = new AffinityRig(clusterWith(down));
    const { binding } = rig.ask(COOKIE);
    expect(rig.place(binding, { onDown: "wait" }).kind).to.equal("wait");
    rig.publisher.publish(clusterWith({}, 2));
    expect(rig.place(binding, { onDown: "wait" })).to.deep.include({ kind: "chosen", reason: "sticky" });
    expect(binding.received).to.equal("valid");
    expect(rig.answer(binding, "a").out).to.equal("none");
  });

  it("tried in vain, then chosen again after all: the cookie counted", () => {
    const rig = new AffinityRig(clusterWith({}));
    expect(rowOf(rig, {}, { tried }, {})).to.deep.equal(stays);
  });

  it("back after its clients moved: they stay", () => {
    const rig = new AffinityRig(clusterWith(down));
    const moved = rig.visit(COOKIE);
    rig.publisher.publish(clusterWith({}, 2));
    const after = rig.visit([`Cookie: sid=${moved.backend}`]);
    expect(after).to.deep.include({ backend: moved.backend, reason: "sticky", out: "none" });
    expect(after.backend).to.not.equal("a");
  });

  it("up while the list has none but it: draining ones are no place for new sessions", () => {
    const rig = new AffinityRig(clusterOf({ a: draining }));
    expect(rig.visit(COOKIE)).to.deep.include({ backend: "a", reason: "sticky" });
    expect(rig.place(rig.ask([]).binding)).to.deep.equal({ kind: "refused", because: "none-eligible" });
  });
});
