import { once } from "node:events";
import net from "node:net";
import { expect } from "chai";
import { openAccepted, type RelaySocket } from "../../../src/platform/relay-socket.ts";
import { resetConnection } from "../../../src/platform/socket-quirks.ts";
import { TextWriter } from "../../../src/platform/text-writer.ts";
import { WriteBatch } from "../../../src/platform/write-batch.ts";
import { closeAfterEach } from "../../support/close-after-each.ts";
import { RecordingHandler } from "../../support/recording-handler.ts";
import { loopback, relayServer, SocketPairs } from "../../support/socket-pairs.ts";

/** More than a socket's buffers hold, in texts that libuv tries to write at once. */
const TEXT = "0123456789abcdef".repeat(1000);
const TEXTS = 1000;

/** Texts go out at once. */
class HastyBatch extends WriteBatch {
  override holds(): boolean {
    return false;
  }
}

interface Accepted {
  /** Node's, below the socket. */
  readonly handle: object;
  readonly socket: RelaySocket;
  readonly handler: RecordingHandler;
  readonly peer: net.Socket;
}

describe("TextWriter", () => {
  const later = closeAfterEach();
  const pairs = new SocketPairs(later);

  async function accepted(): Promise<Accepted> {
    const server = await pairs.listening(relayServer(), loopback);
    const { _handle: listening } = server as unknown as { _handle: { onconnection: (e: number, h: object) => void } };
    const handle = new Promise<object>((resolve) => {
      listening.onconnection = (_error, given) => resolve(given);
    });
    const { port } = server.address() as net.AddressInfo;
    const peer = net.connect({ port, host: "127.0.0.1", allowHalfOpen: true });
    later(() => peer.destroy());
    await once(peer, "connect");
    const handler = new RecordingHandler();
    const given = await handle;
    const socket = openAccepted(given, handler, new HastyBatch(TextWriter.create()));
    later(() => socket.close());
    return { handle: given, socket, handler, peer };
  }

  /** Writes texts until the kernel takes no more. @returns what was written */
  function fill(socket: RelaySocket): string {
    let written = "";
    for (let i = 0; i < TEXTS && socket.unsent === 0; i++) {
      socket.writeLatin1(TEXT);
      written += TEXT;
    }
    expect(socket.unsent, "the peer does not read").to.be.within(1, TEXT.length);
    return written;
  }

  async function everything(peer: net.Socket): Promise<string> {
    let text = "";
    for await (const chunk of peer.setEncoding("latin1")) text += chunk;
    return text;
  }

  it("finds what it needs in the versions of Node that write with request objects", () => {
    const isThere = TextWriter.create() !== undefined;
    expect(isThere).to.equal(Number.parseInt(process.versions.node, 10) < 26);
  });

  it("writes every char code as one byte, past the stream", async () => {
    const { socket, peer, handler } = await accepted();
    const all = Buffer.from(Array.from({ length: 256 }, (_, octet) => octet)).toString("latin1");
    socket.writeLatin1(all);
    expect(socket.unsent).to.equal(0);
    socket.endAndClose();
    expect(await everything(peer)).to.equal(all);
    expect(handler.told.items, "nothing had to wait").to.not.include("drain");
  });

  it("counts what the kernel has not taken, and says when it has", async () => {
    const { socket, peer, handler } = await accepted();
    const written = fill(socket);
    const received = everything(peer);
    await handler.has("drain");
    expect(socket.unsent).to.equal(0);
    socket.end();
    expect(await received).to.equal(written);
  });

  for (const how of ["end", "endAndClose"] as const) {
    it(`keeps the order of texts and bytes behind one that waits, up to the last byte (${how})`, async () => {
      const { socket, peer } = await accepted();
      const written = fill(socket);
      socket.writeLatin1("second");
      socket.write(Buffer.from("third"));
      socket.writeLatin1("fourth");
      socket[how]();
      expect(await everything(peer)).to.equal(`${written}secondthirdfourth`);
    });
  }

  // libuv tries twice: what the kernel refused in the first try it may have taken in the second, a microsecond later. The
  // queue is empty then, but the request object still waits to be called back, and Node aborts when it is used again.
  it("uses no request object again that waits to be called back, although the kernel has taken everything", async function () {
    if (TextWriter.create() === undefined) {
      process.stdout.write("    skipped: this Node.js has unknown internals\n");
      this.skip();
    }
    const { handle, socket, peer } = await accepted();
    const requests = claimsToHaveSentEverything(handle);
    const written = fill(socket);
    const waiting = requests.at(-1);
    socket.writeLatin1("behind it");
    expect(requests.at(-1), "a request object of its own").to.not.equal(waiting);
    socket.end();
    expect(await everything(peer)).to.equal(`${written}behind it`);
  });

  it("says nothing more of a text that was under way when the socket was closed", async () => {
    const { socket, handler, peer } = await accepted();
    fill(socket);
    socket.close();
    await handler.has("closed");
    expect(handler.told.items).to.not.include("drain");
    peer.destroy();
  });

  it("a peer that has gone is an error of the socket, as with any other write", async () => {
    const { socket, handler, peer } = await accepted();
    resetConnection(peer);
    await once(peer, "close");
    // The first write may still be taken; the reset is noticed by the next one at the latest.
    for (let i = 0; i < 2; i++) socket.writeLatin1("to nobody");
    await handler.has("closed");
    expect(handler.told.items.filter((event) => event.startsWith("error"))).to.have.lengthOf(1);
  });

  it("leaves what cannot be written now to the stream", () => {
    const plain = new Unconnected();
    const writer = TextWriter.create();
    expect(writer?.write(plain, "text", { onTextSent: () => {} }) ?? 0).to.equal(0);
    expect(plain.written).to.deep.equal(writer === undefined ? [] : ["text"]);
  });
});

/** Lets `handle` say that its queue is empty, whatever is in it. @returns the request objects it is given from now on */
function claimsToHaveSentEverything(handle: object): object[] {
  const requests: object[] = [];
  const { writeLatin1String } = handle as { writeLatin1String: (request: object, text: string) => number };
  Object.defineProperties(handle, {
    writeQueueSize: { value: 0 },
    writeLatin1String: {
      value: (request: object, text: string): number => {
        // Node would abort the process.
        if (requests.at(-1) === request && isWaiting(request)) throw new Error("the request object is in use");
        requests.push(request);
        return writeLatin1String.call(handle, request, text);
      },
    },
  });
  return requests;
}

/** Whether Node has taken a request object for a write that is under way. */
function isWaiting(request: object): boolean {
  return (request as { getAsyncId: () => number }).getAsyncId() >= 0;
}

/** Has no handle yet. */
class Unconnected extends net.Socket {
  readonly written: unknown[] = [];
  override write(text: unknown): boolean {
    this.written.push(text);
    return true;
  }
}
