import { expect } from "chai";
import type { DataPathOptions } from "../../../src/path/options.ts";
import { addressFor, clusterOf } from "../../support/clusters.ts";
import { optionsOf } from "../../support/data-path-of.ts";
import { ALL_ZERO, PathWorld } from "../../support/path-world.ts";

function connectOptions(more: Partial<DataPathOptions["connect"]>): DataPathOptions["connect"] {
  return { ...optionsOf().connect, ...more };
}

function boundedLoad(factor: number): DataPathOptions["placement"] {
  return { ...optionsOf().placement, choose: { boundedLoad: factor, onDown: "rehash" } };
}

/** Ends the connection of every client, one after the other. */
function endAll(world: PathWorld): void {
  for (const client of world.clients) client.fail("ECONNRESET");
  world.tasks.run();
}

describe("Connection", () => {
  const one = clusterOf({ a: {} });

  it("a client that left before anybody could ask who it was is not served, on whatever list it may be", () => {
    const world = new PathWorld(one);
    const socket = world.accept("192.0.2.1", { isVanished: true });
    socket.send(Buffer.from("rm -rf"));
    world.tasks.run();
    expect(world.lastRecord).to.deep.include({ endedBy: "client", cause: "reset", state: "CR", phase: "accept" });
    expect([socket.readBytes, world.dialed.length, socket.ending]).to.deep.equal([0, 0, "reset"]);
    expect(world.gauges()).to.deep.equal(ALL_ZERO);
  });

  it("a client of a unix socket is served", () => {
    const world = new PathWorld(one);
    const { client } = world.connected("");
    client.fail("ECONNRESET");
    world.tasks.run();
    expect(world.lastRecord).to.deep.include({ key: "unix", client: { address: "", port: 0 }, phase: "relay" });
  });

  it("reads nothing of the client before the backend is there, and then everything", () => {
    const world = new PathWorld(one);
    const client = world.accept();
    client.send(Buffer.from("early"));
    client.sendEnd();
    client.deliverAll();
    expect([client.readBytes, client.isReading]).to.deep.equal([0, false]);
    world.lastDialed.socket.connect();
    client.deliverAll();
    expect([world.lastDialed.socket.received.toString(), world.lastDialed.socket.finSent]).to.deep.equal([
      "early",
      true,
    ]);
  });

  describe("tells the backend who the client is", () => {
    const sent = (proxyProtocolOut: "off" | "v1" | "v2", address?: string): Buffer => {
      const world = new PathWorld(one, { connect: connectOptions({ proxyProtocolOut }) });
      const { client, backend } = world.connected(address);
      client.send(Buffer.from("hello"));
      client.deliverAll();
      client.fail("ECONNRESET");
      world.tasks.run();
      expect(world.lastRecord.bytesIn, "the header is not the client's").to.equal(5);
      return backend.received;
    };

    it("off: not", () => expect(sent("off").toString()).to.equal("hello"));

    it("v1, before the first byte", () => {
      expect(sent("v1", "192.0.2.7").toString()).to.equal("PROXY TCP4 192.0.2.7 198.51.100.1 50000 80\r\nhello");
      expect(sent("v1", "").toString()).to.equal("PROXY UNKNOWN\r\nhello");
    });

    it("v2, before the first byte", () => {
      const bytes = sent("v2", "192.0.2.7");
      expect(bytes.subarray(0, 12).toString("hex")).to.equal("0d0a0d0a000d0a515549540a");
      expect(bytes.subarray(16, 28).toString("hex")).to.equal("c0000207c6336401c3500050");
      expect(bytes.subarray(28).toString()).to.equal("hello");
    });

    it("and the client's first bytes wait behind a header that is not out yet", () => {
      const world = new PathWorld(one, { connect: connectOptions({ proxyProtocolOut: "v1" }) });
      world.room = 5;
      const { client, backend } = world.connected("192.0.2.7");
      client.send(Buffer.from("hello"));
      client.deliverAll();
      backend.grant();
      world.tasks.run();
      client.deliverAll();
      expect(backend.received.toString()).to.match(/^PROXY TCP4 .*\r\nhello$/);
      expect([backend.violations, client.isReading]).to.deep.equal([[], true]);
    });
  });

  describe("pins", () => {
    const snapshot = clusterOf({ a: {}, b: {} });
    const home = addressFor(snapshot, "a");
    const reasons = (world: PathWorld) => world.records.map(({ backend, reason }) => `${backend} ${reason}`);

    it("a client that overflowed stays where it went, and comes home when its time is over", () => {
      const world = new PathWorld(snapshot, { placement: boundedLoad(1.01), overflowPinMs: 500 });
      // a takes ceil(1.01·(m+1)/2) of m+1: the first goes home, the second too, the third does not fit.
      for (let i = 0; i < 3; i++) world.connected(home);
      expect(world.dialed.map(({ options }) => options.port)).to.deep.equal([1001, 1001, 1002]);
      world.clients[0]?.fail("ECONNRESET");
      world.clients[1]?.fail("ECONNRESET");
      world.tasks.run();
      world.connected(home);
      expect(world.lastDialed.options.port, "b has room, and the client is there").to.equal(1002);
      endAll(world);
      world.advance(499);
      world.connected(home);
      endAll(world);
      world.advance(500);
      world.connected(home);
      endAll(world);
      expect(reasons(world)).to.deep.equal(["a home", "a home", "b overflow", "b pinned", "b pinned", "a home"]);
      expect(world.gauges()).to.deep.equal(ALL_ZERO);
    });

    it("OVERFLOW_PIN=0: decides anew each time", () => {
      const world = new PathWorld(snapshot, { placement: boundedLoad(1.01), overflowPinMs: 0 });
      for (let i = 0; i < 3; i++) world.connected(home);
      world.clients[0]?.fail("ECONNRESET");
      world.tasks.run();
      world.connected(home);
      expect(world.lastDialed.options.port).to.equal(1001);
    });

    for (const failBack of ["now", "new"] as const) {
      it(`FAIL_BACK=${failBack}: after its home has recovered`, () => {
        const world = new PathWorld(clusterOf({ a: { health: "unhealthy" }, b: {} }), { failBack, overflowPinMs: 500 });
        world.connected(home);
        world.publisher.publish(clusterOf({ a: {}, b: {} }, { version: 2 }));
        world.connected(home);
        endAll(world);
        const second = failBack === "now" ? "a home" : "b pinned";
        expect(reasons(world)).to.deep.equal(["b failover", second]);
      });
    }

    it("going home ends the pin", () => {
      const world = new PathWorld(snapshot, { placement: boundedLoad(1.01), overflowPinMs: 500 });
      for (let i = 0; i < 3; i++) world.connected(home);
      world.publisher.publish(clusterOf({ a: {}, b: { health: "unhealthy" } }, { version: 2 }));
      world.connected(home);
      world.publisher.publish({ ...snapshot, version: 3 });
      endAll(world);
      world.connected(home);
      expect(world.lastDialed.options.port).to.equal(1001);
    });
  });

  describe("NAT_SPLIT", () => {
    const snapshot = clusterOf({ a: {}, b: {}, c: {}, d: {}, e: {} });
    const natSplit = { over: 2, share: 1, key: "port-block", portBlock: 1024 } as const;
    const campus = addressFor(snapshot, "a", "b");

    it("spreads a heavy address over its first backends by block of ports; the people in a block stay together", () => {
      const world = new PathWorld(snapshot, { natSplit });
      const backendOfBlock = new Map<number, Set<number>>();
      for (let i = 0; i < 200; i++) {
        const block = i % 20;
        world.accept(campus, { port: 1024 * (10 + block) + Math.floor(i / 20) });
        world.lastDialed.socket.connect();
        if (i < 40) continue;
        const seen = backendOfBlock.get(block) ?? new Set();
        backendOfBlock.set(block, seen.add(world.lastDialed.options.port));
      }
      expect([...backendOfBlock.values()].every((ports) => ports.size === 1)).to.equal(true);
      const used = new Set([...backendOfBlock.values()].flatMap((ports) => [...ports]));
      expect([...used].sort()).to.deep.equal([1001, 1002]);
    });

    it("leaves an address alone that is not heavy", () => {
      const world = new PathWorld(snapshot, { natSplit });
      for (let i = 0; i < 20; i++) world.accept(campus, { port: 1024 * (10 + i) });
      expect(new Set(world.dialed.map(({ options }) => options.port))).to.deep.equal(new Set([1001]));
    });
  });
});
