import { expect } from "chai";
import { setUp } from "./cluster-rig.ts";
import { backend } from "./fixtures.ts";

const a = backend("a");
const b = backend("b");
const c = backend("c");

describe("Cluster", () => {
  it("publishes once for each list and reports what changed", () => {
    const { cluster, published, compared, open } = setUp();
    expect(cluster.published.current.version).to.equal(0);
    expect(cluster.reload([a, b])).to.deep.equal({
      added: ["a", "b"],
      removed: [],
      reweighted: [],
      changedAddress: [],
      reconfigured: [],
      movedShare: 0,
    });
    open.set(1, 4);
    const report = cluster.reload([backend("a", { weight: 2 }), c]);
    expect(report).to.deep.include({ added: ["c"], removed: ["b"], reweighted: ["a"], movedShare: 0.5 });
    expect(published.map(({ version }) => version)).to.deep.equal([1, 2]);
    expect(compared.map(([before, after]) => [before.entries.length, after.entries.length])).to.deep.equal([[2, 2]]);
    expect(published[1]?.members.map(({ backend }) => backend.id)).to.deep.equal(["a", "b", "c"]);
  });

  it("publishes nothing for a list that changes nothing, and compares no tables that are one", () => {
    const { cluster, published, compared } = setUp();
    cluster.reload([a, b]);
    expect(cluster.reload([b, a]).movedShare).to.equal(0);
    expect(published).to.have.length(1);
    cluster.reload([backend("a", { port: 9 }), b]);
    expect(published).to.have.length(2);
    expect(compared).to.deep.equal([]);
  });

  it("keeps what it has when no table can be built from a list", () => {
    const { cluster, published, said } = setUp();
    cluster.reload([a]);
    said.length = 0;
    expect(() => cluster.reload([a, backend("b", { weight: 300 })])).to.throw(RangeError);
    expect(cluster.published.current).to.equal(published[0]);
    expect(cluster.state.members.has("b")).to.equal(false);
    expect(said).to.deep.equal([]);
    expect(cluster.reload([a, b]).added).to.deep.equal(["b"]);
  });

  it("forgets a removed backend without connections in the same publication", () => {
    const { cluster, published, said, open } = setUp();
    cluster.reload([a, b, c]);
    open.set(2, 1);
    said.length = 0;
    cluster.reload([a]);
    expect(published).to.have.length(2);
    expect(published[1]?.members.map(({ backend }) => backend.id)).to.deep.equal(["a", "c"]);
    expect(said.map(({ kind, id }) => `${kind} ${id}`)).to.deep.equal(["removed b", "removed c", "drained b"]);
    open.set(2, 0);
    cluster.dispatch({ kind: "emptied", id: "c", atMs: 0 });
    expect(published[2]?.members.map(({ backend }) => backend.id)).to.deep.equal(["a"]);
  });

  it("says words only after the publication that they explain", () => {
    const { cluster, said } = setUp();
    const versions: number[] = [];
    cluster.published.onPublish(() => versions.push(said.length));
    cluster.reload([a, b]);
    expect(versions).to.deep.equal([0]);
    expect(said).to.have.length(2);
  });

  it("shows every listener all versions in order, also when one of them dispatches", () => {
    const { cluster, open } = setUp();
    cluster.reload([a, b]);
    open.set(1, 1);
    const seen: number[] = [];
    cluster.published.onPublish((next) => {
      if (next.members.some(({ backend, lifecycle }) => backend.id === "b" && lifecycle === "draining")) {
        cluster.dispatch({ kind: "emptied", id: "b", atMs: 0 });
        expect(cluster.published.current).to.equal(next);
      }
    });
    cluster.published.onPublish((next, previous) => seen.push(previous.version, next.version));
    cluster.reload([a]);
    expect(seen).to.deep.equal([1, 2, 2, 3]);
    expect(cluster.published.current.members).to.have.length(1);
  });

  it("goes on after a listener that throws", () => {
    const { cluster } = setUp();
    const unsubscribe = cluster.published.onPublish(() => {
      throw new Error("listener");
    });
    expect(() => cluster.reload([a])).to.throw("listener");
    unsubscribe();
    expect(cluster.reload([a, b]).added).to.deep.equal(["b"]);
  });

  it("ends ejections at their time", () => {
    const { cluster, clock, refuse, member, said } = setUp();
    cluster.reload([a, b]);
    refuse("a");
    expect(member("a")?.ejected).to.equal(true);
    clock.advance(9_999);
    expect(member("a")?.ejected).to.equal(true);
    clock.advance(1);
    expect(member("a")?.ejected).to.equal(false);
    expect(said.at(-1)).to.include({ kind: "ejection-ended", id: "a" });
    expect(clock.timers).to.equal(0);
  });

  it("asks once for the connections of a drain that takes too long to be closed", () => {
    const { cluster, clock, open, expired, member } = setUp({ drainTimeoutMs: 30_000 });
    cluster.reload([a, b]);
    open.set(1, 2);
    cluster.reload([a]);
    expect(member("b")?.drainDeadlineMs).to.equal(30_000);
    clock.advance(29_999);
    expect(expired).to.deep.equal([]);
    clock.advance(60_000);
    expect(expired.map(({ backend, slot }) => [backend.id, slot])).to.deep.equal([["b", 1]]);
    cluster.reload([a, c]);
    expect(clock.timers).to.equal(0);
    cluster.reload([a, b]);
    expect(member("b")).to.include({ lifecycle: "active", drainDeadlineMs: Number.POSITIVE_INFINITY });
    expect(clock.timers).to.equal(0);
  });

  it("drops the deadline of a drain that ended", () => {
    const { cluster, clock, open, expired } = setUp({ drainTimeoutMs: 30_000 });
    cluster.reload([a, b]);
    open.set(1, 2);
    cluster.reload([a]);
    cluster.dispatch({ kind: "emptied", id: "b", atMs: 0 });
    clock.advance(60_000);
    expect(expired).to.deep.equal([]);
  });

  it("starts when every backend has answered once, whatever the answer", async () => {
    const { cluster, answer, member } = setUp();
    cluster.reload([a, b, c]);
    let started = false;
    const start = cluster.start().then(() => {
      started = true;
    });
    await answer("a");
    await answer("b", { verdict: "fail", detail: "connect refused" });
    expect(started).to.equal(false);
    await answer("c", { verdict: "undecided", detail: "no file descriptor left for the check" });
    await start;
    expect([member("a"), member("b"), member("c")].map((m) => m?.health)).to.deep.equal([
      "healthy",
      "unhealthy",
      "unknown",
    ]);
    cluster.stop();
  });

  it("starts no later than the timeout of a check, and without those that left", async () => {
    const { cluster, clock, member, answer } = setUp();
    cluster.reload([a, b]);
    const start = cluster.start();
    cluster.reload([a]);
    clock.advance(1000);
    await start;
    expect(member("a")?.health).to.equal("unhealthy");
    await answer("b");
    expect(member("b")).to.equal(undefined);
    cluster.stop();
    expect(clock.timers).to.equal(0);
  });

  it("starts at once with nobody to check", async () => {
    const nobody = setUp();
    nobody.cluster.reload([]);
    await nobody.cluster.start();
    nobody.cluster.stop();
    const off = setUp({}, false);
    off.cluster.reload([a]);
    await off.cluster.start();
    expect(off.member("a")?.health).to.equal("unknown");
    off.cluster.stop();
  });

  it("checks fast while a verdict is contested and drops to the interval after", async () => {
    const { cluster, clock, answer, member } = setUp();
    cluster.reload([a]);
    const start = cluster.start();
    await answer("a");
    await start;
    clock.advance(1000);
    for (let failures = 1; failures <= 3; failures++) {
      await answer("a", { verdict: "fail", detail: "connect refused" });
      expect(member("a")?.health, `after ${failures}`).to.equal(failures < 3 ? "healthy" : "unhealthy");
      if (failures < 3) clock.advance(500);
    }
    cluster.stop();
  });

  it("checks fast, too, while no check could say anything", async () => {
    const { cluster, clock, answer, member } = setUp();
    cluster.reload([a]);
    const start = cluster.start();
    await answer("a", { verdict: "undecided", detail: "no file descriptor left for the check" });
    await start;
    clock.advance(500);
    await answer("a");
    expect(member("a")?.health).to.equal("healthy");
    cluster.stop();
  });

  it("knows whose next success matters: whoever failed clients lately", () => {
    const { cluster, clock, refuse } = setUp();
    cluster.reload([a, b]);
    refuse("a", 1);
    expect(["a", "b", "gone"].map((id) => cluster.isSuspect(id))).to.deep.equal([true, false, false]);
    cluster.dispatch({ kind: "connect-succeeded", id: "a", atMs: clock.nowMs() });
    expect(cluster.isSuspect("a")).to.equal(false);
  });

  it("tells a backend from what has its id at another address, or has left", () => {
    const { cluster } = setUp();
    const moved = backend("a", { port: 9 });
    cluster.reload([a, b]);
    expect([a, b, moved, c].map((each) => cluster.isAt(each))).to.deep.equal([true, true, false, false]);
    cluster.reload([moved]);
    expect([a, b, moved].map((each) => cluster.isAt(each))).to.deep.equal([false, false, true]);
  });

  it("follows the list with its checks", async () => {
    const { cluster, answer, member } = setUp();
    cluster.reload([a]);
    const start = cluster.start();
    await answer("a");
    await start;
    cluster.reload([a, b]);
    await answer("b", { verdict: "fail", detail: "connect refused" });
    expect(member("b")?.health).to.equal("unhealthy");
    cluster.stop();
  });

  it("ends the wait and all timers when stopped, and still takes events", async () => {
    const { cluster, clock, refuse, open, member } = setUp({ drainTimeoutMs: 5000 });
    cluster.reload([a, b]);
    const start = cluster.start();
    open.set(1, 1);
    cluster.reload([a]);
    refuse("a");
    cluster.stop();
    await start;
    expect(clock.timers).to.equal(0);
    cluster.dispatch({ kind: "emptied", id: "b", atMs: 0 });
    expect(member("b")).to.equal(undefined);
    expect(clock.timers).to.equal(0);
  });

  it("refuses to reload from a listener and to start twice", () => {
    const { cluster } = setUp({}, false);
    cluster.published.onPublish(() => cluster.reload([b]));
    expect(() => cluster.reload([a])).to.throw("from within a publication");
    void cluster.start();
    expect(() => cluster.start()).to.throw("once");
    cluster.stop();
  });
});
