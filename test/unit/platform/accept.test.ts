import { once } from "node:events";
import { readFileSync } from "node:fs";
import net from "node:net";
import { expect } from "chai";
import { acceptConnections, type Opener } from "../../../src/platform/accept.ts";
import type { ReadMode, RelaySocket } from "../../../src/platform/relay-socket.ts";
import { WriteBatch } from "../../../src/platform/write-batch.ts";
import { closeAfterEach } from "../../support/close-after-each.ts";
import { RecordingHandler } from "../../support/recording-handler.ts";
import { loopback, relayServer, SocketPairs } from "../../support/socket-pairs.ts";

/** Holds everything back. */
class PatientBatch extends WriteBatch {
  override holds(): boolean {
    return true;
  }
}

const LARGE = "x".repeat(300_000);

/** Whether the kernel has its keep-alive timer running for the other end of `peer`: `02` in proc(5), /proc/net/tcp. */
function waitsToProbe(peer: net.Socket): boolean {
  const hex = (port = 0): string => port.toString(16).toUpperCase().padStart(4, "0");
  const ends = new RegExp(`:${hex(peer.remotePort)} \\w+:${hex(peer.localPort)} 01 \\S+ 02:`);
  return ends.test(readFileSync("/proc/net/tcp", "latin1"));
}

describe("acceptConnections", () => {
  const later = closeAfterEach();
  const pairs = new SocketPairs(later);

  async function accepted(mode: ReadMode, batch?: WriteBatch, tamper: (server: net.Server) => void = () => {}) {
    const server = await pairs.listening(relayServer(), loopback);
    tamper(server);
    let resolve: (open: Opener) => void = () => {};
    const opener = new Promise<Opener>((come) => {
      resolve = come;
    });
    const used = acceptConnections(server, mode, { noDelay: true, keepAliveMs: 30_000, batch }, resolve);
    const { port } = server.address() as net.AddressInfo;
    const peer = net.connect({ port, host: "127.0.0.1", allowHalfOpen: true });
    later(() => peer.destroy());
    await once(peer, "connect");
    const handler = new RecordingHandler();
    const socket: RelaySocket = (await opener)(handler);
    later(() => socket.close());
    return { used, peer, socket, handler };
  }

  async function everything(peer: net.Socket): Promise<string> {
    let text = "";
    for await (const chunk of peer.setEncoding("latin1")) text += chunk;
    return text;
  }

  for (const mode of ["direct", "stream"] as const) {
    it(`hands over sockets that read and write (${mode})`, async () => {
      const { used, peer, socket, handler } = await accepted(mode);
      expect(used).to.equal(mode);
      expect(socket.remote).to.deep.equal({ address: "127.0.0.1", port: peer.localPort });
      peer.write("hello");
      socket.resume();
      await handler.got(5);
      expect(handler.received.toString()).to.equal("hello");
      socket.writeLatin1("answer");
      socket.end();
      expect(await everything(peer)).to.equal("answer");
    });

    for (const how of ["end", "endAndClose"] as const) {
      it(`keeps the order of writes that are held back and others, up to the last byte (${mode}, ${how})`, async () => {
        const { peer, socket } = await accepted(mode, new PatientBatch());
        const received = everything(peer);
        socket.writeLatin1("a");
        socket.writeLatin1("b");
        socket.write(Buffer.from(LARGE));
        socket.writeLatin1("c");
        socket[how]();
        expect(await received).to.equal(`ab${LARGE}c`);
      });
    }

    it(`sends what is held back before it closes at once (${mode})`, async () => {
      const { peer, socket } = await accepted(mode, new PatientBatch());
      const received = everything(peer);
      socket.writeLatin1("last words");
      socket.close();
      expect(await received).to.equal("last words");
    });
  }

  if (process.platform === "linux") {
    it("has idle connections probed, by an option of the listening socket", async () => {
      const { peer } = await accepted("direct");
      expect(waitsToProbe(peer)).to.equal(true);
    });

    it("has them probed one by one, when the listening socket does not take the option", async () => {
      let asked = 0;
      const { peer } = await accepted("direct", undefined, (server) => {
        const { _handle: handle } = server as unknown as { _handle: object };
        const refuse = (): number => {
          asked++;
          return -1;
        };
        Object.assign(handle, { setKeepAlive: refuse });
      });
      expect(asked).to.equal(1);
      expect(waitsToProbe(peer)).to.equal(true);
    });
  }

  it("falls back to streams when Node's internals are not as known", async () => {
    const { used, peer, socket, handler } = await accepted("direct", undefined, (server) => {
      const { _handle: handle } = server as unknown as { _handle: object };
      Object.defineProperty(handle, "useUserBuffer", { value: undefined });
    });
    expect(used).to.equal("stream");
    peer.write("hello");
    socket.resume();
    await handler.got(5);
    expect(handler.received.toString()).to.equal("hello");
  });
});
