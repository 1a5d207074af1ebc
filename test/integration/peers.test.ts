import { existsSync } from "node:fs";
import { expect } from "chai";
import { startBackend } from "../../bench/relay/backend.ts";
import { measure } from "../../bench/relay/measure.ts";
import { WORKLOADS } from "../../bench/relay/workloads.ts";
import { Pattern } from "../../bench/support/pattern.ts";
import { processTree } from "../../bench/support/process-usage.ts";
import { type Launched, launch } from "../support/launch.ts";
import { peerVersion, startHaproxy, startNginx } from "../support/peers.ts";
import { requireProgram } from "../support/require-program.ts";

const SEED = 3;

describe("real peers", () => {
  for (const [name, start] of [["haproxy", startHaproxy] as const, ["nginx", startNginx] as const]) {
    it(`starts ${name} in front of a backend, carries bytes and is gone after stop`, async function () {
      const program = requireProgram(this, name);
      const backend = await startBackend(["127.0.0.1"], SEED);
      let peer: Launched | undefined;
      try {
        peer = await start({ program, backends: [{ host: "127.0.0.1", port: backend.ports[0] ?? 0 }] });
        const pids = processTree(peer.pid);
        const workload = WORKLOADS.find(({ id }) => id === "round-trip-64");
        if (workload === undefined) throw new Error("no workload");
        const context = { target: { host: peer.host, port: peer.port }, pattern: new Pattern(SEED), seed: SEED };
        const result = await measure(workload, context, { warmUpMs: 0, windowMs: 20 }, pids);
        expect(result.operations).to.be.greaterThan(0);
        expect(result.cpuNs).to.be.greaterThan(0);
        await peer.stop();
        for (const pid of pids) expect(existsSync(`/proc/${pid}`), `process ${pid}`).to.equal(false);
        await peer.stop();
      } finally {
        await peer?.stop();
        await backend.close();
      }
      expect(peerVersion(program)).to.match(/^\d+\.\d+/);
    });
  }

  it("reports what a program said that ended instead of listening", async () => {
    const plan = { command: process.execPath, args: ["-e", "console.error('no such luck'); process.exit(3)"] };
    const failure = await launch("127.0.0.1", () => plan).catch((error: unknown) => error);
    expect(failure)
      .to.be.an("error")
      .with.property("message")
      .that.matches(/ended with code 3\n[\s\S]*no such luck/);
  });

  it("takes another port when the first one is lost", async () => {
    const ports: number[] = [];
    // The first time it does what every program does that finds its port taken.
    const launched = await launch("127.0.0.1", (port) => {
      ports.push(port);
      const script =
        ports.length === 1
          ? "console.error('EADDRINUSE'); process.exit(1)"
          : `require('node:net').createServer().listen(${port}, '127.0.0.1')`;
      return { command: process.execPath, args: ["-e", script] };
    });
    await launched.stop();
    expect(ports).to.have.lengthOf(2);
    expect(launched.port).to.equal(ports[1]);
  });

  it("says so when a program does not exist", async () => {
    const failure = await launch("127.0.0.1", () => ({ command: "/no/such/program", args: [] })).catch(
      (e: unknown) => e,
    );
    expect(failure).to.be.an("error").with.property("message").that.contains("ENOENT");
  });
});
