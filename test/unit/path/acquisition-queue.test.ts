import { expect } from "chai";
import type { ClusterSnapshot } from "../../../src/model/snapshot.ts";
import type { DataPathOptions } from "../../../src/path/options.ts";
import { addressFor, type Changes, clusterOf } from "../../support/clusters.ts";
import { optionsOf } from "../../support/data-path-of.ts";
import type { FakeRelaySocket } from "../../support/fake-relay-socket.ts";
import { ALL_ZERO, PathWorld } from "../../support/path-world.ts";

type OnDown = DataPathOptions["placement"]["choose"]["onDown"];

function worldOf(snapshot: ClusterSnapshot, onDown: OnDown, more: Partial<DataPathOptions> = {}): PathWorld {
  const placement = { ...optionsOf().placement, choose: { boundedLoad: 0, onDown } };
  return new PathWorld(snapshot, { placement, queue: 2, queueTimeoutMs: 1000, ...more });
}

const one: Changes = { of: { maxConnections: 1 } };

/** A client whose backend connection is made, then others of the same home. */
function crowd(world: PathWorld, address: string, waiting: number): readonly FakeRelaySocket[] {
  const { client } = world.connected(address);
  return [client, ...Array.from({ length: waiting }, () => world.accept(address))];
}

function leave(world: PathWorld, socket: FakeRelaySocket | undefined): void {
  socket?.fail("ECONNRESET");
  world.tasks.run();
}

describe("Acquisition: waiting for a free place", () => {
  const snapshot = clusterOf({ a: one, b: one });
  const home = addressFor(snapshot, "a");

  it("gives it to whoever waited longest, and counts the time", () => {
    const world = worldOf(snapshot, "rehash");
    const [first, second, third] = crowd(world, home, 2);
    expect([world.path.waitingRoom.size, world.dialed.length]).to.deep.equal([2, 1]);
    world.advance(300);
    leave(world, first);
    expect([world.path.waitingRoom.size, world.dialed.length]).to.deep.equal([1, 2]);
    world.lastDialed.socket.connect();
    leave(world, second);
    expect(world.lastRecord).to.deep.include({ id: 2, queueMs: 300, reason: "home", backend: "a" });
    world.lastDialed.socket.connect();
    leave(world, third);
    expect(world.gauges()).to.deep.equal(ALL_ZERO);
  });

  it("takes nobody's place for a client that has gone, and opens nothing for it", () => {
    const world = worldOf(snapshot, "rehash");
    const [first, second] = crowd(world, home, 2);
    leave(world, second);
    expect(world.lastRecord).to.deep.include({ id: 2, endedBy: "client", cause: "reset", state: "CQ" });
    expect([world.path.waitingRoom.size, world.dialed.length]).to.deep.equal([1, 1]);
    leave(world, first);
    world.lastDialed.socket.connect();
    expect([world.path.waitingRoom.size, world.dialed.length]).to.deep.equal([0, 2]);
    world.path.destroy();
  });

  it("keeps what a waiting client has sent already", () => {
    const world = worldOf(snapshot, "rehash");
    const [first, second] = crowd(world, home, 1);
    second?.send(Buffer.from("early"));
    second?.deliverAll();
    leave(world, first);
    world.lastDialed.socket.connect();
    world.tasks.run();
    expect(world.lastDialed.socket.received.toString()).to.equal("early");
    world.path.destroy();
  });

  it("goes elsewhere when the queue is full (rehash)", () => {
    const world = worldOf(snapshot, "rehash");
    crowd(world, home, 3);
    expect(world.dialed.map(({ options }) => options.port)).to.deep.equal([1001, 1002]);
    world.path.destroy();
    expect(world.records.map(({ reason }) => reason)).to.include("overflow");
  });

  for (const onDown of ["reject", "wait"] as const) {
    it(`is refused when the queue is full (${onDown})`, () => {
      const world = worldOf(snapshot, onDown);
      crowd(world, home, 3);
      expect(world.lastRecord).to.deep.include({ id: 4, cause: "home-full", state: "PQ", endedBy: "balancer" });
    });

    it(`is refused after the time (${onDown})`, () => {
      const world = worldOf(snapshot, onDown);
      crowd(world, home, 1);
      world.advance(999);
      expect(world.records).to.deep.equal([]);
      world.advance(1);
      expect(world.lastRecord).to.deep.include({ id: 2, cause: "queue-timeout", state: "sQ", queueMs: 1000 });
    });
  }

  it("goes elsewhere after the time (rehash), with the time counted", () => {
    const world = worldOf(snapshot, "rehash");
    crowd(world, home, 1);
    world.advance(1000);
    expect(world.dialed.map(({ options }) => options.port)).to.deep.equal([1001, 1002]);
    world.path.destroy();
    expect(world.records[1]).to.deep.include({ queueMs: 1000, reason: "overflow", backend: "b" });
  });

  it("a client that leaves while it waits has waited", () => {
    const world = worldOf(snapshot, "rehash");
    const [, waiting] = crowd(world, home, 1);
    world.advance(400);
    leave(world, waiting);
    expect(world.lastRecord).to.deep.include({ cause: "reset", phase: "choose", state: "CQ", queueMs: 400 });
    expect([world.path.waitingRoom.size, world.dialed.length]).to.deep.equal([0, 1]);
  });

  it("looks again when the cluster changes", () => {
    const world = worldOf(snapshot, "rehash");
    crowd(world, home, 2);
    world.publisher.publish(clusterOf({ a: { of: { maxConnections: 2 } }, b: one }, { version: 2 }));
    expect(world.dialed.map(({ options }) => options.port)).to.deep.equal([1001, 1001]);
    world.publisher.publish(clusterOf({ a: { lifecycle: "draining", ...one }, b: one }, { version: 3 }));
    expect(world.dialed.map(({ options }) => options.port)).to.deep.equal([1001, 1001, 1002]);
    expect(world.path.waitingRoom.size).to.equal(0);
    world.path.destroy();
    world.tasks.run();
    expect(world.gauges()).to.deep.equal(ALL_ZERO);
  });

  it("a place that the first in the queue does not need goes to the next", () => {
    const world = worldOf(snapshot, "rehash", { queueTimeoutMs: 10_000 });
    const other = addressFor(snapshot, "b");
    const [first] = crowd(world, home, 0);
    const { client: elsewhere } = world.connected(other);
    const pinned = "10.200.0.1";
    // It waits for its home, while it is kept elsewhere as soon as there is room.
    const snapshotHome = addressFor(snapshot, "a", "b");
    world.path.pins.opened(`${snapshotHome}/32`, "b");
    world.accept(snapshotHome);
    world.accept(addressOther(snapshot, snapshotHome, home, pinned));
    expect(world.path.waitingRoom.size).to.equal(2);
    // Room on b wakes nobody: both wait for a.
    leave(world, elsewhere);
    expect(world.path.waitingRoom.size).to.equal(2);
    leave(world, first);
    expect(world.dialed.slice(2).map(({ options }) => options.port)).to.deep.equal([1002, 1001]);
    expect(world.path.waitingRoom.size).to.equal(0);
  });
});

/** Another client of the same home. */
function addressOther(snapshot: ClusterSnapshot, ...not: readonly string[]): string {
  for (let i = 1; i < 250; i++) {
    const address = `10.9.77.${i}`;
    if (!not.includes(address) && addressFor(snapshot, "a") !== address) {
      const world = new PathWorld(snapshot);
      world.accept(address);
      if (world.lastDialed.options.port === 1001) return address;
    }
  }
  throw new Error("no other client");
}

describe("Acquisition: waiting for a home that is down (ON_DOWN=wait)", () => {
  const up = clusterOf({ a: {}, b: {} });
  const isDown = clusterOf({ a: { health: "unhealthy" }, b: {} });
  const home = addressFor(up, "a");

  it("goes on when it is back", () => {
    const world = worldOf(isDown, "wait", { queue: 0 });
    for (let i = 0; i < 5; i++) world.accept(home);
    expect([world.path.waitingRoom.size, world.dialed.length]).to.deep.equal([5, 0]);
    world.advance(700);
    world.publisher.publish({ ...up, version: 2 });
    expect([world.path.waitingRoom.size, world.dialed.length]).to.deep.equal([0, 5]);
    world.path.destroy();
    expect(world.lastRecord).to.deep.include({ queueMs: 700, reason: "home", backend: "a" });
  });

  it("is refused after the time", () => {
    const world = worldOf(isDown, "wait", { queue: 0 });
    world.accept(home);
    world.advance(1000);
    expect(world.lastRecord).to.deep.include({ cause: "queue-timeout", state: "sQ", queueMs: 1000 });
    world.tasks.run();
    expect(world.gauges()).to.deep.equal(ALL_ZERO);
  });

  it("waits on when the news is about others", () => {
    const world = worldOf(isDown, "wait", { queue: 0 });
    world.accept(home);
    world.advance(600);
    world.publisher.publish({ ...isDown, version: 2 });
    world.advance(399);
    expect(world.records).to.deep.equal([]);
    world.advance(1);
    expect(world.lastRecord.cause).to.equal("queue-timeout");
  });

  it("does not keep those of other homes", () => {
    const world = worldOf(isDown, "wait", { queue: 0 });
    world.accept(addressFor(up, "b"));
    expect(world.lastDialed.options.port).to.equal(1002);
  });
});
