import type { Socket } from "node:net";
import { expect } from "chai";
import { balancerOf, type RunningBalancer } from "../support/balancer-of.ts";
import { closeAfterEach } from "../support/close-after-each.ts";
import { SteppedClock } from "../support/stepped-clock.ts";
import { settingOf, startBackends, TestBackend } from "../support/test-backend.ts";
import { loopback, TestClient, turnedAway, visit } from "../support/test-client.ts";

const QUICK_CHECKS = {
  HEALTH: "tcp",
  HEALTH_INTERVAL: "20ms",
  HEALTH_FAST_INTERVAL: "10ms",
  // Nobody is to be taken for dead because this process was held up.
  HEALTH_TIMEOUT: "1m",
  HEALTH_RISE: "1",
  HEALTH_FALL: "1",
  RETRIES: "0",
};

describe("placement under special conditions", () => {
  const later = closeAfterEach();

  async function start(
    count: number,
    flags: Record<string, string>,
    parts = {},
  ): Promise<{ readonly lengket: RunningBalancer; readonly backends: readonly TestBackend[] }> {
    const backends = await startBackends(count);
    for (const backend of backends) later(() => backend.kill());
    const lengket = await balancerOf({ BACKENDS: settingOf(backends), ...flags }, parts);
    later(() => lengket.balancer.close());
    return { lengket, backends };
  }

  async function hold(lengket: RunningBalancer, from: string): Promise<[string, TestClient]> {
    const client = await TestClient.open(lengket.at(from));
    later(() => client.close());
    return [await client.line(), client];
  }

  it("BOUNDED_LOAD is never exceeded, and who overflowed stays where it went", async () => {
    const clock = new SteppedClock();
    const { lengket } = await start(4, { BOUNDED_LOAD: "1.05", OVERFLOW_PIN: "1m" }, { clock });
    const clients = Array.from({ length: 200 }, (_, i) => loopback(i));
    const homes: string[] = [];
    for (const client of clients) homes.push(await visit(lengket.at(client)));
    const held: [string, TestClient][] = [];
    for (const client of clients) {
      held.push(await hold(lengket, client));
      const bound = Math.ceil((1.05 * held.length) / 4);
      for (const id of ["app1", "app2", "app3", "app4"]) {
        expect(lengket.balancer.openOn(id), `${id} with ${held.length}`).to.be.at.most(bound);
      }
    }
    const overflowed = clients.filter((_, i) => held[i]?.[0] !== homes[i]);
    expect(overflowed.length).to.be.within(10, 100);
    for (const [, client] of held) client.end();
    await lengket.records.atLeast(400);
    for (const [i, client] of clients.entries()) {
      // All have room at home now; who overflowed stays away all the same.
      expect(await visit(lengket.at(client)), client).to.equal(held[i]?.[0]);
    }
    clock.advance(60_000);
    for (const [i, client] of clients.entries()) expect(await visit(lengket.at(client))).to.equal(homes[i]);
    const counts = new Map<string, number>();
    for (const { reason = "" } of lengket.records.items) counts.set(reason, (counts.get(reason) ?? 0) + 1);
    expect(Object.fromEntries(counts)).to.deep.equal({
      ...{ home: 800 - 2 * overflowed.length },
      ...{ overflow: overflowed.length, pinned: overflowed.length },
    });
  });

  it("NAT_SPLIT spreads one heavy address over its first backends, and nobody else", async () => {
    const { lengket } = await start(5, { NAT_SPLIT: "3", NAT_SPLIT_KEY: "connection" });
    const heavy = "127.50.0.1";
    const light: [string, string][] = [];
    for (let i = 0; i < 20; i++) light.push([loopback(i), (await hold(lengket, loopback(i)))[0]]);
    const names: string[] = [];
    for (let i = 0; i < 120; i++) names.push((await hold(lengket, heavy))[0]);
    const before = new Set(names.slice(0, 31));
    expect(before.size, "light until it has 32 connections").to.equal(1);
    const split = names.slice(40);
    expect(new Set(split).size).to.equal(3);
    expect(split).to.include([...before][0]);
    for (const name of new Set(split)) {
      expect(split.filter((other) => other === name).length).to.be.within(15, 40);
    }
    for (const [address, name] of light) expect(await visit(lengket.at(address))).to.equal(name);
  });

  it("NAT_SPLIT by port block keeps the people behind one address where they are", async () => {
    const { lengket } = await start(5, { NAT_SPLIT: "3", NAT_PORT_BLOCK: "256" });
    const heavy = "127.50.0.1";
    for (let i = 0; i < 40; i++) await hold(lengket, heavy);
    // Ports below the ephemeral range: nobody else uses them at this address.
    const byBlock = new Map<number, Set<string>>();
    for (let localPort = 20_000; localPort < 20_000 + 256 * 12; localPort += 60) {
      const name = await visit({ ...lengket.at(heavy), localPort });
      const block = Math.floor(localPort / 256);
      byBlock.set(block, (byBlock.get(block) ?? new Set()).add(name));
    }
    expect(byBlock.size).to.be.above(10);
    for (const [block, names] of byBlock) expect(names.size, `block ${block}`).to.equal(1);
    expect(new Set([...byBlock.values()].flatMap((names) => [...names])).size).to.equal(3);
  });

  it("SLOW_START lets a new backend's clients come bit by bit, each once", async () => {
    const clock = new SteppedClock();
    const { lengket, backends } = await start(3, { SLOW_START: "100s", IDLE_TIMEOUT: "0" }, { clock });
    const clients = Array.from({ length: 200 }, (_, i) => loopback(i));
    const homes = new Map<string, string>();
    for (const client of clients) homes.set(client, await visit(lengket.at(client)));
    const added = await TestBackend.start("new");
    later(() => added.kill());
    lengket.reload({ BACKENDS: settingOf([...backends, added]) });

    const came = new Set<string>();
    const counts: number[] = [];
    for (let second = 0; second <= 100; second += 25) {
      for (const client of clients) {
        const name = await visit(lengket.at(client));
        if (name === "new") came.add(client);
        else {
          expect(came.has(client), `${client} came and left again`).to.equal(false);
          expect(name).to.equal(homes.get(client));
        }
      }
      counts.push(came.size);
      clock.advance(25_000);
    }
    const all = counts.at(-1) ?? 0;
    expect(counts[0]).to.equal(0);
    expect(all).to.be.within(30, 70);
    expect(counts[2], "half way").to.be.within(all * 0.25, all * 0.75);
  });

  it("a backup serves only while no primary can", async () => {
    const spare = await TestBackend.start("spare");
    const [one] = await startBackends(1);
    for (const backend of [spare, one]) later(() => backend?.kill());
    const BACKENDS = `${one?.setting()},${spare.setting("backup")}`;
    const lengket = await balancerOf({ BACKENDS, ...QUICK_CHECKS });
    later(() => lengket.balancer.close());
    expect(await visit(lengket.at())).to.equal("app1");
    await one?.kill();
    await lengket.said("backend-health", "app1", { to: "unhealthy" });
    expect(await visit(lengket.at())).to.equal("spare");
    const record = await lengket.records.first("one on the backup", ({ backend }) => backend === "spare");
    expect(record).to.include({ reason: "backup", home: "app1" });
    const from = lengket.messages.items.length;
    await one?.revive();
    await lengket.said("backend-health", "app1", { to: "healthy", from });
    expect(await visit(lengket.at())).to.equal("app1");
  });

  it("ON_DOWN=reject refuses the clients of a backend that is down, ON_DOWN=wait makes them wait for it", async () => {
    for (const onDown of ["reject", "wait"] as const) {
      const { lengket, backends } = await start(3, { ...QUICK_CHECKS, ON_DOWN: onDown, QUEUE_TIMEOUT: "10s" });
      const clients = Array.from({ length: 30 }, (_, i) => loopback(i));
      const homes = new Map<string, string>();
      for (const client of clients) homes.set(client, await visit(lengket.at(client)));
      await backends[0]?.kill();
      await lengket.said("backend-health", "app1", { to: "unhealthy" });
      const ours = clients.filter((client) => homes.get(client) === "app1");
      expect(ours.length).to.be.within(2, 20);
      for (const client of clients) {
        if (!ours.includes(client)) expect(await visit(lengket.at(client))).to.equal(homes.get(client));
        else if (onDown === "reject") expect(await turnedAway(lengket.at(client))).to.equal("reset");
      }
      if (onDown === "reject") {
        const refused = lengket.records.items.filter(({ cause }) => cause === "home-down");
        expect(refused).to.have.length(ours.length);
        continue;
      }
      const records = lengket.records.items.length;
      const waiting = ours.map((client) => visit(lengket.at(client)));
      await backends[0]?.revive();
      expect(new Set(await Promise.all(waiting))).to.deep.equal(new Set(["app1"]));
      const waited = (await lengket.records.atLeast(records + ours.length)).slice(records);
      expect(waited.some(({ queueMs }) => queueMs > 0)).to.equal(true);
    }
  });

  it("SOURCE_ADDRESS is where backend connections come from, in turn", async () => {
    const seen: string[] = [];
    const backend = await TestBackend.start("app", (socket: Socket) => {
      seen.push(socket.remoteAddress ?? "");
      socket.end("app\n");
    });
    later(() => backend.kill());
    const lengket = await balancerOf({ BACKENDS: backend.setting(), SOURCE_ADDRESS: "127.0.0.5, 127.0.0.6" });
    later(() => lengket.balancer.close());
    for (let i = 0; i < 6; i++) await visit(lengket.at());
    expect(seen.filter((address) => address === "127.0.0.5")).to.have.length(3);
    expect(seen.filter((address) => address === "127.0.0.6")).to.have.length(3);
  });

  it("a SOURCE_ADDRESS that this machine lacks is said to be our fault, and ejects nobody", async () => {
    const { lengket } = await start(2, { SOURCE_ADDRESS: "192.0.2.1", RETRY_DELAY: "1ms" });
    for (let i = 0; i < 5; i++) expect(await turnedAway(lengket.at())).to.equal("reset");
    const records = await lengket.records.atLeast(5);
    for (const record of records) {
      expect(record).to.include({ cause: "source-address", endedBy: "balancer", state: "RC", attempts: 3 });
    }
    expect(lengket.messages.items).to.deep.equal([]);
  });
});
