import type { Socket } from "node:net";
import { connect } from "node:net";
import { expect } from "chai";
import type { ReadMode } from "../../src/platform/relay-socket.ts";
import { resetConnection } from "../../src/platform/socket-quirks.ts";
import { balancerOf, type RunningBalancer } from "../support/balancer-of.ts";
import { closeAfterEach } from "../support/close-after-each.ts";
import { within } from "../support/gathered.ts";
import { type Digest, exchange } from "../support/relay-scenes.ts";
import { SteppedClock } from "../support/stepped-clock.ts";
import { type OnConnection, TestBackend } from "../support/test-backend.ts";
import { isReset, TestClient } from "../support/test-client.ts";

const IDLE = { open: 0, leases: 0, waiting: 0, buffersLent: 0 };

for (const readMode of ["direct", "stream"] as const satisfies readonly ReadMode[]) {
  describe(`the relay, ${readMode} reads`, () => {
    const later = closeAfterEach();

    async function start(
      onConnection?: OnConnection,
      flags: Record<string, string> = {},
      parts: Parameters<typeof balancerOf>[1] = {},
    ): Promise<{ readonly lengket: RunningBalancer; readonly backend: TestBackend }> {
      const backend = await TestBackend.start("app", onConnection);
      later(() => backend.kill());
      const lengket = await balancerOf({ BACKENDS: backend.setting(), ...flags }, { ...parts, readMode });
      later(() => lengket.balancer.close());
      const fallbacks = lengket.messages.items.filter(({ event }) => event === "stream-fallback");
      expect(fallbacks, "this Node allows direct reads").to.deep.equal([]);
      return { lengket, backend };
    }

    async function open(lengket: RunningBalancer): Promise<TestClient> {
      const client = await TestClient.open(lengket.at());
      later(() => client.close());
      return client;
    }

    it("lets the server speak first, and passes one byte at a time back and forth", async () => {
      const { lengket } = await start();
      const client = await open(lengket);
      expect(await client.line()).to.equal("app");
      for (let i = 0; i < 300; i++) {
        client.write(Uint8Array.of(i));
        expect((await client.read(1))[0]).to.equal(i & 0xff);
      }
      client.end();
      expect(await client.rest()).to.equal("");
      const [record] = await lengket.records.atLeast(1);
      expect(record).to.include({ bytesIn: 300, bytesOut: 304, cause: "finished", endedBy: "client", state: "--" });
      expect(lengket.balancer.gauges).to.include(IDLE);
    });

    it("passes every byte value in order, whatever the size of the pieces", async () => {
      const { lengket } = await start();
      const client = await open(lengket);
      await client.line();
      for (const length of [1, 255, 1023, 1024, 1025, 16_384, 65_535, 65_536, 65_537, 262_144, 262_145, 1_000_001]) {
        const sent = Buffer.from(Uint8Array.from({ length }, (_, i) => i * 7 + length));
        client.write(sent);
        expect((await client.read(length)).equals(sent), `${length} bytes`).to.equal(true);
      }
    });

    it("passes a FIN of the client on and the answer back", async () => {
      const { lengket } = await start((socket) => {
        let said = "";
        socket.on("data", (chunk) => {
          said += chunk.toString("latin1");
        });
        socket.on("end", () => socket.end(said.repeat(1000)));
      });
      const client = await open(lengket);
      client.end("question");
      expect(await client.rest()).to.equal("question".repeat(1000));
      expect(await client.ended).to.equal("fin");
    });

    it("passes a FIN of the backend on while the client goes on sending", async () => {
      const got: Promise<string>[] = [];
      const { lengket } = await start((socket) => {
        let said = "";
        got.push(new Promise((resolve) => socket.on("end", () => resolve(said))));
        socket.on("data", (chunk) => {
          said += chunk.toString("latin1");
        });
        socket.end("goodbye");
      });
      const client = await open(lengket);
      expect(await client.rest()).to.equal("goodbye");
      for (let i = 0; i < 100; i++) client.write("x".repeat(1000));
      client.end("end");
      expect(await got[0]).to.equal(`${"x".repeat(100_000)}end`);
      const [record] = await lengket.records.atLeast(1);
      expect(record).to.include({ endedBy: "backend", cause: "finished", bytesIn: 100_003, bytesOut: 7 });
    });

    it("ends both directions with one FIN when HALF_OPEN=false, after what was already said", async () => {
      const { lengket, backend } = await start(
        (socket) => {
          socket.resume();
          socket.write("a".repeat(50_000));
          socket.once("data", () => socket.write("never wanted"));
        },
        { HALF_OPEN: "false" },
      );
      const client = await open(lengket);
      await client.read(50_000);
      client.end();
      expect(await client.ended).to.equal("fin");
      const [record] = await lengket.records.atLeast(1);
      expect(record).to.include({ endedBy: "client", cause: "finished", bytesOut: 50_000 });
      expect(backend.accepted).to.equal(1);
    });

    for (const pauses of [0, 0.2]) {
      it(`loses, doubles and moves no byte of 20 connections ${pauses > 0 ? "with pauses" : "at full speed"}`, async () => {
        const atBackend = new Map<number, Promise<Digest>>();
        const plan = (seed: number) => ({ bytes: 400_000 + ((seed * 7919) % 800_000), seed, pauses });
        const { lengket } = await start((socket) => {
          // The first four bytes say which connection it is; the rest is data.
          socket.once("readable", () => {
            const head: Buffer | null = socket.read(4);
            if (head === null) throw new Error("less than four bytes");
            atBackend.set(head.readUInt32BE(0), exchange(socket, plan(head.readUInt32BE(0) + 1000)));
          });
        });
        const ends = Array.from({ length: 20 }, async (_, seed) => {
          const preamble = Buffer.alloc(4);
          preamble.writeUInt32BE(seed);
          const socket = connect({ host: "127.0.0.1", port: lengket.port, allowHalfOpen: true });
          later(() => socket.destroy());
          return { seed, client: await exchange(socket, { ...plan(seed), preamble }) };
        });
        for (const { seed, client } of await Promise.all(ends)) {
          const backend = await atBackend.get(seed);
          expect(client.received, `to client ${seed}`).to.equal(backend?.sent);
          expect(backend?.received, `from client ${seed}`).to.equal(client.sent);
          expect(client.receivedBytes).to.equal(plan(seed + 1000).bytes);
        }
        const records = await lengket.records.atLeast(20);
        expect(new Set(records.map(({ cause }) => cause))).to.deep.equal(new Set(["finished"]));
        expect(lengket.balancer.gauges).to.include(IDLE);
      });
    }

    for (const side of ["client", "backend"] as const) {
      for (const when of ["idle", "in the middle of a transfer both ways"] as const) {
        it(`passes a reset of the ${side} on as a reset, ${when}`, async () => {
          const busy = when !== "idle";
          const accepted: ((socket: Socket) => void)[] = [];
          const atBackend = new Promise<Socket>((resolve) => accepted.push(resolve));
          const { lengket } = await start((socket) => {
            socket.resume();
            if (busy) flood(socket);
            else socket.write("hello\n");
            accepted[0]?.(socket);
          });
          const client = await open(lengket);
          if (busy) {
            flood(client.socket);
            await client.read(1_000_000);
          } else await client.line();
          const backendSocket = await atBackend;
          const backendError = new Promise<string>((resolve) => {
            backendSocket.on("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? ""));
            backendSocket.on("end", () => resolve(isReset(backendSocket) ? "reset" : "fin"));
          });
          if (side === "client") client.reset();
          else resetConnection(backendSocket);
          const passedOn: Promise<string> = side === "client" ? backendError : client.ended;
          expect(await within(1000, "the reset", passedOn)).to.be.oneOf(["ECONNRESET", "EPIPE", "reset"]);
          const [record] = await lengket.records.atLeast(1);
          expect(record).to.include({ endedBy: side, cause: "reset", state: side === "client" ? "CD" : "SD" });
          expect(lengket.balancer.gauges).to.include(IDLE);
        });
      }
    }

    it("takes a reset right behind the last bytes for a reset, not for an end in good order", async () => {
      // libuv reports the end of the stream when data and reset are found together.
      const { lengket, backend } = await start((socket) => {
        socket.once("data", () => {
          socket.write("half an ans");
          resetConnection(socket);
        });
      });
      for (let i = 0; i < 20; i++) {
        const client = await open(lengket);
        client.write("question");
        expect(await client.ended).to.equal("reset");
      }
      for (const { endedBy, cause } of await lengket.records.atLeast(20)) {
        expect([endedBy, cause]).to.deep.equal(["backend", "reset"]);
      }
      expect(backend.accepted).to.equal(20);
    });

    it("takes a FIN for a FIN, also when a reset follows because the backend wanted no more", async () => {
      const { lengket } = await start((socket) => {
        // Closes with everything said; what the client still sends is answered with a reset by the kernel.
        socket.end("y".repeat(200_000), () => socket.destroy());
      });
      for (let i = 0; i < 20; i++) {
        const client = await open(lengket);
        client.write("x".repeat(1000));
        expect((await client.read(200_000)).length).to.equal(200_000);
        client.close();
      }
      await lengket.records.atLeast(20);
    });

    it("ends an idle connection after IDLE_TIMEOUT, not before", async () => {
      const clock = new SteppedClock();
      const { lengket } = await start(undefined, { IDLE_TIMEOUT: "1m" }, { clock });
      const client = await open(lengket);
      await client.line();
      for (let i = 0; i < 5; i++) {
        clock.advance(59_000);
        client.write("ping");
        await client.read(4);
      }
      expect(lengket.balancer.openConnections).to.equal(1);
      clock.advance(60_000);
      expect(await client.ended).to.equal("reset");
      expect(lengket.records.items[0]).to.include({ endedBy: "balancer", cause: "idle-timeout" });
    });

    it("ends a half-closed connection after HALF_CLOSED_TIMEOUT", async () => {
      const clock = new SteppedClock();
      const ended: (() => void)[] = [];
      const halfClosed = new Promise<void>((resolve) => ended.push(resolve));
      const { lengket } = await start(
        (socket) => {
          socket.write("hello\n");
          socket.resume();
          socket.on("end", () => ended[0]?.());
        },
        { HALF_CLOSED_TIMEOUT: "10s" },
        { clock },
      );
      const client = await open(lengket);
      await client.line();
      client.end();
      await halfClosed;
      clock.advance(9_999);
      expect(lengket.records.items).to.deep.equal([]);
      clock.advance(1);
      const [record] = await lengket.records.atLeast(1);
      expect(record).to.include({ endedBy: "balancer", cause: "half-closed-timeout", state: "sD" });
      expect(await client.ended).to.equal("reset");
    });
  });
}

/** Writes without end until the socket is gone. */
function flood(socket: Socket): void {
  const chunk = Buffer.alloc(64 * 1024, "x");
  const more = (): void => {
    while (!socket.destroyed && socket.write(chunk));
  };
  socket.on("drain", more);
  socket.on("error", () => {});
  more();
}
