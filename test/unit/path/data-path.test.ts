import { expect } from "chai";
import { clusterOf, memberById } from "../../support/clusters.ts";
import { optionsOf } from "../../support/data-path-of.ts";
import { ALL_ZERO, PathWorld } from "../../support/path-world.ts";

describe("DataPath", () => {
  const one = clusterOf({ a: {} });

  it("counts what it accepts, and when it was last", () => {
    const world = new PathWorld(one);
    expect([world.path.open, world.path.accepted, world.path.lastAcceptedAtMs]).to.deep.equal([0, 0, -Infinity]);
    world.connected();
    world.advance(50);
    const { client } = world.connected();
    expect([world.path.open, world.path.accepted, world.path.lastAcceptedAtMs]).to.deep.equal([2, 2, 50]);
    client.fail("ECONNRESET");
    world.tasks.run();
    expect([world.path.open, world.path.accepted, world.listener.open]).to.deep.equal([1, 2, 1]);
  });

  describe("MAX_CONNECTIONS", () => {
    it("refuses above it, and takes again below 95 %", () => {
      const world = new PathWorld(one, { maxConnections: 40 });
      const clients = Array.from({ length: 40 }, () => world.connected().client);
      expect(world.fullTold).to.deep.equal([]);
      world.accept();
      expect(world.fullTold).to.deep.equal([true]);
      expect(world.lastRecord).to.deep.include({ cause: "connection-limit", state: "PR", phase: "accept", key: "" });
      expect([world.path.open, world.clients.at(-1)?.ending]).to.deep.equal([40, "reset"]);

      for (const client of clients.slice(0, 2)) client.fail("ECONNRESET");
      world.tasks.run();
      world.accept();
      expect(world.lastRecord.cause, "38 of 40 is no room yet").to.equal("connection-limit");
      clients[2]?.fail("ECONNRESET");
      world.tasks.run();
      expect(world.fullTold).to.deep.equal([true, false]);
      world.connected();
      expect([world.path.open, world.records.filter((r) => r.cause === "connection-limit").length]).to.deep.equal([
        38, 2,
      ]);
    });

    it("of one lets the next one in after the first has left", () => {
      const world = new PathWorld(one, { maxConnections: 1 });
      const { client } = world.connected();
      world.accept();
      client.fail("ECONNRESET");
      world.tasks.run();
      world.connected();
      expect([world.path.open, world.fullTold]).to.deep.equal([1, [true, false]]);
    });
  });

  it("new lists and limits are for new connections", () => {
    const world = new PathWorld(one);
    const { client } = world.connected("192.0.2.1");
    const deny = [{ bytes: Uint8Array.of(192, 0, 2, 0), bits: 24, text: "192.0.2.0/24" }];
    world.path.configure({ ...optionsOf().live, deny });
    world.accept("192.0.2.1");
    expect(world.lastRecord).to.deep.include({
      cause: "denied",
      state: "PR",
      client: { address: "192.0.2.1", port: 50_000 },
    });
    expect([world.path.open, client.ending]).to.deep.equal([1, undefined]);
  });

  it("tells when the last connection of a backend has ended", () => {
    const world = new PathWorld(clusterOf({ a: {}, b: { lifecycle: "draining" } }));
    const clients = [world.connected().client, world.connected().client];
    clients[0]?.fail("ECONNRESET");
    world.tasks.run();
    expect(world.idleSlots).to.deep.equal([]);
    clients[1]?.fail("ECONNRESET");
    world.tasks.run();
    expect(world.idleSlots).to.deep.equal([0]);
  });

  describe("closeBackend", () => {
    it("ends those that are relayed to it, and nobody else: who is still dialling may go elsewhere", () => {
      const world = new PathWorld(clusterOf({ a: {} }));
      const { client: relaying } = world.connected();
      const connecting = world.accept();
      const pausing = world.accept();
      world.fail(world.lastDialed, "ECONNREFUSED");
      world.path.closeBackend(0, "operator", "drain-deadline", true);
      world.tasks.run();
      expect(world.records.map(({ id, state }) => `${id} ${state}`)).to.deep.equal(["1 KD"]);
      expect([relaying.ending, connecting.ending, pausing.ending]).to.deep.equal(["closed", undefined, undefined]);
      world.path.closeBackend(1, "operator", "drain-deadline", true);
      expect(world.path.open).to.equal(2);
    });

    it("lets a connection go elsewhere that has left the backend", () => {
      const snapshot = clusterOf({ a: {}, b: {} });
      const world = new PathWorld(snapshot, { connect: { ...optionsOf().connect, retries: 2, retryDelayMs: 0 } });
      world.accept();
      const slot = world.lastDialed.options.port - 1001;
      world.fail(world.lastDialed, "ECONNREFUSED");
      world.advance(0);
      world.fail(world.lastDialed, "ECONNREFUSED");
      world.path.closeBackend(slot, "operator", "drain-deadline", false);
      expect([world.path.open, world.lastDialed.options.port]).to.deep.equal([1, slot === 0 ? 1002 : 1001]);
    });
  });

  describe("ON_DOWN_SESSIONS", () => {
    const down = clusterOf({ a: { health: "unhealthy" } }, { version: 2 });

    it("close: ends the sessions of a backend that goes down, once", () => {
      const world = new PathWorld(one, { onDownSessions: "close" });
      const { client, backend } = world.connected();
      world.publisher.publish(down);
      world.tasks.run();
      expect(world.lastRecord).to.deep.include({ endedBy: "backend", cause: "backend-went-down", state: "DD" });
      expect([client.ending, backend.ending]).to.deep.equal(["reset", "reset"]);
    });

    it("close: a backend that stays down, or is ejected only, loses nobody", () => {
      const world = new PathWorld({ ...down, panic: true }, { onDownSessions: "close" });
      const { client } = world.connected();
      world.publisher.publish({ ...down, version: 3 });
      world.publisher.publish(clusterOf({ a: { health: "unhealthy", ejected: true } }, { version: 4 }));
      expect(client.ending).to.equal(undefined);
    });

    it("keep: leaves them alone", () => {
      const world = new PathWorld(one, { onDownSessions: "keep" });
      const { client } = world.connected();
      world.publisher.publish(down);
      expect([client.ending, world.path.open]).to.deep.equal([undefined, 1]);
    });
  });

  it("a publication disturbs nobody whose backend stays, goes from the list, or changes its weight", () => {
    const world = new PathWorld(clusterOf({ a: {}, b: {}, c: {} }));
    for (let i = 1; i <= 30; i++) world.connected(`192.0.2.${i}`);
    world.publisher.publish(
      clusterOf({ a: { of: { weight: 9 } }, b: { lifecycle: "draining" }, c: {} }, { version: 2 }),
    );
    world.publisher.publish(clusterOf({ a: {} }, { version: 3 }));
    world.publisher.publish(clusterOf({}, { version: 4 }));
    expect([world.records, world.path.open]).to.deep.equal([[], 30]);
  });

  it("closeAll ends everything: politely what is relayed, the rest at once", () => {
    const world = new PathWorld(one);
    world.room = 10;
    const { client, backend } = world.connected();
    const connecting = world.accept();
    backend.send(Buffer.alloc(5000, 7));
    backend.deliverAll();
    world.path.closeAll("shutdown", true);
    world.tasks.run();
    expect(world.records.map(({ cause, state }) => `${cause} ${state}`)).to.deep.equal(["shutdown KD", "shutdown KC"]);
    expect([client.ending, connecting.ending, world.path.open]).to.deep.equal([undefined, "reset", 0]);
    client.grant();
    world.tasks.run();
    expect([client.received.length, client.ending]).to.deep.equal([5000, "closed"]);
    expect(world.gauges()).to.deep.equal(ALL_ZERO);
  });

  it("destroy leaves nothing behind, and hears of nothing more", () => {
    const world = new PathWorld(one, { onDownSessions: "close", queue: 5 });
    world.connected();
    world.accept();
    world.path.destroy();
    world.path.destroy();
    world.publisher.publish(clusterOf({ a: { health: "unhealthy" } }, { version: 2 }));
    world.tasks.run();
    expect(world.records.map(({ state }) => state)).to.deep.equal(["KD", "KC"]);
    expect(world.gauges()).to.deep.equal(ALL_ZERO);
  });

  it("reads the snapshot that counts when it is asked", () => {
    const world = new PathWorld(one);
    world.publisher.publish(clusterOf({ b: {} }, { version: 9 }));
    world.connected();
    world.path.destroy();
    expect(world.lastRecord).to.deep.include({ backend: "b", snapshotVersion: 9 });
    expect(memberById(world.path.published.current, "b").slot).to.equal(0);
  });
});
