import { expect } from "chai";
import type { ListenerFacts } from "../../../src/path/data-path.ts";
import type { DataPathOptions } from "../../../src/path/options.ts";
import { encodeProxyV1, encodeProxyV2 } from "../../../src/proxy-protocol/encode.ts";
import { clusterOf } from "../../support/clusters.ts";
import { optionsOf } from "../../support/data-path-of.ts";
import { ALL_ZERO, PathWorld } from "../../support/path-world.ts";

const PROXY = "10.0.0.1";
const client = { address: "203.0.113.9", port: 4711 };
const server = { address: "198.51.100.1", port: 80 };
const header = Buffer.from(encodeProxyV2(client, server));

function worldOf(proxyProtocolIn: ListenerFacts["proxyProtocolIn"], more: Partial<DataPathOptions> = {}): PathWorld {
  const trusted = { bytes: Uint8Array.of(10, 0, 0, 0), bits: 8, text: "10.0.0.0/8" };
  const live = { ...optionsOf().live, proxyProtocolTrusted: [trusted] };
  return new PathWorld(clusterOf({ a: {} }), { live, proxyProtocolTimeoutMs: 3000, ...more }, proxyProtocolIn);
}

describe("Identification", () => {
  it("off: the peer of the socket is the client, and nothing is read before the relay", () => {
    const world = worldOf("off");
    const socket = world.accept(PROXY);
    socket.send(header);
    expect(socket.deliver()).to.equal(false);
    expect(world.dialed).to.have.length(1);
    world.lastDialed.socket.connect();
    socket.deliverAll();
    expect(world.lastDialed.socket.received.equals(header)).to.equal(true);
  });

  for (const mode of ["required", "optional"] as const) {
    it(`${mode}: takes the client from the header, and what follows is the client's`, () => {
      const world = worldOf(mode);
      const socket = world.accept(PROXY);
      socket.send(Buffer.concat([header, Buffer.from("hello")]));
      socket.deliverAll(7);
      expect(socket.isReading, "the rest belongs to the relay").to.equal(false);
      world.lastDialed.socket.connect();
      socket.send(Buffer.from(" you"));
      socket.deliverAll();
      expect(world.lastDialed.socket.received.toString()).to.equal("hello you");
      socket.fail("ECONNRESET");
      world.tasks.run();
      const { key, via, client: seen, bytesIn } = world.lastRecord;
      expect([key, seen, via?.address, bytesIn]).to.deep.equal(["203.0.113.9/32", client, PROXY, 9]);
    });

    it(`${mode}: a LOCAL header speaks for the proxy itself`, () => {
      const world = worldOf(mode);
      const socket = world.accept(PROXY);
      socket.send(encodeProxyV2(client, server, { command: "local" }));
      socket.deliverAll();
      world.path.closeAll("shutdown", false);
      const { key, via } = world.lastRecord;
      expect([key, via]).to.deep.equal(["10.0.0.1/32", undefined]);
    });

    it(`${mode}: ends on a malformed header, half a header, and one that comes too slowly`, () => {
      const begin = () => {
        const world = worldOf(mode);
        return { world, socket: world.accept(PROXY) };
      };
      const malformed = begin();
      malformed.socket.send(Buffer.from("PROXY TCP4 nonsense\r\n"));
      malformed.socket.deliverAll();
      const half = begin();
      half.socket.send(header.subarray(0, 20));
      half.socket.sendEnd();
      half.socket.deliverAll();
      const slow = begin();
      slow.socket.send(header.subarray(0, 20));
      slow.socket.deliverAll();
      slow.world.advance(2999);
      expect(slow.world.records).to.deep.equal([]);
      slow.world.advance(1);
      const failed = begin();
      failed.socket.fail("ECONNRESET");
      for (const [{ world, socket }, endedBy, cause, state] of [
        [malformed, "balancer", "proxy-header-malformed", "PR"],
        [half, "client", "closed-early", "CR"],
        [slow, "balancer", "proxy-header-timeout", "cR"],
        [failed, "client", "reset", "CR"],
      ] as const) {
        world.tasks.run();
        expect(world.lastRecord, cause).to.deep.include({ endedBy, cause, state, phase: "identify", identifyMs: -1 });
        expect(socket.isClosed).to.equal(true);
        expect(world.dialed).to.have.length(0);
        expect(world.gauges()).to.deep.equal(ALL_ZERO);
      }
    });
  }

  it("required: from nobody but a trusted proxy, and never without it", () => {
    const stranger = worldOf("required");
    stranger.accept("192.0.2.1").send(header);
    expect(stranger.lastRecord).to.deep.include({ cause: "proxy-header-untrusted", state: "PR" });
    const plain = worldOf("required");
    const socket = plain.accept(PROXY);
    socket.send(Buffer.from("GET / HTTP/1.1\r\n"));
    socket.deliverAll();
    expect(plain.lastRecord).to.deep.include({ cause: "proxy-header-missing", state: "PR" });
    const silent = worldOf("required");
    silent.accept(PROXY);
    silent.advance(3000);
    expect(silent.lastRecord).to.deep.include({ cause: "proxy-header-timeout", state: "cR" });
  });

  it("optional: the header of a stranger is data", () => {
    const world = worldOf("optional");
    const socket = world.accept("192.0.2.1");
    world.lastDialed.socket.connect();
    socket.send(encodeProxyV1(client, server));
    socket.deliverAll();
    expect(world.lastDialed.socket.received.toString()).to.match(/^PROXY TCP4 203\.0\.113\.9/);
  });

  it("optional: without a header the proxy is the client", () => {
    const world = worldOf("optional");
    const socket = world.accept(PROXY);
    socket.send(Buffer.from("hello"));
    socket.deliverAll();
    world.lastDialed.socket.connect();
    expect(world.lastDialed.socket.received.toString()).to.equal("hello");
  });

  describe("optional, and the client waits for the server to speak first", () => {
    it("is served after the deadline, without losing what it says before the backend is there", () => {
      const world = worldOf("optional");
      const socket = world.accept(PROXY);
      world.advance(3000);
      expect(world.dialed).to.have.length(1);
      socket.send(Buffer.from("at last"));
      socket.deliverAll();
      socket.send(Buffer.from(" and more"));
      socket.sendEnd();
      socket.deliverAll();
      expect(world.records).to.deep.equal([]);
      const { socket: backend } = world.lastDialed;
      backend.connect();
      socket.deliverAll();
      expect([backend.received.toString(), backend.finSent]).to.deep.equal(["at last and more", true]);
    });

    it("has its FIN passed on, whenever it came", () => {
      for (const lateMs of [0, 3000]) {
        const world = worldOf("optional");
        const socket = world.accept(PROXY);
        world.advance(lateMs);
        socket.sendEnd();
        socket.deliverAll();
        const { socket: backend } = world.lastDialed;
        backend.connect();
        backend.send(Buffer.from("220 welcome"));
        backend.deliverAll();
        expect([backend.finSent, socket.received.toString()]).to.deep.equal([true, "220 welcome"]);
        backend.sendEnd();
        backend.deliverAll();
        world.tasks.run();
        expect(world.lastRecord).to.deep.include({ cause: "finished", endedBy: "client", state: "--" });
        expect(world.gauges()).to.deep.equal(ALL_ZERO);
      }
    });
  });

  it("has no timer left after it is done", () => {
    const world = worldOf("required");
    const socket = world.accept(PROXY);
    expect(world.clock.timers).to.equal(1);
    socket.send(header);
    socket.deliverAll();
    world.path.closeAll("shutdown", false);
    world.tasks.run();
    expect(world.gauges()).to.deep.equal(ALL_ZERO);
  });
});
