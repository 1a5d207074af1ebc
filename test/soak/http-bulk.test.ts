import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, request } from "node:http";
import { connect } from "node:net";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { expect } from "chai";
import { closeAfterEach } from "../support/close-after-each.ts";
import { MeasuredProcess } from "../support/measured-process.ts";
import { seededRandom } from "../support/seeded-random.ts";
import { settled } from "../support/settled.ts";
import { type OnConnection, TestBackend } from "../support/test-backend.ts";

const MB = 1_000_000;
const MIB = 1 << 20;
const CONNECTIONS = 8;
const TOTAL = 200 * MB;

/** Buffers of the relay, which may all be lent at the same time, and what V8 collects in between. */
const GROWTH = 64 * MIB;

describe("large bodies in http mode, through a process of its own", function () {
  this.timeout(60_000);
  const later = closeAfterEach();

  async function start(onConnection: OnConnection): Promise<MeasuredProcess> {
    const backend = await TestBackend.start("app", onConnection);
    later(() => backend.kill());
    const measured = await MeasuredProcess.start({ MODE: "http", BACKENDS: backend.setting() });
    later(() => measured.kill());
    return measured;
  }

  /** `length` bytes in pieces of random sizes. */
  function* pieces(length: number, seed: number): Generator<Buffer> {
    const random = seededRandom(seed);
    const block = Buffer.allocUnsafe(MIB);
    for (let i = 0; i < MIB; i += 4) block.writeUInt32LE(Math.floor(random.next() * 2 ** 32), i);
    for (let left = length; left > 0; ) {
      const size = Math.min(left, Math.ceil((256 * 1024) ** random.next()));
      const from = Math.floor(random.next() * (MIB - size));
      left -= size;
      yield block.subarray(from, from + size);
    }
  }

  interface Exchanged {
    readonly sent: string;
    readonly received: string;
    readonly receivedBytes: number;
  }

  /** Sends a body and hashes what comes back meanwhile. */
  async function exchange(port: number, bytes: number, seed: number, isChunked: boolean): Promise<Exchanged> {
    const sent = createHash("sha256");
    const received = createHash("sha256");
    let receivedBytes = 0;
    const headers = isChunked ? { "transfer-encoding": "chunked" } : { "content-length": bytes };
    const asked = request({ host: "127.0.0.1", port, method: "POST", headers, agent: false });
    const answered = new Promise<void>((resolve, reject) => {
      asked.on("error", reject);
      asked.on("response", async (message: IncomingMessage) => {
        expect(message.headers["transfer-encoding"], "framing is what the backend chose").to.equal(
          isChunked ? undefined : "chunked",
        );
        for await (const chunk of message) {
          received.update(chunk);
          receivedBytes += chunk.length;
        }
        resolve();
      });
    });
    const body = Readable.from(pieces(bytes, seed), { objectMode: true });
    body.on("data", (chunk: Buffer) => sent.update(chunk));
    await Promise.all([pipeline(body, asked), answered]);
    return { sent: sent.digest("hex"), received: received.digest("hex"), receivedBytes };
  }

  it("200 MB there and back, with Content-Length and chunked in both directions: equal, memory below 64 MB", async () => {
    // What comes chunked goes back with a length, and the other way round.
    const echo = createServer((message, response) => {
      if (message.headers["content-length"] === undefined) response.setHeader("Content-Length", TOTAL / CONNECTIONS);
      message.pipe(response);
    });
    const measured = await start((socket) => echo.emit("connection", socket));
    // Warm: the first large bodies take what V8 and the pool keep.
    await exchange(measured.port, 5 * MB, 99, false);
    measured.markMemory();
    const startedMs = performance.now();
    const all = Array.from({ length: CONNECTIONS }, (_, i) =>
      exchange(measured.port, TOTAL / CONNECTIONS, i, i % 2 === 0),
    );
    for (const { sent, received, receivedBytes } of await Promise.all(all)) {
      expect(receivedBytes).to.equal(TOTAL / CONNECTIONS);
      expect(received).to.equal(sent);
    }
    const grown = measured.memoryGrowth();
    const seconds = (performance.now() - startedMs) / 1000;
    console.log(
      `      200 MB there and back in ${seconds.toFixed(1)} s, memory grew by ${(grown / MIB).toFixed(1)} MiB`,
    );
    expect(grown).to.be.below(GROWTH);
  });

  for (const framing of ["Content-Length", "chunked", "until close"] as const) {
    it(`300 MB for a client that does not read (${framing}): memory stays flat, then everything arrives`, async () => {
      const total = 300 * MB;
      let offered = 0;
      const head = {
        "Content-Length": `Content-Length: ${total}`,
        chunked: "Transfer-Encoding: chunked",
        "until close": "Connection: close",
      }[framing];
      const measured = await start((socket) => {
        const block = Buffer.alloc(MB);
        const more = (): void => {
          while (offered < total) {
            block.fill(offered / MB);
            offered += MB;
            const text = block.toString("latin1");
            const piece = framing === "chunked" ? `${MB.toString(16)}\r\n${text}\r\n` : text;
            if (!socket.write(piece, "latin1")) return;
          }
          socket.off("drain", more);
          socket.end(framing === "chunked" ? "0\r\n\r\n" : "");
        };
        socket.once("data", () => {
          socket.write(`HTTP/1.1 200 OK\r\n${head}\r\n\r\n`);
          socket.on("drain", more);
          more();
        });
      });
      measured.markMemory();
      const socket = connect({ host: "127.0.0.1", port: measured.port });
      later(() => socket.destroy());
      socket.write("GET / HTTP/1.1\r\nHost: shop\r\nConnection: close\r\n\r\n");
      socket.pause();
      const stuckAt = await settled(() => offered);
      expect(stuckAt, "the backend was held up").to.be.below(40 * MB);
      expect(measured.memoryGrowth(), "while nobody reads").to.be.below(16 * MIB);

      let text = 0;
      let counted = 0;
      socket.on("data", (chunk) => {
        text += chunk.length;
        // A byte of each block, as often as it was sent.
        for (let at = chunk.indexOf(200); at >= 0; at = chunk.indexOf(200, at + 1)) counted++;
      });
      socket.resume();
      await new Promise((resolve) => socket.on("close", resolve));
      expect(text, "bytes, heads included").to.be.within(total, total * 1.001);
      expect(counted).to.equal(MB);
      expect(measured.memoryGrowth()).to.be.below(40 * MIB);
    });
  }

  it("an upload for a backend that does not read holds its client up, and memory stays flat", async () => {
    let stuck: (() => void) | undefined;
    let received = 0;
    const measured = await start((socket) => {
      socket.once("data", (first) => {
        received += first.length;
        socket.pause();
        stuck = () => {
          socket.on("data", (chunk) => {
            received += chunk.length;
          });
          socket.resume();
        };
      });
    });
    measured.markMemory();
    const socket = connect({ host: "127.0.0.1", port: measured.port });
    later(() => socket.destroy());
    const total = 200 * MB;
    const block = Buffer.alloc(MB, "u");
    let offered = 0;
    const more = (): void => {
      while (offered < total) {
        offered += MB;
        if (!socket.write(block)) return;
      }
    };
    socket.on("drain", more);
    socket.write(`POST / HTTP/1.1\r\nHost: shop\r\nContent-Length: ${total}\r\n\r\n`);
    more();
    expect(await settled(() => offered), "the client was held up").to.be.below(40 * MB);
    expect(measured.memoryGrowth(), "while nobody reads").to.be.below(16 * MIB);
    stuck?.();
    await settled(() => (received >= total ? total : received));
    expect(received).to.be.within(total, total + 1000);
    expect(measured.memoryGrowth()).to.be.below(40 * MIB);
  });
});
