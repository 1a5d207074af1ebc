import { expect } from "chai";
import type { AffinityOptions, FieldSource } from "../../../../src/path/http/options.ts";
import { AffinityRig } from "../../../support/affinity-rig.ts";
import { type Changes, clusterOf } from "../../../support/clusters.ts";

const cookie = (name: string): FieldSource => ({ kind: "cookie", name });
const header = (name: string): FieldSource => ({ kind: "header", name });
const query = (name: string): FieldSource => ({ kind: "query", name });

const HOUR = 3_600_000;

function rigOf(options: Partial<AffinityOptions> = {}, a: Changes = {}): AffinityRig {
  return new AffinityRig(clusterOf({ a, b: {}, c: {}, d: {} }), { mode: "learn", learnTtlMs: HOUR, ...options });
}

/** Teaches that the answer with these lines came from `backend`. */
function teach(rig: AffinityRig, backend: string, ...lines: readonly string[]) {
  return rig.answer(rig.ask([]).binding, backend, lines);
}

describe("learn", () => {
  it("sends a session back to the backend that began it, and changes nothing on the way", () => {
    const rig = rigOf();
    const own = ["Set-Cookie: sid=abc; Path=/; HttpOnly"];
    expect(teach(rig, "c", ...own)).to.deep.equal({ out: "provided", lines: own });
    const visit = rig.visit(["Cookie: x=1; sid=abc"]);
    expect(visit).to.deep.include({ backend: "c", received: "valid", reason: "sticky", out: "none" });
    expect(visit.forwarded).to.deep.equal(["Cookie: x=1; sid=abc"]);
  });

  it("picks for a request without session", () => {
    expect(rigOf().visit(["Cookie: x=1"])).to.deep.include({ received: "none", reason: "new-session", out: "none" });
  });

  it("has an id that it does not know go where its hash says, and learns nothing from it", () => {
    const rig = rigOf({ invalid: "reject" });
    const backends = new Set(Array.from({ length: 20 }, () => rig.visit(["Cookie: sid=made-up"]).backend));
    expect(backends.size).to.equal(1);
    const { binding } = rig.ask(["Cookie: sid=made-up"]);
    expect(binding).to.deep.include({ bound: undefined, received: "unknown", refused: false, usesPicker: false });
  });

  it("learns from a header, and looks it up in any case", () => {
    const sources = [header("Mcp-Session-Id")];
    const rig = rigOf({ learnFrom: sources, learnLookup: [header("mcp-session-id")] });
    expect(teach(rig, "b", "mcp-session-id: 1868").out).to.equal("none");
    expect(rig.visit(["MCP-SESSION-ID: 1868"])).to.deep.include({ backend: "b", reason: "sticky" });
    expect(rig.ask(["Mcp-Session-Id: 18680"]).binding.received).to.equal("unknown");
  });

  it("finds in the query what a cookie began", () => {
    const rig = rigOf({ learnFrom: [cookie("io")], learnLookup: [cookie("io"), query("sid")] });
    teach(rig, "d", "Set-Cookie: io=xyz");
    expect(rig.visit([], { target: "/socket.io/?EIO=4&sid=xyz" })).to.deep.include({ backend: "d", reason: "sticky" });
    expect(rig.ask([], { target: "/socket.io/?EIO=4&sid=xy" }).binding.bound).to.equal(undefined);
  });

  it("keeps the same id of two sources apart, and asks in the order of LEARN_LOOKUP", () => {
    const sources = [cookie("sid"), header("x-session")];
    const rig = rigOf({ learnFrom: sources, learnLookup: [...sources, query("s")] });
    teach(rig, "a", "Set-Cookie: sid=1");
    teach(rig, "b", "X-Session: 1");
    expect(rig.visit(["Cookie: sid=1"]).backend).to.equal("a");
    expect(rig.visit(["X-Session: 1"]).backend).to.equal("b");
    expect(rig.visit(["X-Session: 1", "Cookie: sid=1"]).backend).to.equal("a");
    expect(rig.visit(["X-Session: 1", "Cookie: sid=2"]).backend).to.equal("b");
    expect(rig.visit([], { target: "/?s=1" }).backend).to.equal("a");
    teach(rig, "c", "X-Session: 2");
    expect(rig.visit([], { target: "/?s=2" }).backend).to.equal("c");
  });

  it("finds the id that it knows behind others, in one line or in several", () => {
    const rig = rigOf();
    teach(rig, "c", "Set-Cookie: sid=mine");
    for (const lines of [
      ["Cookie: sid=stale; sid=mine"],
      ["Cookie: sid=; sid=stale; sid=staler; sid=mine; sid=other"],
      ["Cookie: sid=stale", "Cookie: x=1; sid=mine"],
    ]) {
      expect(rig.visit(lines), lines.join()).to.deep.include({ backend: "c", reason: "sticky", received: "valid" });
    }
  });

  it("learns every id of an answer", () => {
    const rig = rigOf();
    teach(rig, "c", "Set-Cookie: sid=one", "Set-Cookie: x=1", "Set-Cookie: sid=two; Path=/x", "Set-Cookie: sid=");
    for (const id of ["one", "two"]) expect(rig.visit([`Cookie: sid=${id}`]).backend).to.equal("c");
  });

  it("moves a session to the backend that served it when its own was down, and there it stays", () => {
    const rig = rigOf({}, { health: "unhealthy" });
    teach(rig, "a", "Set-Cookie: sid=abc");
    const moved = rig.visit(["Cookie: sid=abc"]);
    expect(moved).to.deep.include({ received: "down", reason: "failover" });
    rig.publisher.publish(clusterOf({ a: {}, b: {}, c: {}, d: {} }, { version: 2 }));
    expect(rig.visit(["Cookie: sid=abc"])).to.deep.include({ backend: moved.backend, reason: "sticky" });
  });

  it("leads all parallel requests of a session that has to move to the same other backend", () => {
    const rig = rigOf({}, { health: "unhealthy" });
    teach(rig, "a", "Set-Cookie: sid=abc");
    const bindings = Array.from({ length: 6 }, () => rig.ask(["Cookie: sid=abc"]).binding);
    const ids = bindings.map((binding) => {
      const choice = rig.place(binding);
      return choice.kind === "chosen" ? choice.member.backend.id : choice.kind;
    });
    expect(new Set(ids).size).to.equal(1);
  });

  it("knows a session whose backend has left, but cannot send it there", () => {
    const rig = rigOf();
    teach(rig, "d", "Set-Cookie: sid=abc");
    rig.publisher.publish(clusterOf({ a: {}, b: {} }, { version: 2 }));
    const moved = rig.visit(["Cookie: sid=abc"]);
    expect(moved.received).to.equal("unknown");
    expect(rig.visit(["Cookie: sid=abc"])).to.deep.include({ backend: moved.backend, reason: "sticky" });
  });

  it("forgets a session that was idle for LEARN_TTL, not one that is busy", () => {
    const rig = rigOf();
    teach(rig, "a", "Set-Cookie: sid=idle");
    teach(rig, "a", "Set-Cookie: sid=busy");
    for (let i = 0; i < 4; i++) {
      rig.clock.advance(HOUR * 0.6);
      expect(rig.visit(["Cookie: sid=busy"]).received).to.equal("valid");
    }
    expect(rig.visit(["Cookie: sid=idle"]).received).to.equal("unknown");
    rig.clock.advance(HOUR + 1);
    expect(rig.visit(["Cookie: sid=busy"]).received).to.equal("unknown");
    expect(rig.clock.timers).to.equal(0);
  });

  it("forgets the least recently used of more than LEARN_MAX", () => {
    const rig = rigOf({ learnMax: 2 });
    teach(rig, "a", "Set-Cookie: sid=one");
    teach(rig, "a", "Set-Cookie: sid=two");
    rig.visit(["Cookie: sid=one"]);
    teach(rig, "a", "Set-Cookie: sid=three");
    expect(["one", "two", "three"].map((id) => rig.visit([`Cookie: sid=${id}`]).received)).to.deep.equal([
      "valid",
      "unknown",
      "valid",
    ]);
  });

  it("takes no id of more than 1024 bytes", () => {
    const rig = rigOf();
    const [fits, long] = ["x".repeat(1024), "x".repeat(1025)];
    teach(rig, "a", `Set-Cookie: sid=${fits}`, `Set-Cookie: sid=${long}`);
    expect(rig.visit([`Cookie: sid=${fits}`]).received).to.equal("valid");
    expect(rig.visit([`Cookie: sid=${long}`]).received).to.equal("none");
  });

  it("forgets everything when it is closed", () => {
    const rig = rigOf();
    teach(rig, "a", "Set-Cookie: sid=abc");
    rig.affinity.close();
    expect(rig.visit(["Cookie: sid=abc"]).received).to.equal("unknown");
  });
});
