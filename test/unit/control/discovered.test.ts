import { expect } from "chai";
import { InvariantError } from "../../../src/model/failure.ts";
import { backend, Story } from "./fixtures.ts";

const a = backend("a");
const b = backend("b");
const c = backend("c");

describe("reduce: a list of backends", () => {
  it("adds members of unknown health in the lowest slots", () => {
    const story = new Story({}, [b, a]);
    expect(story.kinds).to.deep.equal(["added b", "added a"]);
    expect(story.member("b")).to.include({ slot: 0, health: "unknown", listed: true });
    expect(story.member("a")).to.include({ slot: 1, health: "unknown", listed: true });
  });

  it("starts with the health it is told", () => {
    expect(new Story({ initialHealth: "healthy" }, [a]).member("a").health).to.equal("healthy");
    expect(new Story({ initialHealth: "unhealthy" }, [a]).member("a").health).to.equal("unhealthy");
  });

  it("changes nothing for the same list in another order", () => {
    const story = new Story({}, [a, b]);
    const before = story.state;
    story.list(b, { ...a });
    expect(story.state).to.equal(before);
    expect(story.said).to.deep.equal([]);
  });

  it("remembers that an empty first list came", () => {
    const story = new Story({ slowStartMs: 500 }).list();
    expect(story.state.discovered).to.equal(true);
    expect(story.list(a).member("a")).to.include({ rampFromMs: 1000, rampUntilMs: 1500 });
  });

  it("lets a removed member drain in its slot until it is empty", () => {
    const story = new Story({}, [a, b, c]).later(5).list(a, c);
    expect(story.kinds).to.deep.equal(["removed b"]);
    expect(story.member("b")).to.include({ listed: false, slot: 1, drainSinceMs: 1005 });
    story.list(a, c, backend("d"));
    expect(story.member("d").slot).to.equal(3);
    story.later(2000).empties("b");
    expect(story.kinds).to.deep.equal(["drained b"]);
    expect(story.said[0]).to.include({ to: "forgotten", because: "no connection left after 2s of draining" });
    expect(story.state.members.has("b")).to.equal(false);
    story.list(a, c, backend("d"), backend("e"));
    expect(story.member("e").slot).to.equal(1);
  });

  it("says nothing again about a member that is already leaving", () => {
    const story = new Story({}, [a, b]).list(a);
    const before = story.state;
    expect(story.list(a).state).to.equal(before);
  });

  it("gives a member that comes back its slot and health", () => {
    const story = new Story({ slowStartMs: 500 }, [a, b]).fails("b").list(a).later(10).list(a, b);
    expect(story.kinds).to.deep.equal(["added b"]);
    expect(story.member("b")).to.include({ slot: 1, health: "unhealthy", listed: true, rampUntilMs: 0 });
    expect(story.member("b").drainSinceMs).to.equal(undefined);
    story.empties("b");
    expect(story.state.members.has("b")).to.equal(true);
  });

  it("gives a member that comes back the whole time again for its next drain", () => {
    const story = new Story({ drainTimeoutMs: 30_000 }, [a, b]).list(a).later(30_000);
    story.send({ kind: "drain-expired", id: "b", atMs: story.nowMs }).list(a, b);
    expect(story.member("b")).to.include({ drained: false, drainExpired: false, drainSinceMs: undefined });
  });

  it("goes on draining a member that comes back with weight 0", () => {
    const story = new Story({}, [a, b])
      .later(5)
      .list(a)
      .later(5)
      .list(a, backend("b", { weight: 0 }));
    expect(story.member("b")).to.include({ listed: true, drainSinceMs: 1005 });
    expect(story.kinds).to.deep.equal(["added b", "reweighted b"]);
  });

  it("keeps identity and slot when the address changes, but not what was known of the machine", () => {
    const story = new Story({ slowStartMs: 500 }, [a, b]).passes("b").refuses("b", 3);
    expect(story.member("b").ejection).to.not.equal(undefined);
    story.later(10).list(a, backend("b", { host: "2001:db8::1", port: 80 }));
    expect(story.kinds).to.deep.equal(["address-changed b"]);
    expect(story.said[0]).to.include({ from: "127.0.0.1:3000", to: "[2001:db8::1]:80" });
    const { slot, health, ejection, lastCheck, failures, rampFromMs } = story.member("b");
    expect({ slot, health, ejection, lastCheck, failures, rampFromMs }).to.deep.equal({
      slot: 1,
      health: "unknown",
      ejection: undefined,
      lastCheck: undefined,
      failures: [],
      rampFromMs: 1010,
    });
  });

  it("takes a machine at another address for one that came later, so that it starts slowly", () => {
    const story = new Story({ initialHealth: "unhealthy", rise: 1, slowStartMs: 500 }, [a]).later(10);
    story
      .list(backend("a", { port: 9 }))
      .later(100)
      .passes("a");
    expect(story.member("a")).to.include({
      health: "healthy",
      rampFromMs: story.nowMs,
      rampUntilMs: story.nowMs + 500,
    });
  });

  it("keeps health when only weight, ceiling or health target change", () => {
    const story = new Story({}, [a]).passes("a");
    story.list(backend("a", { weight: 5, maxConnections: 10, backup: true, health: { port: 81 } }));
    expect(story.kinds).to.deep.equal(["reweighted a", "reconfigured a"]);
    expect(story.said[0]).to.include({ from: "1", to: "5" });
    expect(story.said[1]).to.include({ from: "primary, max 0", to: "backup, max 10, checked at :81" });
    expect(story.member("a").health).to.equal("healthy");
  });

  it("drains at weight 0 and ends the drain when the weight is back", () => {
    const story = new Story({}, [a, b]).later(5).list(a, backend("b", { weight: 0 }));
    expect(story.kinds).to.deep.equal(["reweighted b", "draining b"]);
    expect(story.member("b").drainSinceMs).to.equal(1005);
    story.later(5).empties("b");
    expect(story.said[0]).to.include({ kind: "drained", to: "drained" });
    expect(story.empties("b").said).to.deep.equal([]);
    expect(story.member("b").listed).to.equal(true);
    story.list(a, b);
    expect(story.kinds).to.deep.equal(["reweighted b", "undrained b"]);
    expect(story.member("b")).to.include({ drained: false, drainSinceMs: undefined });
  });

  it("does not move the start of a drain when its cause changes", () => {
    const story = new Story({}, [a, backend("b", { weight: 0 })]).later(50).list(a);
    expect(story.member("b").drainSinceMs).to.equal(1000);
  });

  it("does not forget a member that does not drain", () => {
    const story = new Story({}, [a]);
    const before = story.state;
    expect(story.empties("a").state).to.equal(before);
    expect(story.empties("nobody").state).to.equal(before);
  });

  it("refuses a list that names one id twice", () => {
    expect(() => new Story({}, [a, { ...a, port: 1 }])).to.throw(InvariantError);
  });

  it("says once that a drain took too long", () => {
    const story = new Story({ drainTimeoutMs: 30_000 }, [a, b]).list(a).later(30_000);
    story.send({ kind: "drain-expired", id: "b", atMs: story.nowMs });
    expect(story.said[0]).to.include({ kind: "drain-deadline", because: "still draining after 30s" });
    expect(story.send({ kind: "drain-expired", id: "b", atMs: story.nowMs }).said).to.deep.equal([]);
    expect(story.send({ kind: "drain-expired", id: "a", atMs: story.nowMs }).said).to.deep.equal([]);
  });
});
