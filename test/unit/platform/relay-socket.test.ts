import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import net from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { endpointOf } from "../../../src/platform/endpoint-of.ts";
import {
  type DialOptions,
  dial,
  type ReadMode,
  supportsDirectReads,
  wrapAccepted,
} from "../../../src/platform/relay-socket.ts";
import { resetConnection } from "../../../src/platform/socket-quirks.ts";
import { closeAfterEach } from "../../support/close-after-each.ts";
import { patternBytes } from "../../support/patterns.ts";
import { RecordingHandler } from "../../support/recording-handler.ts";
import { aWhile, failureOf, loopback, loopUntil, relayServer, SocketPairs } from "../../support/socket-pairs.ts";

/** More than the kernel's buffers of both ends take. */
const MUCH = 16 * 1024 * 1024;

const modes: readonly ReadMode[] = ["direct", "stream"];

class LastWordsHandler extends RecordingHandler {
  lastWords: Buffer | undefined;
  override onError(error: Error, lastWords?: Buffer): void {
    this.lastWords = lastWords;
    super.onError(error);
  }
}

describe("relay sockets", () => {
  const later = closeAfterEach();
  const pairs = new SocketPairs(later);

  for (const mode of modes) {
    describe(`accepted, ${mode} reads`, () => {
      it("reads nothing before it is told to", async () => {
        const { peer, socket, handler } = await pairs.pair(mode);
        peer.end("hello");
        await once(peer, "finish");
        await aWhile();
        expect(handler.events).to.deep.equal([]);
        socket.resume();
        await handler.has("end");
        expect([handler.events, handler.received.toString()]).to.deep.equal([["data 5", "end"], "hello"]);
        expect(handler.foreign).to.equal(mode === "direct" ? 0 : 1);
      });

      it("stops when it is told to, and goes on", async () => {
        const { peer, socket, handler } = await pairs.pair(mode);
        handler.readsOn = false;
        socket.resume();
        peer.write("one");
        await handler.got(3);
        peer.write("two");
        await aWhile();
        expect(handler.length).to.equal(3);
        socket.resume();
        await handler.got(6);
        expect(handler.received.toString()).to.equal("onetwo");
      });

      it("knows both ends", async () => {
        const { peer, socket, port } = await pairs.pair(mode);
        expect(socket.remote).to.deep.equal({ address: "127.0.0.1", port: peer.localPort });
        expect(socket.local).to.deep.equal({ address: "127.0.0.1", port });
        const six = await pairs.pair(mode, "::1");
        expect(six.socket.remote).to.deep.equal({ address: "::1", port: six.peer.localPort });
      });

      it("writes bytes and latin1, every value", async () => {
        const { peer, socket } = await pairs.pair(mode);
        const all = Buffer.from(Array.from({ length: 512 }, (_, i) => i & 0xff));
        socket.write(all);
        socket.writeLatin1(all.toString("latin1"));
        socket.end();
        const chunks = await peer.toArray();
        expect(Buffer.concat(chunks).equals(Buffer.concat([all, all]))).to.equal(true);
      });

      it("counts what a slow peer has not taken, and tells when it has", async () => {
        const { peer, socket, handler } = await pairs.pair(mode);
        peer.pause();
        socket.write(patternBytes(1, 0, MUCH));
        expect(socket.unsent).to.equal(MUCH);
        await loopUntil(() => socket.writeBacklog < MUCH);
        expect(socket.writeBacklog).to.be.within(1, MUCH - 1);
        expect(handler.events).to.deep.equal([]);
        peer.resume();
        await handler.has("drain");
        expect([socket.unsent, socket.writeBacklog]).to.deep.equal([0, 0]);
      });

      it("a small write that the kernel did not take is announced when it has: the relay would stall without", async () => {
        const { peer, socket, handler } = await pairs.pair(mode);
        peer.pause();
        const small = patternBytes(1, 0, 1000);
        // The kernel may find some room after all, as long as its buffers grow.
        do {
          for (let i = 0; i < 100_000 && socket.unsent === 0; i++) socket.write(small);
          expect(socket.unsent).to.equal(1000);
          await aWhile();
        } while (socket.unsent === 0);
        const drainsBefore = handler.told.items.length;
        peer.resume();
        await handler.told.first("a drain", (event) => event === "drain", { from: drainsBefore });
        expect(socket.unsent).to.equal(0);
      });

      it("the peer of a unix socket has an empty address", async () => {
        const folder = mkdtempSync(join(tmpdir(), "lengket-unit-"));
        later(() => rmSync(folder, { recursive: true, force: true }));
        const path = join(folder, "s");
        const server = await pairs.listening(relayServer(), path);
        const coming = pairs.accepting(server, mode);
        const peer = net.connect(path);
        const { socket, handler } = await coming;
        expect([socket.remote, socket.local]).to.deep.equal([
          { address: "", port: 0 },
          { address: "", port: 0 },
        ]);
        socket.reset();
        await handler.has("closed");
        await failureOf(peer);
      });
    });

    describe(`dialed, ${mode} reads`, () => {
      const optionsFor = (port: number, more: Partial<DialOptions> = {}): DialOptions => ({
        host: "127.0.0.1",
        port,
        noDelay: true,
        keepAliveMs: 0,
        readMode: mode,
        ...more,
      });

      it("tells when it is connected, reads, writes and ends", async () => {
        const server = await pairs.listening(net.createServer(), loopback);
        server.on("connection", (peer) => peer.pipe(peer));
        const { port } = server.address() as net.AddressInfo;
        const handler = new RecordingHandler();
        const socket = dial(optionsFor(port, { localAddress: "127.0.0.77", keepAliveMs: 1000 }), handler);
        await handler.has("connected");
        expect(socket.remote).to.deep.equal({ address: "127.0.0.1", port });
        expect(socket.local.address).to.equal("127.0.0.77");
        socket.write(Buffer.from("hello"));
        socket.resume();
        await handler.got(5);
        socket.end();
        await handler.has("closed");
        expect([handler.received.toString(), handler.events[0], handler.events.slice(-2)]).to.deep.equal([
          "hello",
          "connected",
          ["end", "closed"],
        ]);
      });

      it("a write that fails takes nothing away of what the peer had said", async () => {
        const server = await pairs.listening(net.createServer(), loopback);
        const { port } = server.address() as net.AddressInfo;
        const handler = new LastWordsHandler();
        handler.readsOn = false;
        const socket = dial(optionsFor(port), handler);
        const [peer] = (await once(server, "connection")) as [net.Socket];
        await handler.has("connected");
        socket.resume();
        peer.write("first,");
        await handler.got(6);
        await new Promise((resolve) => peer.write(" last", resolve));
        resetConnection(peer);
        await once(peer, "close");
        socket.write(Buffer.from("too late"));
        await handler.has("closed");
        expect([handler.received.toString(), handler.lastWords?.toString()]).to.deep.equal(["first,", " last"]);
        expect(handler.events.at(-2)).to.match(/^error (ECONNRESET|EPIPE)$/);
        expect(handler.events.filter((event) => event.startsWith("error"))).to.have.length(1);
        expect(socket.unsent, "it can be of no further use").to.be.above(0);
      });

      it("a refused connection is an error, then closed", async () => {
        const server = await pairs.listening(net.createServer(), loopback);
        const { port } = server.address() as net.AddressInfo;
        server.close();
        await once(server, "close");
        const handler = new RecordingHandler();
        dial(optionsFor(port), handler);
        await handler.has("closed");
        expect(handler.events).to.deep.equal(["error ECONNREFUSED", "closed"]);
      });

      it("given up before it is connected, it closes and says nothing else", async () => {
        const server = await pairs.listening(net.createServer(), loopback);
        const { port } = server.address() as net.AddressInfo;
        for (const how of ["close", "reset"] as const) {
          const handler = new RecordingHandler();
          dial(optionsFor(port), handler)[how]();
          await handler.has("closed");
          expect(handler.events).to.deep.equal(["closed"]);
        }
      });
    });
  }

  it("direct reads need a listening server with the internals as they are known", async () => {
    const server = relayServer();
    expect(supportsDirectReads(server)).to.equal(false);
    await pairs.listening(server, loopback);
    expect(supportsDirectReads(server)).to.equal(true);
    const { _handle: handle } = server as unknown as { _handle: object };
    Object.defineProperty(handle, "useUserBuffer", { value: undefined });
    expect(supportsDirectReads(server)).to.equal(false);
  });

  it("falls back to streams for one socket when its internals are not as known", async () => {
    const server = await pairs.listening(relayServer(), loopback);
    const { port } = server.address() as net.AddressInfo;
    const peer = net.connect(port, "127.0.0.1");
    later(() => peer.destroy());
    const [accepted] = (await once(server, "connection")) as [net.Socket];
    const { _handle: handle } = accepted as unknown as { _handle: object };
    Object.defineProperty(handle, "useUserBuffer", { value: undefined });
    const handler = new RecordingHandler();
    const socket = wrapAccepted(accepted, "direct", handler);
    later(() => socket.close());
    peer.write("hello");
    socket.resume();
    await handler.got(5);
    expect([handler.received.toString(), handler.foreign]).to.deep.equal(["hello", 1]);
  });

  for (const [address, port, expected] of [
    ["192.0.2.1", 5, { address: "192.0.2.1", port: 5 }],
    ["::ffff:192.0.2.1", 5, { address: "192.0.2.1", port: 5 }],
    ["2001:db8::1", 5, { address: "2001:db8::1", port: 5 }],
    ["::ffff:c000:201", 5, { address: "::ffff:c000:201", port: 5 }],
    ["fe80::1%eth0", 5, { address: "fe80::1", port: 5 }],
    [undefined, undefined, { address: "", port: 0 }],
  ] as const) {
    it(`the endpoint of ${address} is ${JSON.stringify(expected.address)}`, () => {
      expect(endpointOf(address, port)).to.deep.equal(expected);
    });
  }
});
