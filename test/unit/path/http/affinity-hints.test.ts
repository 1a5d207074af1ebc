import { expect } from "chai";
import type { AffinityOptions } from "../../../../src/path/http/options.ts";
import { AffinityRig, type AskOptions } from "../../../support/affinity-rig.ts";
import { type Changes, clusterOf } from "../../../support/clusters.ts";

const FIREFOX = "User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";
const CHROME = "User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/142.0.0.0 Safari/537.36";
const PAGE = "Sec-Fetch-Dest: document";

function rigOf(options: Partial<AffinityOptions> = {}, a: Changes = {}): AffinityRig {
  const snapshot = clusterOf({ a, b: {}, c: {}, d: {}, e: {} });
  return new AffinityRig(snapshot, { newSessionHintMs: 2000, newSession: "round_robin", ...options });
}

/** A request that is placed and waits for its answer. */
function begun(rig: AffinityRig, lines: readonly string[], options: AskOptions = {}) {
  const { binding } = rig.ask(lines, options);
  const choice = rig.place(binding);
  if (choice.kind !== "chosen") throw new Error(choice.kind);
  const { id } = choice.member.backend;
  return { id, reason: choice.reason, answer: () => rig.answer(binding, id), binding };
}

/** The backends of `count` requests that wait all at once, in order. */
function parallel(rig: AffinityRig, count: number, lines: readonly string[], options: AskOptions = {}): string {
  return Array.from({ length: count }, () => begun(rig, lines, options).id).join("");
}

describe("NEW_SESSION_HINT", () => {
  it("keeps the parallel first requests of a browser together", () => {
    const rig = rigOf();
    expect(parallel(rig, 6, [FIREFOX])).to.equal("aaaaaa");
    const { reason } = begun(rig, [FIREFOX]);
    expect(reason).to.equal("hint");
  });

  it("is off with 0, and then they are spread", () => {
    expect(parallel(rigOf({ newSessionHintMs: 0 }), 6, [FIREFOX])).to.equal("abcdea");
  });

  it("tells browsers apart by address and User-Agent", () => {
    const rig = rigOf();
    expect(parallel(rig, 2, [FIREFOX])).to.equal("aa");
    expect(parallel(rig, 2, [CHROME])).to.equal("bb");
    expect(parallel(rig, 2, [FIREFOX], { client: "203.0.113.8" })).to.equal("cc");
    expect(parallel(rig, 2, [FIREFOX])).to.equal("aa");
  });

  it("takes who says no User-Agent for no browser", () => {
    expect(parallel(rigOf(), 3, ["Accept: */*"])).to.equal("abc");
    expect(parallel(rigOf(), 3, ["User-Agent:"])).to.equal("abc");
  });

  it("ends NEW_SESSION_HINT after the first request, however many came since", () => {
    const rig = rigOf();
    expect(begun(rig, [FIREFOX]).id).to.equal("a");
    rig.clock.advance(1999);
    expect(begun(rig, [FIREFOX]).id).to.equal("a");
    rig.clock.advance(1);
    expect(begun(rig, [FIREFOX]).id).to.equal("b");
    expect(begun(rig, [FIREFOX]).id).to.equal("b");
  });

  it("ends a quarter of a second after the first answer: then the browser has its cookie", () => {
    const rig = rigOf();
    const first = begun(rig, [FIREFOX]);
    const second = begun(rig, [FIREFOX]);
    rig.clock.advance(500);
    first.answer();
    rig.clock.advance(249);
    expect(begun(rig, [FIREFOX]).id).to.equal("a");
    second.answer();
    rig.clock.advance(1);
    expect(begun(rig, [FIREFOX]).id).to.equal("b");
  });

  it("does not end with an answer that carries no cookie", () => {
    const rig = rigOf({ mode: "route" });
    const first = begun(rig, [FIREFOX]);
    rig.answer(first.binding, first.id);
    rig.clock.advance(300);
    expect(begun(rig, [FIREFOX]).id).to.equal("a");
    rig.answer(first.binding, first.id, ["Set-Cookie: sid=x.a"]);
    rig.clock.advance(300);
    expect(begun(rig, [FIREFOX]).id).to.equal("b");
  });

  it("ends with an answer that tells a session id in a header", () => {
    const source = { kind: "header", name: "x-session" } as const;
    const rig = rigOf({ mode: "learn", learnFrom: [source], learnLookup: [source] });
    const first = begun(rig, [FIREFOX]);
    rig.answer(first.binding, first.id, ["X-Session: 1"]);
    rig.clock.advance(300);
    expect(begun(rig, [FIREFOX]).id).to.equal("b");
  });

  it("serves sixteen requests, and those that come in the same burst, up to sixty-four", () => {
    const rig = rigOf();
    expect(parallel(rig, 65, [FIREFOX])).to.equal(`${"a".repeat(64)}b`);
    const slow = rigOf();
    let ids = "";
    for (let i = 0; i < 33; i++) {
      ids += begun(slow, [FIREFOX]).id;
      slow.clock.advance(5);
    }
    expect(ids).to.equal(`${"a".repeat(16)}${"b".repeat(16)}c`);
  });

  it("begins anew with each page that is opened: that is another visitor", () => {
    const rig = rigOf();
    expect(parallel(rig, 3, [FIREFOX, PAGE])).to.equal("abc");
    expect(parallel(rig, 3, [FIREFOX, "Sec-Fetch-Dest: image"])).to.equal("ccc");
    expect(parallel(rig, 2, [FIREFOX, "Sec-Fetch-Dest: iframe", "Upgrade-Insecure-Requests: 1"])).to.equal("cc");
    expect(parallel(rig, 2, [FIREFOX, "Upgrade-Insecure-Requests: 1"])).to.equal("de");
  });

  it("moves with its group when the first choice cannot be reached", () => {
    const rig = rigOf();
    const { binding } = rig.ask([FIREFOX]);
    rig.place(binding);
    const tried = new Set(["a"]);
    expect(rig.place(binding, { tried })).to.deep.include({ reason: "new-session" });
    expect(begun(rig, [FIREFOX]).id).to.equal("b");
    const follower = rig.ask([FIREFOX]).binding;
    rig.place(follower);
    rig.place(follower, { tried: new Set(["b"]) });
    expect(begun(rig, [FIREFOX]).id).to.equal("c");
  });

  it("gives way when its backend takes no new sessions any more", () => {
    const rig = rigOf();
    expect(begun(rig, [FIREFOX]).id).to.equal("a");
    rig.publisher.publish(clusterOf({ a: { lifecycle: "draining" }, b: {}, c: {} }, { version: 2 }));
    const { id, reason } = begun(rig, [FIREFOX]);
    expect(reason).to.equal("new-session");
    expect(parallel(rig, 2, [FIREFOX])).to.equal(id + id);
  });

  it("does not concern those that belong somewhere, nor those whom a hash places", () => {
    const rig = rigOf();
    expect(begun(rig, [FIREFOX]).id).to.equal("a");
    expect(begun(rig, [FIREFOX, "Cookie: sid=d"])).to.deep.include({ id: "d", reason: "sticky" });
    expect(begun(rigOf({ newSession: "hash" }), [FIREFOX]).reason).to.equal("home");
    const passive = rigOf({ mode: "passive" });
    begun(passive, [FIREFOX]);
    expect(begun(passive, [FIREFOX, "Cookie: sid=x"]).reason).to.equal("home");
  });

  describe("when the backend of a browser is down", () => {
    const down: Changes = { health: "unhealthy" };
    const bound = [FIREFOX, "Cookie: sid=a"];

    it("has its parallel requests move together", () => {
      const rig = rigOf({}, down);
      expect(parallel(rig, 6, bound)).to.equal("bbbbbb");
      expect(begun(rig, bound).binding.received).to.equal("down");
    });

    it("has them move together too when it shows only by trying", () => {
      const rig = rigOf();
      const tried = new Set(["a"]);
      const bindings = Array.from({ length: 4 }, () => rig.ask(bound).binding);
      for (const binding of bindings) expect(rig.place(binding)).to.deep.include({ reason: "sticky" });
      const ids = bindings.map((binding) => {
        const choice = rig.place(binding, { tried });
        return choice.kind === "chosen" ? choice.member.backend.id : choice.kind;
      });
      expect(new Set(ids).size).to.equal(1);
      rig.publisher.publish(clusterOf({ a: down, b: {}, c: {}, d: {}, e: {} }, { version: 2 }));
      expect(begun(rig, bound).id).to.equal(ids[0]);
    });

    it("has them move together when they find out later than the hint lasts", () => {
      const rig = rigOf();
      const newcomers = Array.from({ length: 6 }, () => rig.ask([FIREFOX]).binding);
      for (const binding of newcomers) rig.place(binding);
      rig.clock.advance(3000);
      const ids = newcomers.map((binding) => {
        const choice = rig.place(binding, { tried: new Set(["a"]) });
        return choice.kind === "chosen" ? choice.member.backend.id : choice.kind;
      });
      expect(ids.join("")).to.equal("bbbbbb");
    });

    it("keeps them apart from newcomers and from those of other backends", () => {
      const rig = new AffinityRig(clusterOf({ a: down, b: down, c: {}, d: {}, e: {} }), {
        newSessionHintMs: 2000,
        newSession: "round_robin",
      });
      expect(parallel(rig, 2, bound)).to.equal("cc");
      expect(parallel(rig, 2, [FIREFOX, "Cookie: sid=b"])).to.equal("dd");
      expect(parallel(rig, 2, [FIREFOX])).to.equal("ee");
      expect(parallel(rig, 2, bound)).to.equal("cc");
    });

    it("does not bring all who share the address to one backend", () => {
      const rig = rigOf({}, down);
      const backends: string[] = [];
      for (let i = 0; i < 40; i++) {
        const visitor = begun(rig, bound);
        visitor.answer();
        rig.clock.advance(300);
        backends.push(visitor.id);
      }
      for (const id of "bcde") expect(backends.filter((each) => each === id)).to.have.lengthOf(10);
    });
  });
});
