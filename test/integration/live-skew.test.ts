import { connect, type Socket } from "node:net";
import { expect } from "chai";
import { route } from "../../src/cli/route.ts";
import { routeLive } from "../../src/cli/route-live.ts";
import type { RouteAnswer } from "../../src/compose/route-answer.ts";
import { encodeProxyV2 } from "../../src/proxy-protocol/encode.ts";
import { balancerOf, type Flags, type LoggedMessage, type RunningBalancer } from "../support/balancer-of.ts";
import { CapturedOutput } from "../support/captured-output.ts";
import { closeAfterEach } from "../support/close-after-each.ts";
import { SteppedClock } from "../support/stepped-clock.ts";
import { TestBackend } from "../support/test-backend.ts";
import { loopback, visit } from "../support/test-client.ts";

const MINUTE_MS = 60_000;
const AT_ONCE = 50;
const TRUSTED = { PROXY_PROTOCOL_IN: "required", PROXY_PROTOCOL_TRUSTED: "loopback" };

interface Skew {
  readonly clients: readonly { readonly client: string }[];
  readonly proxies: readonly string[];
  readonly advice: readonly unknown[];
}

describe("live skew, on real sockets", function () {
  this.timeout(30_000);
  const later = closeAfterEach();

  async function started(
    flags: Flags,
    {
      backends = 3,
      clock,
      onConnection,
    }: { backends?: number; clock?: SteppedClock; onConnection?: (socket: Socket) => void } = {},
  ): Promise<{ readonly lengket: RunningBalancer; readonly settings: Flags }> {
    const all = await Promise.all(
      Array.from({ length: backends }, (_, i) => TestBackend.start(`app${i + 1}`, onConnection)),
    );
    for (const backend of all) later(() => backend.kill());
    const settings = {
      BACKENDS: all.map((backend) => backend.setting()).join(","),
      ADMIN_LISTEN: "127.0.0.1:0",
      ...flags,
    };
    const lengket = await balancerOf(settings, clock === undefined ? {} : { clock });
    later(() => lengket.balancer.close());
    return { lengket, settings: { LISTEN: "127.0.0.1:0", HEALTH: "off", ...settings } };
  }

  /** A connection whose PROXY header names this client; open until it is closed. */
  async function pretend(lengket: RunningBalancer, address: string, port: number): Promise<Socket> {
    const socket = connect({ host: "127.0.0.1", port: lengket.port });
    later(() => socket.destroy());
    socket.on("error", () => {});
    socket.write(encodeProxyV2({ address, port }, { address: "192.0.2.1", port: 80 }));
    await new Promise((resolve) => socket.once("data", resolve));
    return socket;
  }

  async function pretendAll(lengket: RunningBalancer, clients: readonly string[]): Promise<void> {
    const waiting = clients.entries();
    const one = async (): Promise<void> => {
      for (const [index, address] of waiting) (await pretend(lengket, address, index + 1)).destroy();
    };
    await Promise.all(Array.from({ length: AT_ONCE }, one));
    await lengket.records.atLeast(clients.length);
  }

  const advice = ({ messages }: RunningBalancer): readonly LoggedMessage[] =>
    messages.items.filter(({ event }) => event === "skew-advice");

  async function askedLive(lengket: RunningBalancer, address: string, json: boolean): Promise<string> {
    const stdout = new CapturedOutput();
    const flags = { ADMIN_LISTEN: lengket.balancer.adminAddress ?? "" };
    const code = await routeLive({ flags, env: {}, stdout, stderr: stdout, address, port: 0, json });
    expect(code, stdout.text).to.equal(0);
    return stdout.text;
  }

  const strangers = (count: number): string[] =>
    Array.from({ length: count }, (_, i) => `198.51.${100 + (i >> 8)}.${i & 255}`);

  it("warns once of an address that carries more than a backend should have, and tells who asks", async () => {
    const clock = new SteppedClock();
    const { lengket, settings } = await started(TRUSTED, { clock });
    const office = "203.0.113.7";
    await pretendAll(
      lengket,
      strangers(200).flatMap((other) => [other, office, office]),
    );
    expect(advice(lengket)).to.deep.equal([]);
    clock.advance(MINUTE_MS);
    const [said, ...others] = advice(lengket);
    expect(others).to.deep.equal([]);
    expect(said).to.include({ level: "warn", code: "heavy-address", clients: office, share: 0.6667, fair_shares: 2 });
    expect(said?.["counted"]).to.equal(600);
    expect(said?.message).to.contain(`${office} carries 2.0 fair shares`).and.contain("LENGKET_BOUNDED_LOAD=1.25");
    clock.advance(5 * MINUTE_MS);
    expect(advice(lengket)).to.have.lengthOf(1);

    const skew = (await (await fetch(`http://${lengket.balancer.adminAddress}/api/skew`)).json()) as Skew;
    expect(skew.clients[0]).to.include({ client: `${office}/32` });
    expect(skew.clients).to.have.lengthOf(20);
    expect(skew.proxies, "who sent the PROXY headers").to.deep.equal(["127.0.0.1"]);
    expect(skew.advice).to.have.lengthOf(1);

    const live = JSON.parse(await askedLive(lengket, office, true));
    const offline = new CapturedOutput();
    expect(
      route({
        flags: settings,
        env: {},
        address: office,
        port: 0,
        down: [],
        json: true,
        stdout: offline,
        stderr: offline,
      }),
    ).to.equal(0);
    const { live: facts, ...rest } = live;
    expect(rest).to.deep.equal(JSON.parse(offline.text));
    expect(rest).to.include({ decision: "chosen", reason: "home" });
    expect(facts).to.deep.include({ share: { atLeast: 0.666667, atMost: 0.666667 }, open: 0, unit: "connections" });
    const text = await askedLive(lengket, office, false);
    expect(text).to.match(/^share +66\.7 % of the last \d+ connections, 2\.0 fair shares/m);
    expect(text).to.match(/^open +0 connections$/m);
  });

  it("says of clients of this machine once, and without alarm, that they all come from one address", async () => {
    const clock = new SteppedClock();
    const { lengket } = await started({}, { clock });
    for (let i = 0; i < 320; i++) await visit(lengket.at(i % 32 === 0 ? loopback(i) : "127.0.0.9"));
    await lengket.records.atLeast(320);
    clock.advance(3 * MINUTE_MS);
    const [said, ...others] = advice(lengket);
    expect(others).to.deep.equal([]);
    expect(said).to.include({ level: "info", code: "behind-proxy", clients: "127.0.0.9" });
  });

  it("says nothing of even traffic, nor when it is not wanted, which can change at any time", async () => {
    const clock = new SteppedClock();
    const { lengket } = await started({ ...TRUSTED, SKEW_ADVICE: "off" }, { clock });
    await pretendAll(
      lengket,
      strangers(200).flatMap((other) => [other, "203.0.113.7", "203.0.113.7"]),
    );
    clock.advance(2 * MINUTE_MS);
    expect(advice(lengket)).to.deep.equal([]);
    lengket.reload({ SKEW_ADVICE: "on" });
    clock.advance(MINUTE_MS);
    expect(advice(lengket)).to.have.lengthOf(1);

    const even = await started(TRUSTED, { clock: new SteppedClock() });
    await pretendAll(even.lengket, strangers(400));
    clock.advance(2 * MINUTE_MS);
    expect(advice(even.lengket)).to.deep.equal([]);
  });

  for (const flags of [
    { NAT_SPLIT: "2", NAT_SPLIT_KEY: "port-block", NAT_PORT_BLOCK: "1" },
    { BOUNDED_LOAD: "1.05", OVERFLOW_PIN: "1h" },
    { BACKEND_MAX_CONNECTIONS: "25", ON_DOWN: "rehash" },
  ] satisfies Flags[]) {
    it(`tells where the very next connection goes: ${JSON.stringify(flags)}`, async () => {
      const { lengket } = await started({ ...TRUSTED, ...flags });
      const reasons = new Set<string>();
      const open: Socket[] = [];
      for (let i = 0; i < 90; i++) {
        const address = i % 3 === 0 ? `198.51.100.${i % 30}` : "203.0.113.7";
        const url = `http://${lengket.balancer.adminAddress}/api/route?client=${address}&port=${1000 + i}`;
        const before = lengket.balancer.gauges;
        const { choice } = (await (await fetch(url)).json()) as RouteAnswer;
        expect(lengket.balancer.gauges).to.deep.equal(before);
        const socket = connect({ host: "127.0.0.1", port: lengket.port });
        later(() => socket.destroy());
        socket.write(encodeProxyV2({ address, port: 1000 + i }, { address: "192.0.2.1", port: 80 }));
        const name = await new Promise<string>((resolve) => socket.once("data", (data) => resolve(`${data}`.trim())));
        expect(choice.kind === "chosen" ? choice.member.backend.id : choice.because, `${i} ${address}`).to.equal(name);
        reasons.add(choice.kind === "chosen" ? choice.reason : choice.kind);
        open.push(socket);
        if (i % 5 === 4) {
          const records = lengket.records.items.length;
          open.shift()?.destroy();
          await lengket.records.atLeast(records + 1);
        }
      }
      expect(reasons.size, [...reasons].join()).to.be.greaterThan(1);
    });
  }
});
