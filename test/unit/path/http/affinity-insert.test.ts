import { expect } from "chai";
import type { BackendId } from "../../../../src/model/backend.ts";
import type { AffinityOptions } from "../../../../src/path/http/options.ts";
import { AffinityRig, cookieSetIn, SECRET } from "../../../support/affinity-rig.ts";
import { type Changes, clusterOf } from "../../../support/clusters.ts";

const CLUSTER = clusterOf({ a: {}, b: {}, c: {} });

function rigOf(options: Partial<AffinityOptions> = {}, a: Changes = {}): AffinityRig {
  return new AffinityRig(clusterOf({ a, b: {}, c: {} }), options);
}

const setCookie = (value: string): string => `Set-Cookie: sid=${value}; Path=/; HttpOnly; SameSite=Lax`;
const PRIVATE = "Cache-Control: private";

describe("insert: the request", () => {
  it("without our cookie belongs nowhere, and goes on as it is", () => {
    const { binding, forwarded } = rigOf().ask(["Cookie: x=1", "Accept: */*"]);
    expect(binding).to.deep.include({ bound: undefined, received: "none", refused: false, usesPicker: true });
    expect(forwarded).to.deep.equal(["Cookie: x=1", "Accept: */*"]);
  });

  it("with it belongs to the backend it names, which does not see it", () => {
    const { binding, forwarded } = rigOf().ask(["Accept: */*", "Cookie: x=1; sid=b; y=2", "X: z"]);
    expect(binding).to.deep.include({ bound: "b", received: "valid", refused: false });
    expect(forwarded).to.deep.equal(["Accept: */*", "Cookie: x=1; y=2", "X: z"]);
  });

  const lines: readonly (readonly [string, readonly string[], readonly string[]])[] = [
    ["the only pair", ["Cookie: sid=a"], []],
    ["the only pair, with blanks", ["Cookie:  sid = a "], []],
    ["the first pair", ["Cookie: sid=a; x=1"], ["Cookie: x=1"]],
    ["the last pair", ["Cookie: x=1; sid=a"], ["Cookie: x=1"]],
    ["all pairs", ["Cookie: sid=a; sid=b;sid="], []],
    ["pairs of several lines", ["Cookie: sid=a; x=1", "Cookie: y=2", "Cookie: sid=b"], ["Cookie: x=1", "Cookie: y=2"]],
    [
      "nothing but our name",
      ["Cookie: Sid=a; xsid=b; sidx=c; sid; x=sid=d"],
      ["Cookie: Sid=a; xsid=b; sidx=c; sid; x=sid=d"],
    ],
  ];
  for (const [what, given, expected] of lines) {
    it(`loses ${what}`, () => expect(rigOf().ask(given).forwarded).to.deep.equal(expected));
    it(`keeps ${what} with COOKIE_HIDE=false`, () => {
      expect(rigOf({ hide: false }).ask(given).forwarded).to.deep.equal(given);
    });
  }

  const down: Changes = { health: "unhealthy" };
  const several: readonly (readonly [string, readonly string[], Changes, BackendId | undefined, string])[] = [
    ["the first wins", ["Cookie: sid=b; sid=c"], {}, "b", "valid"],
    ["a bad one before it does no harm", ["Cookie: sid=gone; sid=; sid=b"], {}, "b", "valid"],
    ["a bad one behind it does no harm", ["Cookie: sid=b; sid=gone"], {}, "b", "valid"],
    ["the next line counts too", ["Cookie: sid=gone", "Cookie: x=1; sid=b"], {}, "b", "valid"],
    ["one for a usable backend wins over one for a dead one", ["Cookie: sid=a; sid=b"], down, "b", "valid"],
    ["… in any order", ["Cookie: sid=b; sid=a"], down, "b", "valid"],
    ["one for a dead backend wins over none", ["Cookie: sid=gone; sid=a"], down, "a", "valid"],
    ["unknown tells more than malformed", ["Cookie: sid=; sid=gone"], {}, undefined, "unknown"],
  ];
  for (const [what, given, a, bound, received] of several) {
    it(`several pairs: ${what}`, () => {
      expect(rigOf({}, a).ask(given).binding).to.deep.include({ bound, received });
    });
  }

  it("several pairs: one for a draining backend is usable with DRAIN_COOKIES only", () => {
    const draining: Changes = { lifecycle: "draining" };
    const both = ["Cookie: sid=a; sid=b"];
    expect(rigOf({}, draining).ask(both).binding.bound).to.equal("a");
    expect(rigOf({ drainCookies: false }, draining).ask(both).binding.bound).to.equal("b");
  });

  const bad: readonly (readonly [string, string, string])[] = [
    ["empty", "", "invalid"],
    ["malformed", 'x"y', "invalid"],
    ["of nobody", "gone", "unknown"],
  ];
  for (const [what, value, received] of bad) {
    it(`a cookie that is ${what} is as none, counted apart`, () => {
      const { binding, forwarded } = rigOf().ask([`Cookie: sid=${value}`]);
      expect(binding).to.deep.include({ bound: undefined, received, refused: false });
      expect(forwarded).to.deep.equal([]);
    });
    it(`a cookie that is ${what} is refused with COOKIE_INVALID=reject`, () => {
      expect(rigOf({ invalid: "reject" }).ask([`Cookie: sid=${value}`]).binding.refused).to.equal(true);
    });
  }

  it("is not refused for a bad pair beside a good one, nor without any", () => {
    const rig = rigOf({ invalid: "reject" });
    expect(rig.ask(["Cookie: sid=gone; sid=a"]).binding.refused).to.equal(false);
    expect(rig.ask([]).binding.refused).to.equal(false);
    expect(rig.ask(["Cookie: x=1"]).binding.refused).to.equal(false);
  });

  it("that is refused gets the bad cookie removed, so an honest browser starts anew", () => {
    const removal = rigOf({ invalid: "reject" }).affinity.removal(false);
    expect(removal).to.match(/^sid=; Path=\/; Max-Age=0; Expires=Thu, 01 Jan 1970/);
    expect(new AffinityRig(CLUSTER, { mode: "route" }).affinity.removal(false)).to.equal(undefined);
  });

  it("without cookie has another hash each time, so slow start admits sessions and not addresses", () => {
    const rig = rigOf();
    const hashes = new Set(Array.from({ length: 50 }, () => rig.ask([]).binding.keyHash));
    expect(hashes.size).to.equal(50);
    for (const hash of hashes) expect(hash).to.be.within(0, 2 ** 32 - 1);
  });

  it("without cookie is hashed by its address with NEW_SESSION=hash", () => {
    const rig = rigOf({ newSession: "hash" });
    const [one, again, other] = ["10.0.0.1", "10.0.0.1", "10.0.0.2"].map((client) => rig.ask([], { client }).binding);
    expect(one?.usesPicker).to.equal(false);
    expect(one?.keyHash).to.equal(again?.keyHash);
    expect(one?.keyHash).to.not.equal(other?.keyHash);
  });
});

describe("insert: the answer", () => {
  it("sets the cookie for a new session, once and private", () => {
    const rig = rigOf();
    const { backend, out, lines, reason } = rig.visit([]);
    expect(reason).to.equal("new-session");
    expect(out).to.equal("inserted");
    expect(lines).to.deep.equal([setCookie(backend), PRIVATE]);
  });

  it("sets nothing while the client stays", () => {
    const { backend, out, lines, reason } = rigOf().visit(["Cookie: sid=b"], {}, ["X: y"]);
    expect({ backend, out, lines, reason }).to.deep.equal({
      backend: "b",
      out: "none",
      lines: ["X: y"],
      reason: "sticky",
    });
  });

  it("sets a new cookie for a bad one", () => {
    const { out, backend, lines } = rigOf().visit(["Cookie: sid=gone"]);
    expect(out).to.equal("inserted");
    expect(lines).to.include(setCookie(backend));
  });

  it("sets the cookie of the backend that answered, not of the one chosen first", () => {
    const rig = rigOf();
    const { binding } = rig.ask([]);
    rig.place(binding);
    expect(rig.answer(binding, "c").lines).to.include(setCookie("c"));
  });

  it("says Secure when the client speaks https", () => {
    const rig = rigOf();
    const { lines } = rig.answer(rig.ask([]).binding, "a", [], { https: true });
    expect(lines[0]).to.equal("Set-Cookie: sid=a; Path=/; Secure; HttpOnly; SameSite=Lax");
  });

  it("sets the cookie on 101 too, where nobody caches", () => {
    const rig = rigOf();
    const { out, lines } = rig.answer(rig.ask([]).binding, "a", ["Connection: upgrade", "Upgrade: x"], { status: 101 });
    expect(out).to.equal("inserted");
    expect(lines).to.include(setCookie("a"));
    expect(lines.join()).to.not.contain("Cache-Control");
  });

  it("leaves Cache-Control alone without COOKIE_NOCACHE, and where no cookie is set", () => {
    expect(rigOf({ noCache: false }).visit([]).lines).to.have.lengthOf(1);
    expect(rigOf().visit(["Cookie: sid=a"]).lines).to.deep.equal([]);
  });

  it("drops a cookie of our name that the backend sets, bound or not", () => {
    const own = ["Set-Cookie: sid=evil; Path=/", "Set-Cookie: other=1", "Set-Cookie: sid=; Max-Age=0"];
    expect(rigOf().visit(["Cookie: sid=a"], {}, own)).to.deep.include({
      out: "deleted",
      lines: ["Set-Cookie: other=1"],
    });
    const fresh = rigOf().visit([], {}, own);
    expect(fresh.out).to.equal("inserted");
    expect(fresh.lines).to.deep.equal(["Set-Cookie: other=1", setCookie(fresh.backend), PRIVATE]);
  });

  it("leaves it alone with COOKIE_PRESERVE, and then sets none", () => {
    const own = ["Set-Cookie: sid=; Max-Age=0", "Set-Cookie: other=1"];
    for (const cookie of [[], ["Cookie: sid=gone"], ["Cookie: sid=a"]]) {
      expect(rigOf({ preserve: true }).visit(cookie, {}, own)).to.deep.include({ out: "provided", lines: own });
    }
    expect(rigOf({ preserve: true }).visit([], {}, ["Set-Cookie: sidx=1"]).out).to.equal("inserted");
  });

  it("takes the cookie away when the backend has no token", () => {
    const rig = new AffinityRig(clusterOf({ "a;b": {} }));
    const stale = rig.visit(["Cookie: sid=gone"]);
    expect(stale.out).to.equal("deleted");
    expect(stale.lines[0]).to.match(/^Set-Cookie: sid=; Path=\/; Max-Age=0/);
    expect(rig.visit([])).to.deep.include({ out: "none", lines: [] });
  });
});

describe("insert: tokens", () => {
  const OLD = Buffer.alloc(32, "o");

  it("are opaque, and name their backend again", () => {
    const rig = rigOf({ value: "opaque" });
    const { lines, backend } = rig.visit([]);
    const cookie = cookieSetIn(lines) ?? "";
    expect(cookie).to.match(/^sid=[\w-]{20,}$/);
    expect(rig.visit([`Cookie: ${cookie}`])).to.deep.include({ backend, out: "none", received: "valid" });
  });

  it("of an old secret are valid, and written anew", () => {
    const before = new AffinityRig(CLUSTER, { value: "opaque" }, [OLD]).visit([]);
    const rig = new AffinityRig(CLUSTER, { value: "opaque" }, [SECRET, OLD]);
    const after = rig.visit([`Cookie: ${cookieSetIn(before.lines)}`]);
    expect(after).to.deep.include({ backend: before.backend, received: "valid", out: "updated" });
    expect(rig.visit([`Cookie: ${cookieSetIn(after.lines)}`]).out).to.equal("none");
  });

  it("follow a reload of the secrets", () => {
    const rig = new AffinityRig(CLUSTER, { value: "opaque" }, [OLD]);
    const cookie = `Cookie: ${cookieSetIn(rig.visit([]).lines)}`;
    rig.affinity.configure([SECRET, OLD]);
    expect(rig.visit([cookie])).to.deep.include({ received: "valid", out: "updated" });
    rig.affinity.configure([SECRET]);
    expect(rig.visit([cookie])).to.deep.include({ received: "unknown", out: "inserted" });
  });

  it("follow the list of backends", () => {
    const rig = new AffinityRig(clusterOf({ a: {} }), { value: "opaque" });
    const cookie = `Cookie: ${cookieSetIn(rig.visit([]).lines)}`;
    rig.publisher.publish(clusterOf({ b: {}, a: {} }, { version: 2 }));
    expect(rig.visit([cookie])).to.deep.include({ backend: "a", received: "valid" });
    rig.publisher.publish(clusterOf({ b: {} }, { version: 3 }));
    expect(rig.visit([cookie])).to.deep.include({ backend: "b", received: "unknown", out: "inserted" });
    rig.publisher.publish(clusterOf({ a: {}, b: {} }, { version: 4 }));
    expect(rig.visit([cookie])).to.deep.include({ backend: "a", received: "valid" });
  });

  const HOUR = 3_600_000;
  for (const value of ["opaque", "id"] as const) {
    it(`with dates are refreshed now and then, expire and grow old (${value})`, () => {
      const rig = rigOf({ value, idleMs: HOUR, lifeMs: 3 * HOUR });
      const first = rig.visit([]);
      let cookie = `Cookie: ${cookieSetIn(first.lines)}`;
      rig.clock.advance(1000);
      expect(rig.visit([cookie])).to.deep.include({ backend: first.backend, out: "none" });
      for (let i = 0; i < 5; i++) {
        rig.clock.advance(HOUR / 2);
        const next = rig.visit([cookie]);
        expect(next, `after ${i + 1} half hours`).to.deep.include({ backend: first.backend, out: "updated" });
        expect(next.lines).to.include(PRIVATE);
        cookie = `Cookie: ${cookieSetIn(next.lines)}`;
      }
      rig.clock.advance(HOUR / 2 + 60_000);
      expect(rig.visit([cookie])).to.deep.include({ received: "old", out: "inserted" });
      const idle = `Cookie: ${cookieSetIn(rig.visit([]).lines)}`;
      rig.clock.advance(2 * HOUR);
      expect(rig.visit([idle])).to.deep.include({ received: "expired", out: "inserted" });
    });
  }

  it("that are expired are refused with COOKIE_INVALID=reject", () => {
    const rig = rigOf({ idleMs: HOUR, invalid: "reject" });
    const cookie = `Cookie: ${cookieSetIn(rig.visit([]).lines)}`;
    expect(rig.ask([cookie]).binding.refused).to.equal(false);
    rig.clock.advance(2 * HOUR);
    expect(rig.ask([cookie]).binding).to.deep.include({ refused: true, received: "expired" });
  });
});
