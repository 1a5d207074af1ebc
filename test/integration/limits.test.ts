import { expect } from "chai";
import { balancerOf, type RunningBalancer } from "../support/balancer-of.ts";
import { closeAfterEach } from "../support/close-after-each.ts";
import { SteppedClock } from "../support/stepped-clock.ts";
import { settingOf, startBackends, TestBackend } from "../support/test-backend.ts";
import { loopback, TestClient, turnedAway, visit } from "../support/test-client.ts";

describe("limits, with real connections", () => {
  const later = closeAfterEach();

  async function start(flags: Record<string, string>, parts = {}): Promise<RunningBalancer> {
    const backends = await startBackends(2);
    for (const backend of backends) later(() => backend.kill());
    const lengket = await balancerOf({ BACKENDS: settingOf(backends), ...flags }, parts);
    later(() => lengket.balancer.close());
    return lengket;
  }

  /** A connection that is served and stays. */
  async function hold(lengket: RunningBalancer, from: string): Promise<TestClient> {
    const client = await TestClient.open(lengket.at(from));
    later(() => client.close());
    await client.line();
    return client;
  }

  async function leave(lengket: RunningBalancer, client: TestClient | undefined): Promise<void> {
    const records = lengket.records.items.length;
    client?.end();
    await lengket.records.atLeast(records + 1);
  }

  it("MAX_CONNECTIONS refuses above it and takes clients again only when there is some room (hysteresis)", async () => {
    const lengket = await start({ MAX_CONNECTIONS: "20" });
    const held: TestClient[] = [];
    for (let i = 0; i < 20; i++) held.push(await hold(lengket, loopback(i)));
    expect(lengket.messages.items).to.deep.equal([]);
    for (let i = 0; i < 3; i++) expect(await turnedAway(lengket.at("127.77.0.1"))).to.equal("reset");
    expect(lengket.messages.items.map(({ event }) => event)).to.deep.equal(["full"]);
    // 19 open: not yet below 95 %.
    await leave(lengket, held.pop());
    expect(await turnedAway(lengket.at("127.77.0.1"))).to.equal("reset");
    await leave(lengket, held.pop());
    expect(lengket.messages.items.map(({ event }) => event)).to.deep.equal(["full", "not-full"]);
    expect(await visit(lengket.at("127.77.0.1"))).to.match(/^app/);
    const refused = lengket.records.items.filter(({ client }) => client.address === "127.77.0.1");
    expect(refused.map(({ cause, state, phase }) => `${cause} ${state} ${phase}`).slice(0, 4)).to.deep.equal(
      Array(4).fill("connection-limit PR accept"),
    );
    expect(lengket.balancer.openConnections).to.equal(18);
  });

  it("MAX_CONNECTIONS_PER_CLIENT counts the connections of one prefix, and only the open ones", async () => {
    const lengket = await start({ MAX_CONNECTIONS_PER_CLIENT: "3", CLIENT_PREFIX_V4: "24" });
    const held: TestClient[] = [];
    for (let i = 1; i <= 3; i++) held.push(await hold(lengket, `127.3.3.${i}`));
    expect(await turnedAway(lengket.at("127.3.3.4"))).to.equal("reset");
    expect((await lengket.recordOf("127.3.3.4")).cause).to.equal("client-limit");
    await hold(lengket, "127.3.4.1");
    await leave(lengket, held.pop());
    expect(await visit(lengket.at("127.3.3.4"))).to.match(/^app/);
  });

  it("RATE_PER_CLIENT lets a burst in and then one after the other, each client by itself", async () => {
    const clock = new SteppedClock();
    const lengket = await start({ RATE_PER_CLIENT: "2/s burst 3" }, { clock });
    const outcomes: string[] = [];
    const knock = async (from: string): Promise<void> => {
      const outcome = await visit(lengket.at(from)).then(
        () => "in",
        () => "out",
      );
      outcomes.push(outcome);
    };
    for (let i = 0; i < 5; i++) await knock("127.4.4.4");
    expect(outcomes.splice(0)).to.deep.equal(["in", "in", "in", "out", "out"]);
    await knock("127.4.4.5");
    expect(outcomes.splice(0)).to.deep.equal(["in"]);
    clock.advance(500);
    for (let i = 0; i < 2; i++) await knock("127.4.4.4");
    expect(outcomes.splice(0)).to.deep.equal(["in", "out"]);
    clock.advance(60_000);
    for (let i = 0; i < 4; i++) await knock("127.4.4.4");
    expect(outcomes).to.deep.equal(["in", "in", "in", "out"]);
    const causes = lengket.records.items.filter(({ cause }) => cause === "client-rate");
    expect(causes).to.have.length(4);
    expect(causes[0]).to.include({ endedBy: "balancer", state: "PR", phase: "identify", backend: undefined });
  });

  it("ALLOW lets in who is named, DENY wins, and a refused client costs no backend connection", async () => {
    const backend = await TestBackend.start("app");
    later(() => backend.kill());
    const lengket = await start({ BACKENDS: backend.setting(), ALLOW: "127.8.0.0/16, ::1", DENY: "127.8.8.0/24" });
    expect(await visit(lengket.at("127.8.1.1"))).to.equal("app");
    for (const from of ["127.9.1.1", "127.8.8.1"]) expect(await turnedAway(lengket.at(from))).to.equal("reset");
    const refused = lengket.records.items.filter(({ cause }) => cause === "denied");
    expect(refused.map(({ client }) => client.address)).to.deep.equal(["127.9.1.1", "127.8.8.1"]);
    expect(backend.accepted).to.equal(1);
  });

  describe("max= of a backend", () => {
    it("QUEUE lets clients wait for a place, first come first served", async () => {
      const backend = await TestBackend.start("one");
      later(() => backend.kill());
      const lengket = await start({ BACKENDS: backend.setting("max=1"), QUEUE: "2", QUEUE_TIMEOUT: "10s" });
      const first = await hold(lengket, "127.0.1.1");
      const second = await TestClient.open(lengket.at("127.0.1.2"));
      const third = await TestClient.open(lengket.at("127.0.1.3"));
      for (const client of [second, third]) later(() => client.close());
      // Nobody may wait behind them; when this one is refused, both are known to be waiting.
      expect(await turnedAway(lengket.at("127.0.1.4"))).to.equal("reset");
      expect(lengket.balancer.gauges).to.include({ open: 3, leases: 1, waiting: 2, buffersLent: 0 });
      expect(backend.accepted).to.equal(1);

      first.end();
      expect(await second.line()).to.equal("one");
      expect(lengket.balancer.gauges.waiting).to.equal(1);
      second.end();
      expect(await third.line()).to.equal("one");
      third.end();
      for (const from of ["127.0.1.2", "127.0.1.3"]) {
        const waited = await lengket.recordOf(from);
        expect(waited).to.include({ cause: "finished", reason: "home" });
        expect(waited.queueMs).to.be.above(0);
      }
      expect((await lengket.recordOf("127.0.1.4")).cause).to.equal("home-full");
    });

    it("QUEUE_TIMEOUT ends the wait: elsewhere with ON_DOWN=rehash, refused with ON_DOWN=reject", async () => {
      for (const onDown of ["rehash", "reject"] as const) {
        const clock = new SteppedClock();
        const backends = await startBackends(2);
        for (const backend of backends) later(() => backend.kill());
        const BACKENDS = backends.map((backend) => backend.setting("max=1")).join(",");
        const flags = { BACKENDS, QUEUE: "5", QUEUE_TIMEOUT: "3s", ON_DOWN: onDown };
        const lengket = await start(flags, { clock });
        await hold(lengket, "127.0.2.2");
        const waiting = await TestClient.open(lengket.at("127.0.2.2"));
        later(() => waiting.close());
        await waitersOf(lengket, 1);
        clock.advance(2_999);
        expect(lengket.balancer.gauges.waiting).to.equal(1);
        clock.advance(1);
        if (onDown === "rehash") {
          expect(await waiting.line()).to.match(/^app/);
          expect(lengket.balancer.openOn("app1")).to.equal(1);
          expect(lengket.balancer.openOn("app2")).to.equal(1);
        } else {
          expect(await waiting.ended).to.equal("reset");
          expect(lengket.records.items[0]).to.include({ cause: "queue-timeout", state: "sQ", queueMs: 3000 });
        }
        expect(lengket.balancer.gauges.waiting).to.equal(0);
      }
    });

    it("without a queue: the overflow goes to the next backend and stays there for OVERFLOW_PIN", async () => {
      const clock = new SteppedClock();
      const backends = await startBackends(3);
      for (const backend of backends) later(() => backend.kill());
      const BACKENDS = backends.map((backend) => backend.setting("max=1")).join(",");
      const lengket = await start({ BACKENDS, OVERFLOW_PIN: "10m" }, { clock });
      const address = "127.0.3.3";
      const first = await hold(lengket, address);
      const away = await visit(lengket.at(address));
      await leave(lengket, first);
      const [overflow, home] = await lengket.records.atLeast(2);
      expect(overflow).to.include({ reason: "overflow", backend: away });
      expect(home).to.include({ reason: "home" });
      expect(away).to.not.equal(home?.backend);
      // The home is free again, and the client stays where it is known now.
      expect(await visit(lengket.at(address))).to.equal(away);
      clock.advance(599_999);
      expect(await visit(lengket.at(address))).to.equal(away);
      clock.advance(600_000);
      expect(await visit(lengket.at(address))).to.equal(home?.backend);
    });
  });
});

/** Connections are accepted some turns after their client knows; the gauge announces itself to nobody. */
async function waitersOf(lengket: RunningBalancer, count: number): Promise<void> {
  while (lengket.balancer.gauges.waiting < count) await new Promise((resolve) => setImmediate(resolve));
}
