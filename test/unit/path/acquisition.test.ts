import { expect } from "chai";
import type { ClusterSnapshot } from "../../../src/model/snapshot.ts";
import type { DataPathOptions } from "../../../src/path/options.ts";
import { addressFor, type Changes, clusterOf } from "../../support/clusters.ts";
import { optionsOf } from "../../support/data-path-of.ts";
import { ALL_ZERO, PathWorld } from "../../support/path-world.ts";

function worldOf(snapshot: ClusterSnapshot, retries = 2, more: Partial<DataPathOptions> = {}): PathWorld {
  const connect = { ...optionsOf().connect, timeoutMs: 2000, retries, retryDelayMs: 100 };
  return new PathWorld(snapshot, { connect, ...more });
}

/** The backends dialed so far, by the last digit of their ports. */
function dialedIn(world: PathWorld): string {
  return world.dialed.map(({ options }) => "?abcdefgh"[options.port - 1000]).join("");
}

/** The latest attempt fails; the pause before a retry goes by. */
function refuseAndWait(world: PathWorld): void {
  world.fail(world.lastDialed, "ECONNREFUSED");
  world.advance(100);
}

describe("Acquisition: connecting", () => {
  const three = clusterOf({ a: {}, b: {}, c: {} });
  const abc = addressFor(three, "a", "b", "c");

  it("connects to the client's home with the options asked for", () => {
    const world = worldOf(three, 2, {
      connect: { ...optionsOf().connect, noDelay: false, keepAliveMs: 7000, sourceAddresses: ["127.0.0.9"] },
      readMode: "stream",
    });
    world.accept(abc);
    expect(world.lastDialed.options).to.deep.equal({
      host: "127.0.0.1",
      port: 1001,
      localAddress: "127.0.0.9",
      noDelay: false,
      keepAliveMs: 7000,
      readMode: "stream",
      batch: world.path.batch,
    });
  });

  it("counts on the backend from the first attempt until its end", () => {
    const world = worldOf(three);
    world.accept(abc);
    expect([world.path.ledger.open(0), world.path.ledger.total]).to.deep.equal([1, 1]);
    world.fail(world.lastDialed, "ECONNREFUSED");
    expect(world.path.ledger.total, "between two attempts it counts nowhere").to.equal(0);
    world.advance(100);
    expect(world.path.ledger.open(0)).to.equal(1);
  });

  it("retries: the same backend after a pause, then the next in order at once", () => {
    const world = worldOf(three);
    world.accept(abc);
    world.fail(world.lastDialed, "ECONNREFUSED");
    world.advance(99);
    expect(dialedIn(world)).to.equal("a");
    world.advance(1);
    expect(dialedIn(world)).to.equal("aa");
    world.fail(world.lastDialed, "ECONNREFUSED");
    expect(dialedIn(world)).to.equal("aab");
    world.lastDialed.socket.connect();
    world.path.closeAll("shutdown", false);
    expect(world.lastRecord).to.deep.include({ backend: "b", home: "a", reason: "failover", attempts: 3 });
    expect(world.lastRecord).to.deep.include({ redispatched: true, connectMs: 100, queueMs: 0 });
    expect(world.connectResults.map(({ backend, failure }) => `${backend} ${failure}`)).to.deep.equal([
      "a connect-refused",
      "a connect-refused",
      "b undefined",
    ]);
  });

  it("gives up when the retries are used up: the cause is the last failure", () => {
    const world = worldOf(three);
    world.accept(abc);
    refuseAndWait(world);
    refuseAndWait(world);
    world.fail(world.lastDialed, "EHOSTUNREACH");
    expect(world.lastRecord).to.deep.include({ endedBy: "backend", cause: "connect-unreachable", state: "SC" });
    expect(world.lastRecord).to.deep.include({ phase: "connect", attempts: 3, connectMs: -1, backend: "b" });
    expect(world.clients[0]?.ending).to.equal("reset");
    expect(world.gauges()).to.deep.equal(ALL_ZERO);
  });

  it("no retries: one attempt", () => {
    const world = worldOf(three, 0);
    world.accept(abc);
    world.fail(world.lastDialed, "ECONNREFUSED");
    expect(world.lastRecord).to.deep.include({ cause: "connect-refused", attempts: 1, redispatched: false });
  });

  it("its deadline is for one attempt", () => {
    const world = worldOf(three, 1);
    world.accept(abc);
    world.advance(2000);
    expect([dialedIn(world), world.dialed[0]?.socket.isClosed]).to.deep.equal(["a", true]);
    world.advance(100);
    expect(dialedIn(world)).to.equal("aa");
    world.advance(2000);
    expect(world.lastRecord).to.deep.include({ cause: "connect-timeout", state: "sC", totalMs: 4100 });
  });

  it("a failure of our own is not the backend's", () => {
    const world = worldOf(three, 0);
    world.accept(abc);
    world.fail(world.lastDialed, "EMFILE");
    expect(world.lastRecord).to.deep.include({ endedBy: "balancer", cause: "out-of-descriptors", state: "RC" });
  });

  it("when all have been tried, it begins again after another pause, as long as there are retries", () => {
    const two = clusterOf({ a: {}, b: {} });
    const world = worldOf(two, 5);
    world.accept(addressFor(two, "a"));
    refuseAndWait(world);
    world.fail(world.lastDialed, "ECONNREFUSED");
    world.fail(world.lastDialed, "ECONNREFUSED");
    expect(dialedIn(world)).to.equal("aab");
    world.advance(100);
    expect(dialedIn(world)).to.equal("aaba");
    world.fail(world.lastDialed, "ECONNREFUSED");
    world.fail(world.lastDialed, "ECONNREFUSED");
    world.advance(100);
    expect(dialedIn(world)).to.equal("aababa");
    world.fail(world.lastDialed, "ECONNREFUSED");
    expect(world.lastRecord).to.deep.include({ cause: "connect-refused", attempts: 6 });
  });

  it("does not wait for ever when its backend has gone down meanwhile and there is no other", () => {
    const one = clusterOf({ a: {} });
    const world = worldOf(one, 2);
    world.accept();
    world.fail(world.lastDialed, "ECONNREFUSED");
    world.publisher.publish(clusterOf({ a: { health: "unhealthy" } }, { version: 2 }));
    world.advance(100);
    expect(world.records).to.have.length(1);
    expect(world.lastRecord).to.deep.include({
      endedBy: "backend",
      cause: "connect-refused",
      state: "SC",
      attempts: 1,
    });
    expect(world.lastRecord).to.deep.include({ snapshotVersion: 2, phase: "connect" });
    expect(world.gauges()).to.deep.equal(ALL_ZERO);
  });

  it("ON_DOWN=reject: retries at home only", () => {
    const placement = { ...optionsOf().placement, choose: { boundedLoad: 0, onDown: "reject" } } as const;
    const world = worldOf(three, 3, { placement });
    world.accept(abc);
    for (let i = 0; i < 3; i++) refuseAndWait(world);
    world.fail(world.lastDialed, "ECONNREFUSED");
    expect([dialedIn(world), world.lastRecord.cause]).to.deep.equal(["aaaa", "connect-refused"]);
  });

  it("a reload between two attempts decides about the next", () => {
    const world = worldOf(three);
    world.accept(abc);
    world.fail(world.lastDialed, "ECONNREFUSED");
    world.publisher.publish(clusterOf({ a: { lifecycle: "draining" }, b: {}, c: {} }, { version: 7 }));
    world.advance(100);
    expect(dialedIn(world)).to.equal("ab");
    world.lastDialed.socket.connect();
    world.path.closeAll("shutdown", false);
    expect(world.lastRecord).to.deep.include({ backend: "b", snapshotVersion: 7, redispatched: true });
  });

  it("a client that leaves stops what goes on: an attempt, or the pause before the next", () => {
    const world = worldOf(three);
    const during = world.accept(abc);
    during.fail("ECONNRESET");
    world.tasks.run();
    expect(world.lastRecord).to.deep.include({ endedBy: "client", cause: "reset", state: "CC", phase: "connect" });
    expect(world.lastDialed.socket.isClosed).to.equal(true);
    const between = world.accept(abc);
    world.fail(world.lastDialed, "ECONNREFUSED");
    between.close();
    world.tasks.run();
    world.advance(1000);
    expect(world.lastRecord).to.deep.include({ endedBy: "client", cause: "closed-early", state: "CC" });
    expect([dialedIn(world), world.gauges()]).to.deep.equal(["aa", ALL_ZERO]);
  });
});

describe("Acquisition: nobody to connect to", () => {
  const cases: readonly (readonly [string, Readonly<Record<string, Changes>>, "rehash" | "reject", string, string])[] =
    [
      ["no backends", {}, "rehash", "no-backends", "SC"],
      ["all down", { a: { health: "unhealthy" } }, "rehash", "none-eligible", "SC"],
      ["home down", { a: { health: "unhealthy" } }, "reject", "home-down", "SC"],
    ];
  for (const [name, backends, onDown, cause, state] of cases) {
    it(`${name}: ${cause}`, () => {
      const placement = { ...optionsOf().placement, choose: { boundedLoad: 0, onDown } };
      const world = worldOf(clusterOf(backends), 2, { placement });
      world.accept();
      expect(world.lastRecord).to.deep.include({ endedBy: "balancer", cause, state, phase: "choose" });
      expect(world.lastRecord).to.deep.include({ attempts: 0, backend: undefined, queueMs: -1, connectMs: -1 });
      world.tasks.run();
      expect(world.gauges()).to.deep.equal(ALL_ZERO);
    });
  }
});
