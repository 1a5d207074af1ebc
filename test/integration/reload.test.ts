import { expect } from "chai";
import { balancerOf, RunningBalancer } from "../support/balancer-of.ts";
import { closeAfterEach } from "../support/close-after-each.ts";
import { SteppedClock } from "../support/stepped-clock.ts";
import { settingOf, startBackends, TestBackend } from "../support/test-backend.ts";
import { loopback, TestClient, turnedAway, visit } from "../support/test-client.ts";
import { Visitors } from "../support/visitors.ts";

const CLIENTS = 100;
const clients = Array.from({ length: CLIENTS }, (_, i) => loopback(i));

describe("a reload under load", () => {
  const later = closeAfterEach();

  interface Held {
    readonly client: TestClient;
    readonly backend: string;
  }

  async function start(
    count: number,
    flags: Record<string, string> = {},
    parts: Parameters<typeof balancerOf>[1] = {},
  ): Promise<{ readonly lengket: RunningBalancer; readonly backends: readonly TestBackend[] }> {
    const backends = await startBackends(count);
    for (const backend of backends) later(() => backend.kill());
    const lengket = await balancerOf({ BACKENDS: settingOf(backends), ...flags }, parts);
    later(() => lengket.balancer.close());
    return { lengket, backends };
  }

  async function hold(lengket: RunningBalancer): Promise<ReadonlyMap<string, Held>> {
    const held = new Map<string, Held>();
    for (const address of clients) {
      const client = await TestClient.open(lengket.at(address));
      later(() => client.close());
      held.set(address, { client, backend: await client.line() });
    }
    return held;
  }

  async function echoes({ client }: Held): Promise<void> {
    client.write("still here\n");
    expect(await client.line()).to.equal("still here");
  }

  it("adds a backend: clients move only to it, about its share of them, and no connection is disturbed", async () => {
    const { lengket, backends } = await start(3);
    const held = await hold(lengket);
    const visitors = new Visitors(lengket, clients);
    await visitors.rounds(1);
    const added = await TestBackend.start("new");
    later(() => added.kill());
    const report = lengket.reload({ BACKENDS: settingOf([...backends, added]) });
    expect(report.added).to.deep.equal(["new"]);
    expect(report.movedShare).to.be.within(0.2, 0.3);
    await visitors.rounds(2);
    await visitors.stop();
    let moved = 0;
    for (const [address, path] of visitors.takePaths()) {
      const home = held.get(address)?.backend;
      if (path.length === 1) expect(path, address).to.deep.equal([home]);
      else {
        expect(path, address).to.deep.equal([home, "new"]);
        moved++;
      }
    }
    expect(moved).to.be.within(10, 45);
    for (const one of held.values()) await echoes(one);
    const said = await lengket.said("backends-reloaded");
    expect(said.message).to.match(/^backends reloaded: added new; 2\d\.\d % of the key space moved$/);
  });

  it("removes a backend: its connections stay, nobody new comes, and it is forgotten with the last of them", async () => {
    const { lengket, backends } = await start(4);
    const held = await hold(lengket);
    const visitors = new Visitors(lengket, clients);
    await visitors.rounds(1);
    const rest = backends.filter(({ id }) => id !== "app2");
    const accepted = backends[1]?.accepted ?? 0;
    lengket.reload({ BACKENDS: settingOf(rest) });
    await visitors.rounds(2);
    await visitors.stop();
    for (const [address, path] of visitors.takePaths()) {
      const home = held.get(address)?.backend;
      if (home === "app2") {
        expect(path, address).to.have.length(2);
        expect(path[0]).to.equal("app2");
      } else expect(path, address).to.deep.equal([home]);
    }
    // A connection that was being made when the list changed may still have come.
    expect((backends[1]?.accepted ?? 0) - accepted).to.be.at.most(20);

    for (const one of held.values()) await echoes(one);
    const leaving = [...held.values()].filter(({ backend }) => backend === "app2");
    expect(lengket.balancer.openOn("app2")).to.equal(leaving.length).and.be.above(5);
    const draining = lengket.balancer.snapshot.members.find(({ backend }) => backend.id === "app2");
    expect(draining?.lifecycle).to.equal("draining");
    for (const { client } of leaving) client.end();
    const said = await lengket.said("backend-drained", "app2");
    expect(said["to"]).to.equal("forgotten");
    expect(lengket.balancer.snapshot.members.map(({ backend }) => backend.id)).to.deep.equal(["app1", "app3", "app4"]);
    expect(lengket.balancer.openConnections).to.equal(CLIENTS - leaving.length);
  });

  it("weight 0 drains as well; another weight moves clients only from or to that backend", async () => {
    const { lengket, backends } = await start(3);
    const held = await hold(lengket);
    const others = settingOf(backends.slice(1));
    const app1 = backends[0];

    lengket.reload({ BACKENDS: `${app1?.setting("weight=4")},${others}` });
    let came = 0;
    for (const address of clients) {
      const name = await visit(lengket.at(address));
      if (name !== held.get(address)?.backend) {
        expect(name).to.equal("app1");
        came++;
      }
    }
    expect(came).to.be.above(15);

    lengket.reload({ BACKENDS: `${app1?.setting("weight=0")},${others}` });
    for (const address of clients) {
      const name = await visit(lengket.at(address));
      const home = held.get(address)?.backend;
      if (home === "app1") expect(name).to.be.oneOf(["app2", "app3"]);
      else expect(name).to.equal(home);
    }
    for (const one of held.values()) await echoes(one);
  });

  it("a backend that comes back before its last connection ended is the one it was", async () => {
    const { lengket, backends } = await start(2);
    const held = await hold(lengket);
    lengket.reload({ BACKENDS: settingOf(backends.slice(1)) });
    lengket.reload({ BACKENDS: settingOf(backends) });
    for (const [address, one] of held) {
      expect(await visit(lengket.at(address))).to.equal(one.backend);
      await echoes(one);
    }
  });

  it("DRAIN_TIMEOUT closes what a removed backend still has, and nothing else", async () => {
    const clock = new SteppedClock();
    const { lengket, backends } = await start(3, { DRAIN_TIMEOUT: "1h" }, { clock });
    const held = await hold(lengket);
    lengket.reload({ BACKENDS: settingOf(backends.slice(1)) });
    // Half-closed and idle connections have limits of their own, which are not meant here.
    clock.advance(5 * 60_000);
    const leaving = [...held.values()].filter(({ backend }) => backend === "app1");
    for (let passed = 5; passed < 60; passed += 5) {
      for (const one of held.values()) await echoes(one);
      expect(lengket.balancer.openConnections).to.equal(CLIENTS);
      clock.advance(5 * 60_000);
    }
    for (const { client } of leaving) expect(await client.ended).to.equal("fin");
    const closed = await lengket.records.atLeast(leaving.length);
    expect(closed).to.have.length(leaving.length);
    for (const record of closed) {
      expect([record.backend, record.endedBy, record.cause, record.state]).to.deep.equal([
        "app1",
        "operator",
        "drain-deadline",
        "KD",
      ]);
    }
    for (const one of held.values()) if (one.backend !== "app1") await echoes(one);
    expect((await lengket.said("backend-drained", "app1"))["to"]).to.equal("forgotten");
  });

  it("that comes before the start is not undone by the start", async () => {
    const backends = await startBackends(2);
    for (const backend of backends) later(() => backend.kill());
    const [one, two] = backends;
    const lengket = new RunningBalancer({ BACKENDS: one?.setting() ?? "" });
    later(() => lengket.balancer.close());
    lengket.reload({ BACKENDS: two?.setting() ?? "", DENY: "127.5.0.0/16", LISTEN: "203.0.113.1:1" });
    await lengket.balancer.start();
    expect(lengket.balancer.snapshot.members.map(({ backend }) => backend.id)).to.deep.equal(["app2"]);
    expect(await visit(lengket.at())).to.equal("app2");
    expect(await turnedAway(lengket.at("127.5.5.5"))).to.equal("reset");
  });

  it("takes lists and limits over at once; connections that were let in stay", async () => {
    const { lengket } = await start(2);
    const client = await TestClient.open(lengket.at("127.5.5.5"));
    later(() => client.close());
    const backend = await client.line();
    lengket.reload({ DENY: "127.5.0.0/16", MAX_CONNECTIONS_PER_CLIENT: "1" });
    await echoes({ client, backend });
    expect(await turnedAway(lengket.at("127.5.5.6"))).to.equal("reset");
    expect((await lengket.recordOf("127.5.5.6")).cause).to.equal("denied");
    const second = await TestClient.open(lengket.at("127.6.6.6"));
    later(() => second.close());
    await second.line();
    expect(await turnedAway(lengket.at("127.6.6.6"))).to.equal("reset");
    expect((await lengket.recordOf("127.6.6.6")).cause).to.equal("client-limit");
    lengket.reload({});
    expect(await visit(lengket.at("127.5.5.5"))).to.equal(backend);
  });
});
