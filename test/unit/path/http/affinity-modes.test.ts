import { expect } from "chai";
import type { AffinityOptions, CookieMode } from "../../../../src/path/http/options.ts";
import { AffinityRig, type AskOptions } from "../../../support/affinity-rig.ts";
import { type Changes, clusterOf } from "../../../support/clusters.ts";

const down: Changes = { health: "unhealthy" };

function rigOf(mode: CookieMode, options: Partial<AffinityOptions> = {}, a: Changes = {}): AffinityRig {
  return new AffinityRig(clusterOf({ a, b: {}, c: {}, d: {} }), { mode, ...options });
}

/** The backends that 40 requests with these lines go to. */
function backendsOf(rig: AffinityRig, lines: readonly string[], options: AskOptions = {}): readonly string[] {
  return [...new Set(Array.from({ length: 40 }, () => rig.visit(lines, options).backend))];
}

/** How many backends 40 values are spread over. */
function spread(visit: (value: string) => string): number {
  return new Set(Array.from({ length: 40 }, (_, i) => visit(`v${i}`))).size;
}

describe("passive", () => {
  it("hashes the application's cookie, whoever brings it, and shows it to the backend", () => {
    const rig = rigOf("passive");
    const [backend, ...others] = backendsOf(rig, ["Cookie: x=1; sid=abc"]);
    expect(others).to.deep.equal([]);
    const elsewhere = rig.visit(["Cookie: sid=abc"], { client: "10.9.8.7" });
    expect(elsewhere).to.deep.include({ backend, received: "valid", reason: "home", out: "none" });
    expect(elsewhere.forwarded).to.deep.equal(["Cookie: sid=abc"]);
    expect(spread((value) => rig.visit([`Cookie: sid=${value}`]).backend)).to.equal(4);
  });

  it("picks for a request without it, or with an empty one", () => {
    const rig = rigOf("passive");
    for (const lines of [[], ["Cookie: sid="], ["Cookie: x=1"]]) {
      expect(rig.visit(lines)).to.deep.include({ received: "none", reason: "new-session", out: "none" });
    }
    expect(rig.visit(["Cookie: sid=; sid=abc"]).received).to.equal("valid");
  });

  it("sets nothing, and says when the application does", () => {
    const own = ["Set-Cookie: sid=abc; Path=/"];
    expect(rigOf("passive").visit([], {}, own)).to.deep.include({ out: "provided", lines: own });
  });

  it("takes a value of any length", () => {
    const rig = rigOf("passive");
    const long = "v".repeat(5000);
    expect(spread((value) => rig.visit([`Cookie: sid=${long}${value}`]).backend)).to.equal(4);
  });
});

describe("off", () => {
  it("hashes the address", () => {
    const rig = rigOf("off");
    expect(backendsOf(rig, ["Cookie: sid=b"])).to.have.lengthOf(1);
    expect(
      new Set(Array.from({ length: 40 }, (_, i) => rig.visit([], { client: `10.0.0.${i}` }).backend)).size,
    ).to.equal(4);
    expect(rig.visit(["Cookie: sid=b"])).to.deep.include({
      received: "off",
      out: "off",
      reason: "home",
      lines: [],
      forwarded: ["Cookie: sid=b"],
    });
  });

  const sources: readonly (readonly [
    string,
    AffinityOptions["hashKey"],
    (value: string) => readonly [string[], AskOptions],
  ])[] = [
    ["a header", { kind: "header", name: "X-User" }, (value) => [[`x-user: ${value}`], {}]],
    ["a cookie", { kind: "cookie", name: "user" }, (value) => [[`Cookie: a=b; user=${value}`], {}]],
    ["the query", { kind: "query", name: "user" }, (value) => [[], { target: `/x?a=b&user=${value}&c` }]],
  ];
  for (const [what, hashKey, request] of sources) {
    it(`hashes ${what} that HASH_KEY names, and the address without it`, () => {
      const rig = rigOf("off", { hashKey });
      const visit = (value: string, client: string): string => {
        const [lines, options] = request(value);
        return rig.visit(lines, { ...options, client }).backend;
      };
      expect(spread((value) => visit(value, "10.0.0.1"))).to.equal(4);
      expect(new Set(Array.from({ length: 40 }, (_, i) => visit("same", `10.0.0.${i}`))).size).to.equal(1);
      expect(new Set(Array.from({ length: 40 }, (_, i) => visit("", `10.0.0.${i}`))).size).to.equal(4);
    });
  }

  it("has the same source decide for new sessions of the other modes with NEW_SESSION=hash", () => {
    const rig = rigOf("insert", { hashKey: { kind: "header", name: "x-user" }, newSession: "hash" });
    expect(
      new Set(Array.from({ length: 40 }, (_, i) => rig.visit(["X-User: u"], { client: `10.0.0.${i}` }).backend)).size,
    ).to.equal(1);
  });
});

describe("prefix", () => {
  it("writes the id in front of the application's cookie, and takes it off again", () => {
    const rig = rigOf("prefix");
    const first = rig.visit([], {}, ["Set-Cookie: sid=abc; Path=/; HttpOnly", "Set-Cookie: x=1"]);
    expect(first.out).to.equal("rewritten");
    expect(first.lines).to.deep.equal([`Set-Cookie: sid=${first.backend}~abc; Path=/; HttpOnly`, "Set-Cookie: x=1"]);
    const next = rig.visit([`Cookie: x=1; sid=${first.backend}~abc`]);
    expect(next).to.deep.include({ backend: first.backend, received: "valid", reason: "sticky", out: "none" });
    expect(next.forwarded).to.deep.equal(["Cookie: x=1; sid=abc"]);
  });

  it("takes off what stands there whoever it names, and only the first part", () => {
    const rig = rigOf("prefix");
    const given = ["Cookie: sid=gone~x~y; sid=b~z; o=a~b", "Cookie: q=1", "Cookie: sid=plain"];
    const { binding, forwarded } = rig.ask(given);
    expect(binding).to.deep.include({ bound: "b", received: "valid" });
    expect(forwarded).to.deep.equal(["Cookie: sid=x~y; sid=z; o=a~b", "Cookie: q=1", "Cookie: sid=plain"]);
  });

  it("leaves a deleted cookie, and other names, alone", () => {
    const own = ["Set-Cookie: sid=; Max-Age=0", "Set-Cookie: Sid=1"];
    expect(rigOf("prefix").visit(["Cookie: sid=a~x"], {}, own)).to.deep.include({ out: "provided", lines: own });
  });

  it("counts unknown and malformed ones apart, and may refuse them", () => {
    const ask = (value: string, invalid: "repin" | "reject") =>
      rigOf("prefix", { invalid }).ask([`Cookie: sid=${value}`]).binding;
    expect(ask("gone~x", "repin")).to.deep.include({ bound: undefined, received: "unknown", refused: false });
    expect(ask("~x", "repin")).to.deep.include({ bound: undefined, received: "invalid", refused: false });
    expect(ask("plain", "reject")).to.deep.include({ received: "none", refused: false });
    expect(ask("gone~x", "reject").refused).to.equal(true);
  });

  it("leads all requests of a session to the same other backend while its own is down", () => {
    const rig = rigOf("prefix", {}, down);
    expect(backendsOf(rig, ["Cookie: sid=a~abc"])).to.have.lengthOf(1);
    expect(spread((value) => rig.visit([`Cookie: sid=a~${value}`]).backend)).to.equal(3);
    expect(rig.visit(["Cookie: sid=a~abc"])).to.deep.include({ received: "down", reason: "failover", out: "none" });
  });

  it("does not write an id that no cookie can hold", () => {
    const own = ["Set-Cookie: sid=abc"];
    const rig = new AffinityRig(clusterOf({ "a;b": {} }), { mode: "prefix" });
    expect(rig.visit([], {}, own)).to.deep.include({ out: "provided", lines: own });
  });
});

describe("route", () => {
  const route = (options: Partial<AffinityOptions> = {}, a: Changes = {}) =>
    rigOf("route", { cookie: { ...rigOf("route").options.cookie, name: "JSESSIONID" }, ...options }, a);

  it("goes where the end of the session id says, and shows it to the backend", () => {
    const visit = route().visit(["Cookie: JSESSIONID=4F2A.b"]);
    expect(visit).to.deep.include({ backend: "b", received: "valid", reason: "sticky", out: "none" });
    expect(visit.forwarded).to.deep.equal(["Cookie: JSESSIONID=4F2A.b"]);
  });

  it("reads a route with separators in it, and behind another separator", () => {
    const rig = new AffinityRig(clusterOf({ "10.0.0.11:80": {}, b: {} }), { mode: "route" });
    expect(rig.visit(["Cookie: sid=x.10.0.0.11:80"])).to.deep.include({ backend: "10.0.0.11:80", reason: "sticky" });
    expect(rigOf("route", { routeSeparator: "!" }).visit(["Cookie: sid=x.y!b"])).to.deep.include({ backend: "b" });
  });

  it("reads the path parameter when there is no cookie, or the cookie has no use", () => {
    const target = "/shop;jsessionid=4F2A.c;x=1?jsessionid=x.a";
    expect(route().visit([], { target })).to.deep.include({ backend: "c", received: "valid", reason: "sticky" });
    expect(route().visit(["Cookie: JSESSIONID=x.b"], { target }).backend).to.equal("b");
    expect(route().visit(["Cookie: JSESSIONID=x.gone"], { target }).backend).to.equal("c");
    expect(route({}, down).visit(["Cookie: JSESSIONID=x.a"], { target }).backend).to.equal("c");
    expect(route().visit(["Cookie: JSESSIONID=x"], { target }).backend).to.equal("c");
  });

  it("takes a route of nobody, or none, for a new session of its own hash", () => {
    for (const [value, received] of [
      ["x.gone", "unknown"],
      ["x", "none"],
      ["x.", "none"],
    ] as const) {
      const rig = route({ invalid: "reject" });
      expect(backendsOf(rig, [`Cookie: JSESSIONID=${value}`])).to.have.lengthOf(1);
      const { binding } = rig.ask([`Cookie: JSESSIONID=${value}`]);
      expect(binding).to.deep.include({ received, refused: false, usesPicker: false });
    }
  });

  it("leads all requests of a session to the same other backend while its own is down", () => {
    const rig = route({}, down);
    expect(backendsOf(rig, ["Cookie: JSESSIONID=abc.a"])).to.have.lengthOf(1);
    expect(spread((value) => rig.visit([`Cookie: JSESSIONID=${value}.a`]).backend)).to.equal(3);
  });

  it("picks for a request without session, and says when the application begins one", () => {
    const own = ["Set-Cookie: JSESSIONID=4F2A.b; Path=/"];
    expect(route().visit([], {}, own)).to.deep.include({ reason: "new-session", out: "provided", lines: own });
    expect(route().visit([], {}, ["Set-Cookie: jsessionid=4F2A.b"]).out).to.equal("none");
  });
});
