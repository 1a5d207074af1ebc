import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { expect } from "chai";
import { startBackend } from "../../bench/relay/backend.ts";
import { measure } from "../../bench/relay/measure.ts";
import { PREAMBLE_BYTES } from "../../bench/relay/preamble.ts";
import type { RelayWorkload, Traffic } from "../../bench/relay/workloads.ts";
import type { BackendServers } from "../../bench/support/backend-servers.ts";
import type { Measurement } from "../../bench/support/metering.ts";
import { Pattern } from "../../bench/support/pattern.ts";

const SEED = 5;
const HOST = "127.0.0.1";

const TRAFFIC: readonly Traffic[] = [
  { kind: "round-trips", messageBytes: 64, connections: 4 },
  { kind: "round-trips", messageBytes: 16_384, connections: 4 },
  { kind: "bulk", direction: "to-backend", transferBytes: 400_000, connections: 3 },
  { kind: "bulk", direction: "to-client", transferBytes: 400_000, connections: 3 },
  { kind: "connections", messageBytes: 64, concurrency: 4 },
  { kind: "idle", base: 5, connections: 20 },
];

function nameOf(traffic: Traffic): string {
  return Object.values(traffic).join(" ");
}

/** Runs `traffic` against `port` as if this process were the balancer. */
function run(traffic: Traffic, port: number): Promise<Measurement> {
  const workload: RelayWorkload = { id: "test", title: "test", unit: "µs", rehearsalMs: 0, traffic };
  const context = { target: { host: HOST, port }, pattern: new Pattern(SEED), seed: SEED };
  return measure(workload, context, { warmUpMs: 10, windowMs: 40 }, [process.pid]);
}

/** What a bad balancer does to the chunks of one direction; undefined = the connection is ended. */
type Tamper = (chunk: Buffer, bytesBefore: number) => Buffer | undefined;

/** A proxy that tampers with what comes from the client (`up`) or from the backend. Resolves to its port and a closer. */
async function tamperingProxy(
  backendPort: number,
  direction: "up" | "down",
  tamper: Tamper,
): Promise<[number, () => Promise<void>]> {
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const backend = connect({ host: HOST, port: backendPort });
    for (const [socket, other] of [
      [client, backend],
      [backend, client],
    ] as const) {
      sockets.add(socket);
      let bytes = 0;
      const bad = (socket === client) === (direction === "up");
      socket.on("error", () => other.destroy());
      socket.on("close", () => other.destroy());
      socket.on("data", (chunk: Buffer) => {
        const passed = bad ? tamper(chunk, bytes) : chunk;
        bytes += chunk.length;
        if (passed === undefined) other.end();
        else if (!other.writableEnded) other.write(passed);
      });
    }
  });
  server.listen(0, HOST);
  await once(server, "listening");
  const close = async (): Promise<void> => {
    for (const socket of sockets) socket.destroy();
    await once(server.close(), "close");
  };
  return [(server.address() as AddressInfo).port, close];
}

/** Applies `change` to the chunk that holds the byte `at`, with the place of that byte in it. */
function atByte(at: number, change: (chunk: Buffer, place: number) => Buffer | undefined): Tamper {
  return (chunk, before) => (before <= at && at < before + chunk.length ? change(chunk, at - before) : chunk);
}

const FAULTS: Readonly<Record<string, Tamper>> = {
  "changes a byte": atByte(PREAMBLE_BYTES + 30, (chunk, place) => {
    const changed = Buffer.from(chunk);
    changed[place] = (changed[place] ?? 0) ^ 1;
    return changed;
  }),
  "doubles a byte": atByte(PREAMBLE_BYTES + 30, (chunk, place) =>
    Buffer.concat([chunk.subarray(0, place + 1), chunk.subarray(place)]),
  ),
  "ends the connection": atByte(PREAMBLE_BYTES + 30, () => undefined),
};

describe("load of the relay benchmark", () => {
  let backend: BackendServers;
  let port: number;
  before(async () => {
    backend = await startBackend([HOST], SEED);
    port = backend.ports[0] ?? 0;
  });
  after(() => backend.close());

  for (const traffic of TRAFFIC) {
    it(`does ${nameOf(traffic)} and counts what it did`, async () => {
      const result = await run(traffic, port);
      expect(result.cpuNs).to.be.greaterThan(0);
      expect(result.wallNs).to.be.greaterThan(0);
      if (traffic.kind === "idle") {
        expect(result.operations).to.equal(20);
        return;
      }
      expect(result.operations).to.be.greaterThan(0);
      const bytesPerOperation = traffic.kind === "bulk" ? 1_000_000 : 2 * traffic.messageBytes;
      expect(result.bytes).to.be.closeTo(result.operations * bytesPerOperation, 0.001);
    });
  }

  for (const traffic of TRAFFIC) {
    for (const [fault, tamper] of Object.entries(FAULTS)) {
      // A sink answers so little, and so early, that only the way up is worth spoiling; for a source it is the way down.
      const direction = traffic.kind === "bulk" && traffic.direction === "to-backend" ? "up" : "down";
      it(`fails when a balancer ${fault} of ${nameOf(traffic)}`, async () => {
        const [proxyPort, close] = await tamperingProxy(port, direction, tamper);
        try {
          const failure = await run(traffic, proxyPort).catch((error: unknown) => error);
          expect(failure)
            .to.be.an("error")
            .with.property("message")
            .that.matches(/not the bytes|in the middle|connection failed/);
        } finally {
          await close();
        }
      });
    }
  }

  it("fails when nobody listens", async () => {
    const [proxyPort, close] = await tamperingProxy(port, "up", (chunk) => chunk);
    await close();
    const failure = await run({ kind: "connections", messageBytes: 64, concurrency: 1 }, proxyPort).catch(
      (e: unknown) => e,
    );
    expect(failure).to.be.an("error").with.property("message").that.contains("ECONNREFUSED");
  });

  it("hangs up on a connection that does not begin with a preamble", async () => {
    const socket = connect({ host: HOST, port });
    socket.end("GET / HTTP/1.1\r\n\r\n");
    socket.resume();
    await once(socket, "close");
    expect(socket.bytesRead).to.equal(0);
  });
});
