import { spawnSync } from "node:child_process";
import { once } from "node:events";
import type net from "node:net";
import { expect } from "chai";
import type { ReadMode } from "../../../src/platform/relay-socket.ts";
import { resetConnection } from "../../../src/platform/socket-quirks.ts";
import { closeAfterEach } from "../../support/close-after-each.ts";
import { patternBytes } from "../../support/patterns.ts";
import {
  aWhile,
  failureOf,
  loopback,
  loopUntil,
  openSockets,
  type Recorded,
  relayServer,
  SocketPairs,
} from "../../support/socket-pairs.ts";

/** More than the kernel's buffers of both ends take. */
const MUCH = 16 * 1024 * 1024;

const modes: readonly ReadMode[] = ["direct", "stream"];

describe("the ends of relay sockets", () => {
  const pairs = new SocketPairs(closeAfterEach());

  for (const mode of modes) {
    describe(`${mode} reads`, () => {
      it("ends one way and reads on", async () => {
        const { peer, socket, handler } = await pairs.pair(mode);
        socket.resume();
        socket.end();
        peer.resume();
        await once(peer, "end");
        peer.end("late");
        await handler.has("closed");
        expect([handler.received.toString(), handler.events.slice(-2)]).to.deep.equal(["late", ["end", "closed"]]);
      });

      it("endAndClose sends what is left first", async () => {
        const { peer, socket, handler } = await pairs.pair(mode);
        const bytes = patternBytes(1, 0, MUCH);
        socket.write(bytes);
        socket.endAndClose();
        const chunks = await peer.toArray();
        await handler.has("closed");
        expect(Buffer.concat(chunks).equals(bytes)).to.equal(true);
      });

      it("reset tells the peer so", async () => {
        const { peer, socket, handler } = await pairs.pair(mode);
        const failure = failureOf(peer);
        socket.reset();
        expect(await failure).to.equal("ECONNRESET");
        await handler.has("closed");
        socket.reset();
        expect(handler.events).to.deep.equal(["closed"]);
      });

      it("a reset by the peer is an error, also when it comes right behind data", async () => {
        for (const bytes of [0, 100, 200_000]) {
          const { peer, socket, handler } = await pairs.pair(mode);
          if (bytes > 0) await new Promise((resolve) => peer.write(patternBytes(1, 0, bytes), resolve));
          resetConnection(peer);
          await once(peer, "close");
          socket.resume();
          await handler.told.first("an end", (event) => event === "end" || event.startsWith("error"));
          expect(handler.told.items.filter((e) => e === "end" || e.startsWith("error"))).to.deep.equal([
            "error ECONNRESET",
          ]);
          socket.close();
          await handler.has("closed");
        }
      });

      it("a reset while its FIN waits behind bytes closes the descriptor", async () => {
        const before = openSockets();
        const { peer, server, socket, handler } = await pairs.pair(mode);
        peer.pause();
        socket.write(patternBytes(1, 0, MUCH));
        socket.end();
        socket.reset();
        await handler.has("closed");
        peer.destroy();
        server.close();
        await loopUntil(() => openSockets() <= before);
        expect(openSockets()).to.be.at.most(before);
      });

      it("leaves no descriptor behind, however it ends", async () => {
        const before = openSockets();
        const endings: readonly ((one: Recorded) => void)[] = [
          ({ socket }) => socket.reset(),
          ({ socket }) => socket.close(),
          ({ socket }) => socket.endAndClose(),
          ({ socket }) => {
            socket.end();
            socket.close();
          },
          ({ socket }) => {
            socket.resume();
            socket.end();
            socket.reset();
          },
        ];
        for (const end of endings) {
          const { peer, server, socket, handler } = await pairs.pair(mode);
          peer.on("error", () => {});
          end({ socket, handler });
          await handler.has("closed");
          peer.destroy();
          server.close();
          await once(server, "close");
        }
        await loopUntil(() => openSockets() <= before);
        expect(openSockets()).to.be.at.most(before);
      });

      it("counts as its server's connection until it is closed", async () => {
        const { server, socket } = await pairs.pair(mode);
        const count = () => new Promise<number>((resolve) => server.getConnections((_, open) => resolve(open)));
        expect(await count()).to.equal(1);
        let isClosed = false;
        server.close(() => {
          isClosed = true;
        });
        await aWhile();
        expect([isClosed, await count()]).to.deep.equal([false, 1]);
        socket.close();
        await once(server, "close");
        expect([isClosed, await count()]).to.deep.equal([true, 0]);
      });

      it("does not know a peer that left before it was asked, and is not fooled into a unix socket", async () => {
        const server = await pairs.listening(relayServer(), loopback);
        const { port } = server.address() as net.AddressInfo;
        const coming = pairs.accepting(server, mode);
        // Nothing is accepted while this thread waits for the other process, which sends, resets and is gone.
        const script = `const s = require("net").connect(${port}, "127.0.0.1", () => s.write("x", () => s.resetAndDestroy()))`;
        expect(spawnSync(process.execPath, ["-e", script]).status).to.equal(0);
        expect((await coming).socket.remote).to.equal(undefined);
      });
    });
  }
});
