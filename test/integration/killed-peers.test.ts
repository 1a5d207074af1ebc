import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import type { Socket } from "node:net";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { balancerOf, type RunningBalancer } from "../support/balancer-of.ts";
import { closeAfterEach } from "../support/close-after-each.ts";
import { Gathered, within } from "../support/gathered.ts";
import { TestBackend } from "../support/test-backend.ts";
import { isReset, TestClient } from "../support/test-client.ts";

const PROGRAM = fileURLToPath(new URL("../support/killed-peer.js", import.meta.url));

/** What the peer that is killed does: nothing is said of one that only reads when nothing is sent. */
const TRANSFERS = ["send", "read", "both"] as const;

describe("kill -9 in the middle of a transfer frees the other side within a second", function () {
  this.timeout(20_000);
  const later = closeAfterEach();

  function start(...args: readonly string[]): [ChildProcess, Gathered<string>] {
    const child = spawn(process.execPath, [PROGRAM, ...args], { stdio: ["ignore", "pipe", "inherit"] });
    const lines = new Gathered<string>();
    if (child.stdout === null) throw new Error("no standard output");
    createInterface({ input: child.stdout }).on("line", (line) => lines.push(line));
    later(async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill("SIGKILL");
      await once(child, "exit");
    });
    return [child, lines];
  }

  async function balancer(BACKENDS: string): Promise<RunningBalancer> {
    const lengket = await balancerOf({ BACKENDS });
    later(() => lengket.balancer.close());
    return lengket;
  }

  function expectAllFree(lengket: RunningBalancer): void {
    expect(lengket.balancer.gauges).to.include({ open: 0, leases: 0, waiting: 0, buffersLent: 0 });
  }

  for (const what of TRANSFERS) {
    it(`a client that was to ${what}`, async () => {
      const connections = new Gathered<{ readonly over: Promise<string> }>();
      const backend = await TestBackend.start("app", (socket) => {
        connections.push({ over: endOf(socket) });
        if (what === "both") socket.pipe(socket);
        else if (what === "send") socket.resume();
        else flood(socket);
        // A server as most are: when its client has ended, it ends.
        socket.on("end", () => socket.end());
      });
      later(() => backend.kill());
      const lengket = await balancer(backend.setting());
      const [child, lines] = start("client", what, String(lengket.port));
      await lines.first("a busy client", (line) => line === "busy");
      const [connection] = await connections.atLeast(1);
      expect(lengket.balancer.gauges).to.include({ open: 1, leases: 1 });

      child.kill("SIGKILL");
      await within(1000, "the end at the backend", connection?.over ?? Promise.reject(new Error("no connection")));
      const [record] = await within(1000, "the record", lengket.records.atLeast(1));
      expect(record).to.include({ endedBy: "client", phase: "relay" });
      expectAllFree(lengket);
    });

    it(`a backend that was to ${what}`, async () => {
      const [child, lines] = start("backend", what);
      const [port] = await lines.atLeast(1);
      const lengket = await balancer(`app=127.0.0.1:${port}`);
      const client = await TestClient.open(lengket.at());
      later(() => client.close());
      const over = endOf(client.socket);
      client.socket.removeAllListeners("data").resume();
      if (what !== "send") flood(client.socket);
      client.socket.on("end", () => client.end());
      await lines.first("a busy backend", (line) => line === "busy");

      child.kill("SIGKILL");
      await within(1000, "the end at the client", over);
      const [record] = await within(1000, "the record", lengket.records.atLeast(1));
      expect(record).to.include({ endedBy: "backend", phase: "relay" });
      expectAllFree(lengket);
    });
  }
});

function endOf(socket: Socket): Promise<string> {
  return new Promise((resolve) => {
    socket.on("end", () => resolve(isReset(socket) ? "reset" : "fin"));
    socket.on("error", () => resolve("reset"));
  });
}

/** Sends without end; its readers are asked only how it ends. */
function flood(socket: Socket): void {
  const chunk = Buffer.alloc(64 * 1024, "x");
  const more = (): void => {
    while (!socket.destroyed && socket.write(chunk));
  };
  socket.resume();
  socket.on("drain", more);
  more();
}
