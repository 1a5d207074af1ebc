import { once } from "node:events";
import { type AddressInfo, createServer, type Server } from "node:net";
import { expect } from "chai";
import { Cluster } from "../../src/control/cluster.ts";
import { createTcpProbe } from "../../src/control/health/tcp-probe.ts";
import { movedShare } from "../../src/hashing/moved-share.ts";
import { buildTable } from "../../src/hashing/registry.ts";
import type { Backend, Health } from "../../src/model/backend.ts";
import { systemClock } from "../../src/platform/clock.ts";
import { systemRandom } from "../../src/platform/random.ts";

/**
 * An address that no other test uses: a port that was given up there stays free until it is wanted back, and since
 * connections to it come from 127.0.0.1 none can take the port by connecting to itself.
 */
const HOST = "127.77.1.2";

async function listen(port = 0): Promise<Server> {
  const server = createServer((socket) => {
    socket.on("error", () => {});
    socket.resume();
  });
  server.listen(port, HOST);
  await once(server, "listening");
  return server;
}

async function close(server: Server): Promise<void> {
  server.close();
  await once(server, "close");
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}

function backendAt(id: string, port: number): Backend {
  return { id, host: HOST, port, weight: 1, backup: false, maxConnections: 0 };
}

describe("a cluster with real checks, real tables and the real clock", () => {
  const words: string[] = [];

  function start(): Cluster {
    words.length = 0;
    return new Cluster(
      {
        rules: {
          initialHealth: "unknown",
          rise: 2,
          fall: 2,
          passive: undefined,
          panicPercent: 0,
          slowStartMs: 0,
          drainTimeoutMs: 0,
        },
        hashPolicy: "rendezvous",
        table: { seed: 0, ringVnodes: 100, maglevTable: 65_537 },
        checks: {
          plan: { intervalMs: 20, fastIntervalMs: 5, jitter: 0.2, timeoutMs: 1000 },
          probe: createTcpProbe({ port: undefined, proxyHeader: undefined }),
          awaitFirst: true,
        },
      },
      {
        clock: systemClock,
        random: systemRandom,
        buildTable,
        movedShare,
        openConnections: () => 0,
        onTransition: ({ kind, id, to, because }) => words.push(`${kind} ${id} ${to}: ${because.replace(/ \(.*/, "")}`),
        onDrainDeadline: () => {},
      },
    );
  }

  function health(cluster: Cluster, id: string): Health | undefined {
    return cluster.published.current.members.find(({ backend }) => backend.id === id)?.health;
  }

  function until(cluster: Cluster, id: string, wanted: Health): Promise<void> {
    if (health(cluster, id) === wanted) return Promise.resolve();
    return new Promise((resolve) => {
      const unsubscribe = cluster.published.onPublish(() => {
        if (health(cluster, id) !== wanted) return;
        unsubscribe();
        resolve();
      });
    });
  }

  it("knows who is up before it starts, notices a death and a return, and says why", async () => {
    const one = await listen();
    const two = await listen();
    const twoPort = portOf(two);
    const gone = await listen();
    const gonePort = portOf(gone);
    await close(gone);
    const cluster = start();
    cluster.reload([backendAt("one", portOf(one)), backendAt("two", twoPort), backendAt("gone", gonePort)]);
    await cluster.start();
    expect(["one", "two", "gone"].map((id) => health(cluster, id))).to.deep.equal(["healthy", "healthy", "unhealthy"]);
    await close(two);
    await until(cluster, "two", "unhealthy");
    expect(words.at(-1)).to.equal("health two unhealthy: 2 checks failed: connect refused");
    const back = await listen(twoPort);
    await until(cluster, "two", "healthy");
    expect(words.at(-1)).to.equal("health two healthy: 2 checks passed: connected");
    const { primary } = cluster.published.current;
    expect(primary.table.entries.map(({ id }) => id)).to.deep.equal(["gone", "one", "two"]);
    cluster.stop();
    await Promise.all([close(one), close(back)]);
  });

  it("measures what a reload moves: the share of the backend that leaves, and no more", () => {
    const cluster = start();
    const all = ["a", "b", "c", "d"].map((id) => backendAt(id, 1));
    expect(cluster.reload(all).movedShare).to.equal(0);
    const table = cluster.published.current.primary.table;
    const share = table.shares()[1];
    expect(share).to.be.within(0.2, 0.3);
    expect(cluster.reload(all.filter(({ id }) => id !== "b")).movedShare).to.be.closeTo(share ?? 0, 0.001);
    cluster.stop();
  });
});
