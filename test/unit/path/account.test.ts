import { expect } from "chai";
import { clusterOf } from "../../support/clusters.ts";
import { PathWorld, WALL_START_MS } from "../../support/path-world.ts";

describe("the record of a connection", () => {
  it("has all of a life that went well", () => {
    const world = new PathWorld(clusterOf({ a: {} }), { overflowPinMs: 0 });
    world.advance(5);
    const client = world.accept("192.0.2.7", { port: 4711 });
    world.advance(20);
    const { socket: backend } = world.lastDialed;
    backend.connect();
    client.send(Buffer.from("ping"));
    client.deliverAll();
    world.advance(300);
    backend.send(Buffer.from("pong!"));
    backend.deliverAll();
    client.sendEnd();
    backend.sendEnd();
    client.deliverAll();
    backend.deliverAll();
    world.tasks.run();
    expect(world.records).to.deep.equal([
      {
        id: 1,
        acceptedAtMs: WALL_START_MS + 5,
        listener: "world",
        mode: "tcp",
        requests: 0,
        client: { address: "192.0.2.7", port: 4711 },
        via: undefined,
        key: "192.0.2.7/32",
        backend: "a",
        home: "a",
        reason: "home",
        attempts: 1,
        redispatched: false,
        endedBy: "client",
        phase: "relay",
        cause: "finished",
        state: "--",
        identifyMs: 0,
        queueMs: 0,
        connectMs: 20,
        totalMs: 320,
        bytesIn: 4,
        bytesOut: 5,
        openProcess: 1,
        openListener: 1,
        openBackend: 1,
        snapshotVersion: 1,
      },
    ]);
  });

  it("counts the connection itself as open, and whoever else is", () => {
    const world = new PathWorld(clusterOf({ a: {} }));
    const [first] = [world.connected().client, world.connected().client];
    first?.fail("ECONNRESET");
    world.tasks.run();
    expect(world.lastRecord).to.deep.include({ openProcess: 2, openListener: 2, openBackend: 2 });
    world.path.destroy();
    expect(world.lastRecord).to.deep.include({ openProcess: 1, openListener: 1, openBackend: 1 });
  });

  it("has −1 and nothing for what was not reached", () => {
    const world = new PathWorld(clusterOf({}), { maxConnections: 1 });
    world.accept();
    expect(world.lastRecord).to.deep.include({ backend: undefined, home: undefined, reason: undefined, attempts: 0 });
    expect(world.lastRecord).to.deep.include({ identifyMs: 0, queueMs: -1, connectMs: -1, openBackend: 0 });
  });

  it("has −1 and nothing but its peer where it was turned away at once", () => {
    const world = new PathWorld(clusterOf({ a: {} }), { maxConnections: 1 });
    world.accept();
    world.accept("192.0.2.7", { port: 4711 });
    expect(world.lastRecord).to.deep.include({
      ...{ cause: "connection-limit", client: { address: "192.0.2.7", port: 4711 }, via: undefined, key: "" },
      ...{ backend: undefined, home: undefined, reason: undefined, attempts: 0, redispatched: false },
      ...{ identifyMs: -1, queueMs: -1, connectMs: -1, totalMs: 0, bytesIn: 0, bytesOut: 0 },
      ...{ openBackend: 0, snapshotVersion: 0 },
    });
  });

  it("ids count from 1 and are never used again", () => {
    const world = new PathWorld(clusterOf({}));
    for (let i = 0; i < 5; i++) world.accept();
    expect(world.records.map(({ id }) => id)).to.deep.equal([1, 2, 3, 4, 5]);
  });
});
