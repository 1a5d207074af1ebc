import { expect } from "chai";
import { balancerOf, type RunningBalancer } from "../support/balancer-of.ts";
import { closeAfterEach } from "../support/close-after-each.ts";
import { settingOf, startBackends, type TestBackend } from "../support/test-backend.ts";
import { loopback, TestClient } from "../support/test-client.ts";
import { Visitors } from "../support/visitors.ts";

const CLIENTS = 120;
const clients = Array.from({ length: CLIENTS }, (_, i) => loopback(i));

const QUICK_CHECKS = {
  HEALTH: "tcp",
  HEALTH_INTERVAL: "20ms",
  HEALTH_FAST_INTERVAL: "10ms",
  // Nobody is to be taken for dead because this process was held up.
  HEALTH_TIMEOUT: "1m",
  HEALTH_RISE: "1",
  HEALTH_FALL: "1",
};

describe("a backend that dies under load and comes back", () => {
  const later = closeAfterEach();

  interface Scene {
    readonly lengket: RunningBalancer;
    readonly victim: TestBackend;
    readonly visitors: Visitors;
    readonly homes: ReadonlyMap<string, string>;
    /** One connection for each client, open since before. */
    readonly held: ReadonlyMap<string, TestClient>;
  }

  async function start(flags: Record<string, string>): Promise<Scene> {
    const backends = await startBackends(4);
    for (const backend of backends) later(() => backend.kill());
    const lengket = await balancerOf({ BACKENDS: settingOf(backends), RETRY_DELAY: "5ms", ...QUICK_CHECKS, ...flags });
    later(() => lengket.balancer.close());
    const homes = new Map<string, string>();
    const held = new Map<string, TestClient>();
    for (const address of clients) {
      const client = await TestClient.open(lengket.at(address));
      later(() => client.close());
      held.set(address, client);
      homes.set(address, await client.line());
    }
    const visitors = new Visitors(lengket, clients);
    later(() => visitors.stop());
    const victim = backends[1];
    if (victim === undefined) throw new Error("there are four");
    return { lengket, victim, visitors, homes, held };
  }

  /** Nobody else's connection noticed anything. */
  async function heldStillEcho({ held, homes, victim }: Scene): Promise<void> {
    for (const [address, client] of held) {
      if (homes.get(address) === victim.id) continue;
      client.write("still here\n");
      expect(await client.line()).to.equal("still here");
    }
  }

  for (const failBack of ["now", "new"] as const) {
    it(`moves only its clients, each to one other; when it is back they ${failBack === "now" ? "return" : "stay"} (FAIL_BACK=${failBack})`, async () => {
      // An ejection would outlast the outage: here the checks alone decide.
      const scene = await start({ FAIL_BACK: failBack, PASSIVE: "false" });
      const { lengket, victim, visitors, homes } = scene;
      await visitors.rounds(2);
      await victim.kill();
      await lengket.said("backend-health", victim.id, { to: "unhealthy" });
      await visitors.rounds(3);
      const during = visitors.takePaths();

      const away = new Map<string, string>();
      for (const [client, path] of during) {
        const home = homes.get(client) ?? "";
        if (home !== victim.id) expect(path, client).to.deep.equal([home]);
        else {
          // A connection that was open when the backend died is lost; everything after that is served elsewhere.
          const served = path.filter((name) => name !== "lost");
          expect(served, client).to.have.length(2);
          expect(served[0]).to.equal(victim.id);
          away.set(client, served[1] ?? "");
        }
      }
      expect(away.size, "clients of the dead backend").to.be.within(10, 60);
      expect(new Set(away.values()).size, "they do not all go to the same one").to.be.above(1);

      const from = lengket.messages.items.length;
      await victim.revive();
      await lengket.said("backend-health", victim.id, { to: "healthy", from });
      visitors.takePaths();
      await visitors.rounds(2);
      await visitors.stop();
      for (const [client, path] of visitors.takePaths()) {
        const home = homes.get(client) ?? "";
        const other = away.get(client);
        if (other === undefined) expect(path, client).to.deep.equal([home]);
        else if (failBack === "new") expect(path, client).to.deep.equal([other]);
        else expect(path.at(-1), client).to.equal(home);
        for (const name of path) expect([home, other], client).to.include(name);
      }
      await heldStillEcho(scene);
    });
  }

  it("is ejected by the failures of real connections when there are no checks, and its clients are served meanwhile", async () => {
    const scene = await start({ HEALTH: "off", EJECT_TIME: "100ms" });
    const { lengket, victim, visitors, homes } = scene;
    await visitors.rounds(1);
    await victim.kill();
    await lengket.said("backend-ejected", victim.id);
    await visitors.rounds(2);
    await victim.revive();
    // The last ejection may have ended before, so what is waited for is what comes of it: its first success.
    await lengket.records.first(
      "a client at home again",
      (record) => record.backend === victim.id && record.reason === "home",
      { from: lengket.records.items.length },
    );
    await lengket.said("backend-ejection-ended", victim.id);
    visitors.takePaths();
    await visitors.rounds(1);
    await visitors.stop();
    for (const [client, path] of visitors.takePaths()) {
      expect(path.at(-1), client).to.equal(homes.get(client));
      if (homes.get(client) !== victim.id) expect(path, client).to.have.length(1);
    }
    const moved = lengket.records.items.filter((record) => record.home === victim.id && record.backend !== victim.id);
    expect(moved.length).to.be.above(0);
    expect(new Set(moved.map(({ reason }) => reason))).to.deep.equal(new Set(["failover"]));
    expect(moved.some(({ redispatched, attempts }) => redispatched && attempts > 1)).to.equal(true);
    await heldStillEcho(scene);
  });

  for (const [onDownSessions, lost] of [
    ["close", true],
    ["keep", false],
  ] as const) {
    it(`${lost ? "takes its connections with it" : "keeps its connections"} when only the checks fail (ON_DOWN_SESSIONS=${onDownSessions})`, async () => {
      const backends = await startBackends(2);
      const [gate] = await startBackends(1);
      for (const backend of [...backends, gate]) later(() => backend?.kill());
      const [one, two] = backends;
      const BACKENDS = `${one?.setting(`health=127.0.0.1:${gate?.port}`)},${two?.setting()}`;
      const lengket = await balancerOf({ BACKENDS, ...QUICK_CHECKS, ON_DOWN_SESSIONS: onDownSessions });
      later(() => lengket.balancer.close());
      const held: [string, TestClient][] = [];
      for (const address of clients.slice(0, 20)) {
        const client = await TestClient.open(lengket.at(address));
        later(() => client.close());
        held.push([await client.line(), client]);
      }
      await gate?.kill();
      await lengket.said("backend-health", "app1", { to: "unhealthy" });
      for (const [name, client] of held) {
        if (lost && name === "app1") {
          expect(await client.ended).to.equal("reset");
          continue;
        }
        client.write("still here\n");
        expect(await client.line()).to.equal("still here");
      }
      const ofOne = held.filter(([name]) => name === "app1").length;
      expect(ofOne).to.be.within(1, 19);
      const ended = lengket.records.items.map(({ backend, endedBy, cause, state }) => [backend, endedBy, cause, state]);
      expect(ended).to.deep.equal(lost ? Array(ofOne).fill(["app1", "backend", "backend-went-down", "DD"]) : []);
    });
  }
});
