import { expect } from "chai";
import { closeAfterEach } from "../support/close-after-each.ts";
import { within } from "../support/gathered.ts";
import { askOnce } from "../support/http/http-client.ts";
import { startWebBackend } from "../support/http/web-backend.ts";
import { cpuMsOf, LengketProcess } from "../support/lengket-process.ts";
import { settled } from "../support/settled.ts";
import { settingOf, startBackends, type TestBackend } from "../support/test-backend.ts";
import { TestClient, visit } from "../support/test-client.ts";

/** Node itself needs many at once while it loads the program. */
const DESCRIPTORS = 256;
const STORM = 300;
const HOLD_MS = 1000;
const MOST_KNOCKS = 10;
const LIMITED = ["/bin/sh", "-c", `ulimit -n ${DESCRIPTORS} && exec "$0" "$@"`, process.execPath];

/** As many as MAX_CONNECTIONS=auto makes of it; they come at the same time, so often. */
const CLIENTS = (DESCRIPTORS - 128) / 2;
const WAVES = 6;
const SOON_MS = 5_000;

/** A listener that ran short keeps its door shut for a pause: whoever is refused comes back when it says that it is open. */
async function servedWhenOpen(lengket: LengketProcess, at: { host: string; port: number }): Promise<string> {
  for (let knock = 0; knock < MOST_KNOCKS; knock++) {
    const from = lengket.log.items.length;
    try {
      return await visit(at);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ECONNREFUSED") throw error;
    }
    await lengket.said("accept-resumed", () => true, from);
  }
  throw new Error(`refused ${MOST_KNOCKS} times`);
}

describe("a process that runs out of descriptors", function () {
  this.timeout(30_000);
  const later = closeAfterEach();

  it("turns clients away without spinning, blames no backend, and serves again when there is room", async () => {
    const backends = await startBackends(2);
    for (const backend of backends) later(() => backend.kill());
    const lengket = await LengketProcess.start(
      {
        BACKENDS: settingOf(backends),
        MAX_CONNECTIONS: "1000",
        RETRY_DELAY: "10ms",
        HEALTH: "tcp",
        HEALTH_INTERVAL: "50ms",
        HEALTH_FAST_INTERVAL: "20ms",
        HEALTH_FALL: "1",
        PASSIVE_FAILURES: "1",
      },
      { command: LIMITED },
    );
    later(() => lengket.kill());

    const at = { host: "127.0.0.1", port: lengket.port };
    let served = 0;
    let turnedAway = 0;
    const clients: TestClient[] = [];
    for (let i = 0; i < STORM; i++) {
      const client = await TestClient.open(at).catch(() => undefined);
      if (client === undefined) {
        turnedAway++;
        continue;
      }
      later(() => client.close());
      clients.push(client);
      client.line().then(
        () => served++,
        () => turnedAway++,
      );
    }
    await settled(() => served + turnedAway);
    expect(served).to.be.within(5, DESCRIPTORS / 2);
    expect(turnedAway, "nobody is left hanging").to.equal(STORM - served);

    // All descriptors are taken now. More clients knock and nobody can be let in.
    const knocking = Array.from({ length: 20 }, () =>
      visit(at).then(
        () => "served",
        () => "turned away",
      ),
    );
    const before = cpuMsOf(lengket.pid);
    await new Promise((resolve) => setTimeout(resolve, HOLD_MS));
    const cpuMs = cpuMsOf(lengket.pid) - before;
    expect(cpuMs, `CPU time in ${HOLD_MS} ms`).to.be.below(HOLD_MS * 0.4);
    expect(new Set(await Promise.all(knocking))).to.deep.equal(new Set(["turned away"]));

    const ended = lengket.access.items.length;
    for (const client of clients) client.close();
    await lengket.access.atLeast(ended + served);
    for (let i = 0; i < 10; i++) expect(await servedWhenOpen(lengket, at)).to.match(/^app/);
    const events = lengket.log.items.map(({ event, to }) => `${event} ${to}`);
    expect(events).to.not.include("backend-health unhealthy");
    expect(events.filter((event) => event.startsWith("backend-ejected"))).to.deep.equal([]);
    const warned = await lengket.said("descriptors-short");
    expect(warned).to.include({ level: "warn", affordable: (DESCRIPTORS - 128) / 2, max_connections: 1000 });
    expect(lengket.child.exitCode).to.equal(null);
  });

  it("http mode: connections kept for requests to come take none that requests need", async () => {
    let held: (() => void)[] = [];
    const app = (id: string): Promise<TestBackend> =>
      startWebBackend(later, id, (_, response) => {
        held.push(() => response.end(id));
        if (held.length < CLIENTS) return;
        for (const answer of held) answer();
        held = [];
      });
    const backends = await Promise.all(["app1", "app2", "app3", "app4"].map(app));
    const lengket = await LengketProcess.start(
      { MODE: "http", BACKENDS: settingOf(backends), NEW_SESSION_HINT: "0" },
      { command: LIMITED },
    );
    later(() => lengket.kill());
    const at = { host: "127.0.0.1", port: lengket.port };
    // What another client has left behind is not used for a POST: each wave needs as many fresh connections.
    for (let wave = 1; wave <= WAVES; wave++) {
      const asks = Array.from({ length: CLIENTS }, () => askOnce(at, { method: "POST", body: "" }));
      const answers = await within(SOON_MS, `wave ${wave}`, Promise.all(asks));
      expect(new Set(answers.map(({ status }) => status)), `wave ${wave}`).to.deep.equal(new Set([200]));
      // A line for each request and each connection: the next ones find room.
      await lengket.access.atLeast(wave * CLIENTS * 2);
    }
    expect(lengket.log.items.map(({ event }) => event)).to.not.include("accept-failed");
  });
});
