import { expect } from "chai";
import { balancerOf, type RunningBalancer } from "../support/balancer-of.ts";
import { closeAfterEach } from "../support/close-after-each.ts";
import { settingOf, startBackends, type TestBackend } from "../support/test-backend.ts";
import { loopback, visit } from "../support/test-client.ts";

const CLIENTS = 500;
const VISITS = 3;
/** Clients that visit at the same time. */
const AT_ONCE = 50;

const clients = Array.from({ length: CLIENTS }, (_, i) => loopback(i));

/** Every client's backends, one for each of its visits, which are made one after the other. */
async function visits(lengket: RunningBalancer): Promise<ReadonlyMap<string, readonly string[]>> {
  const met = new Map<string, readonly string[]>();
  const waiting = clients.values();
  const one = async (): Promise<void> => {
    for (const client of waiting) {
      const names: string[] = [];
      for (let i = 0; i < VISITS; i++) names.push(await visit(lengket.at(client)));
      met.set(client, names);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, one));
  return met;
}

describe("clients with 127.x.y.z addresses", () => {
  const later = closeAfterEach();

  async function start(flags: Record<string, string> = {}): Promise<{
    readonly lengket: RunningBalancer;
    readonly backends: readonly TestBackend[];
  }> {
    const backends = await startBackends(5);
    for (const backend of backends) later(() => backend.kill());
    const lengket = await balancerOf({ BACKENDS: settingOf(backends), ...flags });
    later(() => lengket.balancer.close());
    return { lengket, backends };
  }

  for (const [policy, mostOverAverage] of [
    ["ring", 1.08],
    ["rendezvous", 1.03],
    ["maglev", 1.03],
  ] as const) {
    it(`always meet the same of five backends, which are all used (${policy})`, async () => {
      const { lengket, backends } = await start({ HASH_POLICY: policy });
      const met = await visits(lengket);
      expect(met.size).to.equal(CLIENTS);
      for (const [client, names] of met) expect(new Set(names).size, `${client}: ${names}`).to.equal(1);
      const used = new Set([...met.values()].map(([name]) => name));
      expect([...used].sort()).to.deep.equal(["app1", "app2", "app3", "app4", "app5"]);
      expect(backends.reduce((sum, { accepted }) => sum + accepted, 0)).to.equal(CLIENTS * VISITS);

      const shares = lengket.balancer.snapshot.primary.table.shares();
      expect(Math.max(...shares) * 5, "largest share over average").to.be.at.most(mostOverAverage);
      const records = await lengket.records.atLeast(CLIENTS * VISITS);
      expect(new Set(records.map(({ reason, state }) => `${reason} ${state}`))).to.deep.equal(new Set(["home --"]));
      for (const { client, backend } of records) expect(met.get(client.address)?.[0]).to.equal(backend);
      expect(lengket.balancer.gauges).to.include({ open: 0, leases: 0, waiting: 0, buffersLent: 0 });
    });
  }

  it("meet the same backend whatever the order of the list, and other ones with another seed", async () => {
    const { lengket, backends } = await start();
    const homes = async (at: RunningBalancer): Promise<readonly string[]> => {
      const names: string[] = [];
      for (const client of clients.slice(0, 100)) names.push(await visit(at.at(client)));
      return names;
    };
    const before = await homes(lengket);
    const reversed = await balancerOf({ BACKENDS: settingOf([...backends].reverse()) });
    later(() => reversed.balancer.close());
    expect(await homes(reversed)).to.deep.equal(before);
    const reseeded = await balancerOf({ BACKENDS: settingOf(backends), HASH_SEED: "7" });
    later(() => reseeded.balancer.close());
    const same = (await homes(reseeded)).filter((name, i) => name === before[i]).length;
    expect(same).to.be.within(5, 45); // a fifth of 100
  });

  it("of one network are one client when the prefix says so, and each connection is one with client_ip_port", async () => {
    const { lengket } = await start({ CLIENT_PREFIX_V4: "24" });
    const network = Array.from({ length: 30 }, (_, i) => `127.9.9.${i + 1}`);
    const names = await Promise.all(network.map((client) => visit(lengket.at(client))));
    expect(new Set(names).size).to.equal(1);
    expect((await lengket.recordOf("127.9.9.1")).key).to.equal("127.9.9.0/24");

    const byPort = await start({ HASH_KEY: "client_ip_port" });
    const each = await Promise.all(network.map(() => visit(byPort.lengket.at("127.9.9.1"))));
    expect(new Set(each).size).to.be.above(2);
  });

  it("are spread by weight", async () => {
    const backends = await startBackends(3);
    for (const backend of backends) later(() => backend.kill());
    const [one, two, three] = backends.map((backend, i) => backend.setting(`weight=${[1, 2, 5][i]}`));
    const lengket = await balancerOf({ BACKENDS: `${one},${two},${three}` });
    later(() => lengket.balancer.close());
    const met = await visits(lengket);
    const count = (name: string): number => [...met.values()].filter(([first]) => first === name).length / CLIENTS;
    // Four standard deviations of a binomial share, and the ring's own unevenness of a few per cent.
    expect(count("app1")).to.be.closeTo(1 / 8, 0.07);
    expect(count("app2")).to.be.closeTo(2 / 8, 0.09);
    expect(count("app3")).to.be.closeTo(5 / 8, 0.1);
  });
});
