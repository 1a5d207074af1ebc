import { once } from "node:events";
import { createServer } from "node:net";
import { expect } from "chai";
import { dial, type SocketHandler } from "../../src/platform/relay-socket.ts";
import { freePort } from "../support/tcp-tools.ts";

/** Other tests leave the ports of 127.0.0.1 in TIME_WAIT by the thousand; those of this address are free. */
const HOST = "::1";
/**
 * Linux goes through the even ports of its range, about 14,000, one after the other or, since 5.18, in random steps of one to
 * eight: then one round in four or five comes to the port that is wanted. These are more than a hundred rounds.
 */
const MOST_ATTEMPTS = 400_000;
const AT_ONCE = 4;

describe("a backend on this machine that is down", function () {
  this.timeout(60_000);

  it("is never taken to be up because a connection to its port met itself", async () => {
    const port = await evenFreePort();
    const answers = new Map<string, number>();
    let attempts = 0;
    const one = async (): Promise<void> => {
      while (attempts++ < MOST_ATTEMPTS && !answers.has("nobody listens there: connected to itself")) {
        const answer = await answerAt(port);
        answers.set(answer, (answers.get(answer) ?? 0) + 1);
        if (answer === "connected") return;
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, one));
    expect([...answers.keys()].sort(), `after ${attempts} attempts`).to.deep.equal([
      `connect ECONNREFUSED ${HOST}:${port}`,
      "nobody listens there: connected to itself",
    ]);
    // And the port is free for the backend to come back to.
    const server = createServer().listen(port, HOST);
    await once(server, "listening");
    server.close();
    await once(server, "close");
  });
});

/** What came of one attempt to connect. */
function answerAt(port: number): Promise<string> {
  return new Promise((resolve) => {
    let answer = "closed";
    const handler: SocketHandler = {
      readBuffer: () => Buffer.alloc(1),
      onData: () => true,
      onEnd: () => {},
      onDrain: () => {},
      onConnected: () => {
        answer = "connected";
        socket.close();
      },
      onError: (error) => {
        answer = error.message;
      },
      onClosed: () => resolve(answer),
    };
    const socket = dial({ host: HOST, port, noDelay: true, keepAliveMs: 0, readMode: "direct" }, handler);
  });
}

/** An even port from the range that connections get theirs from; those that are bound get odd ones first. */
async function evenFreePort(): Promise<number> {
  for (let tries = 0; tries < 100; tries++) {
    const port = (await freePort(HOST)) & ~1;
    const server = createServer().listen(port, HOST);
    const free = await Promise.race([
      once(server, "listening").then(() => true),
      once(server, "error").then(() => false),
    ]).catch(() => false);
    if (!free) continue;
    server.close();
    await once(server, "close");
    return port;
  }
  throw new Error("no even port is free");
}
