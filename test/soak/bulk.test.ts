import { connect } from "node:net";
import { expect } from "chai";
import { closeAfterEach } from "../support/close-after-each.ts";
import { MeasuredProcess } from "../support/measured-process.ts";
import { type Digest, exchange } from "../support/relay-scenes.ts";
import { settled } from "../support/settled.ts";
import { TestBackend } from "../support/test-backend.ts";

const MB = 1_000_000;
const MIB = 1 << 20;

describe("much data through a process of its own", function () {
  this.timeout(60_000);
  const later = closeAfterEach();

  async function start(backend: TestBackend): Promise<MeasuredProcess> {
    later(() => backend.kill());
    const measured = await MeasuredProcess.start({ BACKENDS: backend.setting() });
    later(() => measured.kill());
    return measured;
  }

  it("200 MB each way through 50 connections with pauses and half-closes: equal at both ends, memory below 64 MB", async () => {
    const connections = 50;
    const bytes = (200 * MB) / connections;
    const atBackend = new Map<number, Promise<Digest>>();
    const backend = await TestBackend.start("app", (socket) => {
      socket.once("readable", () => {
        const head: Buffer | null = socket.read(4);
        const index = head?.readUInt32BE(0) ?? -1;
        // Some say less than they hear and end long before their client: a half-close from either side.
        const share = index % 5 === 0 ? 0.5 : index % 5 === 1 ? 1.5 : 1;
        atBackend.set(index, exchange(socket, { bytes: bytes * share, seed: index + 1000, pauses: 0.02 }));
      });
    });
    const measured = await start(backend);
    measured.markMemory();
    const startedMs = performance.now();
    const clients = Array.from({ length: connections }, (_, index) => {
      const preamble = Buffer.alloc(4);
      preamble.writeUInt32BE(index);
      const socket = connect({ host: "127.0.0.1", port: measured.port, allowHalfOpen: true });
      later(() => socket.destroy());
      return exchange(socket, { bytes, seed: index, pauses: 0.02, preamble });
    });
    let toClients = 0;
    for (const [index, pending] of clients.entries()) {
      const client = await pending;
      const other = await atBackend.get(index);
      expect(client.received, `to client ${index}`).to.equal(other?.sent);
      expect(other?.received, `from client ${index}`).to.equal(client.sent);
      toClients += client.receivedBytes;
    }
    expect(toClients).to.equal(200 * MB);
    const grown = measured.memoryGrowth();
    const seconds = (performance.now() - startedMs) / 1000;
    console.log(`      200 MB each way in ${seconds.toFixed(1)} s, memory grew by ${(grown / MIB).toFixed(1)} MiB`);
    expect(grown).to.be.below(64 * MIB);
  });

  it("300 MB for a client that does not read: memory stays flat, then everything arrives", async () => {
    const total = 300 * MB;
    let offered = 0;
    const backend = await TestBackend.start("app", (socket) => {
      const chunk = Buffer.alloc(MB);
      const more = (): void => {
        while (offered < total) {
          chunk.fill(offered / MB);
          offered += MB;
          if (!socket.write(Buffer.from(chunk))) return;
        }
        socket.end();
      };
      socket.on("drain", more);
      more();
    });
    const measured = await start(backend);
    measured.markMemory();
    const socket = connect({ host: "127.0.0.1", port: measured.port });
    later(() => socket.destroy());
    socket.pause();
    const stuckAt = await settled(() => offered);
    expect(stuckAt, "the backend was held up").to.be.below(40 * MB);
    expect(measured.memoryGrowth(), "while nobody reads").to.be.below(16 * MIB);

    let taken = 0;
    let wrong = 0;
    socket.on("data", (chunk) => {
      const block = Math.floor(taken / MB);
      if (chunk[0] !== block % 256) wrong++;
      taken += chunk.length;
      // Now and then it stops again.
      if (taken % 64 === 0) {
        socket.pause();
        setImmediate(() => socket.resume());
      }
    });
    socket.resume();
    await new Promise((resolve) => socket.on("close", resolve));
    expect(taken).to.equal(total);
    expect(wrong).to.equal(0);
    const grown = measured.memoryGrowth();
    console.log(`      300 MB to a slow reader, memory grew by ${(grown / MIB).toFixed(1)} MiB`);
    expect(grown).to.be.below(40 * MIB);
  });
});
