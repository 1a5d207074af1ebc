import { connect, type Socket } from "node:net";
import { expect } from "chai";
import { decodeProxyHeader } from "../../src/proxy-protocol/decode.ts";
import { encodeProxyV1, encodeProxyV2 } from "../../src/proxy-protocol/encode.ts";
import type { ProxyHeader } from "../../src/proxy-protocol/header.ts";
import { balancerOf, type RunningBalancer } from "../support/balancer-of.ts";
import { closeAfterEach } from "../support/close-after-each.ts";
import { SteppedClock } from "../support/stepped-clock.ts";
import { settingOf, startBackends, TestBackend } from "../support/test-backend.ts";
import { TestClient, turnedAway, visit } from "../support/test-client.ts";

const client = { address: "198.51.100.7", port: 4711 };
const destination = { address: "192.0.2.9", port: 443 };

describe("PROXY protocol on the way in", () => {
  const later = closeAfterEach();

  async function start(flags: Record<string, string>, parts = {}): Promise<RunningBalancer> {
    const backends = await startBackends(3);
    for (const backend of backends) later(() => backend.kill());
    const trusted = { PROXY_PROTOCOL_TRUSTED: "127.0.0.0/16" };
    const lengket = await balancerOf({ BACKENDS: settingOf(backends), ...trusted, ...flags }, parts);
    later(() => lengket.balancer.close());
    return lengket;
  }

  async function open(lengket: RunningBalancer, from = "127.0.0.1"): Promise<TestClient> {
    const opened = await TestClient.open(lengket.at(from));
    later(() => opened.close());
    return opened;
  }

  for (const [version, header] of [
    ["v1", encodeProxyV1(client, destination)],
    ["v2", encodeProxyV2(client, destination)],
  ] as const) {
    it(`${version}: the client is who the header says, its bytes behind the header are not lost`, async () => {
      const lengket = await start({ PROXY_PROTOCOL_IN: "required" });
      for (const pieces of [[header], [...header].map((byte) => Uint8Array.of(byte))]) {
        const one = await open(lengket);
        // A round trip of its own for every piece is not needed: TCP_NODELAY sends each at once.
        one.socket.setNoDelay(true);
        for (const piece of pieces.slice(0, -1)) one.write(piece);
        one.write(Buffer.concat([pieces.at(-1) ?? Buffer.alloc(0), Buffer.from("hello\n")]));
        expect(await one.line()).to.match(/^app/);
        expect(await one.line()).to.equal("hello");
        one.end();
        await one.rest();
      }
      const records = await lengket.records.atLeast(2);
      for (const record of records) {
        expect(record).to.include({ key: "198.51.100.7/32", bytesIn: 6, cause: "finished" });
        expect(record.client).to.deep.equal(client);
        expect(record.via?.address).to.equal("127.0.0.1");
      }
    });
  }

  it("places by the header's address, not by the hop's", async () => {
    const lengket = await start({ PROXY_PROTOCOL_IN: "required" });
    const met = new Map<string, string>();
    for (let i = 1; i <= 40; i++) {
      const address = `198.51.100.${i}`;
      for (let again = 0; again < 2; again++) {
        const one = await open(lengket);
        one.write(encodeProxyV1({ address, port: 1000 + again }, destination));
        const name = await one.line();
        expect(met.get(address) ?? name).to.equal(name);
        met.set(address, name);
        one.close();
      }
    }
    expect(new Set(met.values()).size).to.equal(3);
  });

  it("v2 LOCAL and v1 UNKNOWN speak for the hop itself", async () => {
    const lengket = await start({ PROXY_PROTOCOL_IN: "required" });
    for (const header of [encodeProxyV2(client, destination, { command: "local" }), "PROXY UNKNOWN\r\n"]) {
      const one = await open(lengket, "127.0.7.7");
      one.write(header);
      expect(await one.line()).to.match(/^app/);
      one.end();
    }
    for (const record of await lengket.records.atLeast(2)) expect(record.key).to.equal("127.0.7.7/32");
  });

  it("required: no header, a bad one, and a hop that is not trusted are turned away", async () => {
    const lengket = await start({ PROXY_PROTOCOL_IN: "required" });
    const one = await open(lengket);
    one.write("GET / HTTP/1.1\r\n\r\n");
    expect(await one.ended).to.equal("reset");
    const bad = await open(lengket);
    bad.write("PROXY TCP4 1.2.3.4 5.6.7.8 99999 80\r\n");
    expect(await bad.ended).to.equal("reset");
    expect(await turnedAway(lengket.at("127.66.0.1"))).to.equal("reset");
    const half = await open(lengket);
    half.end("PROXY TCP4 1.2");
    expect(await half.ended).to.equal("reset");
    const causes = (await lengket.records.atLeast(4)).map(
      ({ cause, endedBy, phase }) => `${cause} ${endedBy} ${phase}`,
    );
    expect(causes).to.deep.equal([
      "proxy-header-missing balancer identify",
      "proxy-header-malformed balancer identify",
      "proxy-header-untrusted balancer identify",
      "closed-early client identify",
    ]);
    expect(lengket.balancer.gauges).to.include({ open: 0, leases: 0, waiting: 0, buffersLent: 0 });
  });

  it("optional: with or without a header; a stranger's header is his data", async () => {
    const lengket = await start({ PROXY_PROTOCOL_IN: "optional" });
    const plain = await open(lengket);
    plain.write("PRO\n");
    expect(await plain.line()).to.match(/^app/);
    expect(await plain.line()).to.equal("PRO");
    const named = await open(lengket);
    named.write(encodeProxyV2(client, destination));
    await named.line();
    const stranger = await open(lengket, "127.66.0.1");
    stranger.write("PROXY TCP4 1.2.3.4 5.6.7.8 9 80\r\n");
    await stranger.line();
    expect(await stranger.line()).to.equal("PROXY TCP4 1.2.3.4 5.6.7.8 9 80\r");
    for (const one of [plain, named, stranger]) one.end();
    const keys = (await lengket.records.atLeast(3)).map(({ key }) => key).sort();
    expect(keys).to.deep.equal(["127.0.0.1/32", "127.66.0.1/32", "198.51.100.7/32"]);
  });

  it("the header has PROXY_PROTOCOL_TIMEOUT; optional waits that long for a client that is silent", async () => {
    for (const mode of ["required", "optional"] as const) {
      const clock = new SteppedClock();
      const lengket = await start({ PROXY_PROTOCOL_IN: mode, PROXY_PROTOCOL_TIMEOUT: "5s" }, { clock });
      const silent = await open(lengket);
      await accepted(lengket);
      clock.advance(4_999);
      expect(lengket.records.items).to.deep.equal([]);
      clock.advance(1);
      if (mode === "optional") expect(await silent.line()).to.match(/^app/);
      else {
        expect(await silent.ended).to.equal("reset");
        expect(lengket.records.items[0]).to.include({ cause: "proxy-header-timeout", state: "cR" });
      }
    }
  });

  it("the lists are about the client that the header names", async () => {
    const lengket = await start({ PROXY_PROTOCOL_IN: "required", DENY: "198.51.100.0/24" });
    const denied = await open(lengket);
    denied.write(encodeProxyV1(client, destination));
    expect(await denied.ended).to.equal("reset");
    const [record] = await lengket.records.atLeast(1);
    expect(record).to.include({ cause: "denied" }).and.to.have.deep.property("client", client);
  });
});

describe("PROXY protocol on the way out", () => {
  const later = closeAfterEach();

  /** A backend that reads a header, then names itself and echoes; and the headers it got. */
  async function start(flags: Record<string, string>): Promise<[RunningBalancer, ProxyHeader[]]> {
    const headers: ProxyHeader[] = [];
    const backend = await TestBackend.start("app", (socket: Socket) => {
      socket.once("data", (chunk) => {
        const decoded = decodeProxyHeader(chunk);
        if (decoded.kind !== "header") throw new Error(`${decoded.kind}: ${chunk.toString("latin1")}`);
        headers.push(decoded.header);
        socket.write("app\n");
        socket.write(chunk.subarray(decoded.length));
        socket.pipe(socket);
      });
    });
    later(() => backend.kill());
    const lengket = await balancerOf({ BACKENDS: backend.setting(), ...flags });
    later(() => lengket.balancer.close());
    return [lengket, headers];
  }

  for (const version of ["v1", "v2"] as const) {
    it(`${version} names the client and where it connected to, before the client has said a word`, async () => {
      const [lengket, headers] = await start({ PROXY_PROTOCOL_OUT: version, LISTEN: "127.0.0.1:0, [::1]:0" });
      const [four = 0, six = 0] = lengket.balancer.ports;
      await visit(lengket.at("127.4.5.6"));
      await visit({ host: "::1", port: six });
      const [first, second] = await lengket.records.atLeast(2);
      expect(headers[0]).to.deep.include({ source: first?.client, destination: { address: "127.0.0.1", port: four } });
      expect(headers[1]).to.deep.include({ source: second?.client, destination: { address: "::1", port: six } });
      expect(first?.client.address).to.equal("127.4.5.6");
      expect(first).to.include({ bytesIn: 0, bytesOut: 4 });
    });
  }

  it("passes on what a trusted hop said, the destination included", async () => {
    const IN = { PROXY_PROTOCOL_IN: "required", PROXY_PROTOCOL_TRUSTED: "loopback" };
    const [lengket, headers] = await start({ PROXY_PROTOCOL_OUT: "v2", ...IN });
    const socket = connect({ host: "127.0.0.1", port: lengket.port });
    later(() => socket.destroy());
    socket.write(encodeProxyV1(client, destination));
    await new Promise((resolve) => socket.once("data", resolve));
    expect(headers[0]).to.deep.include({ source: client, destination });
  });
});

/** Accepting announces itself to nobody. */
async function accepted(lengket: RunningBalancer): Promise<void> {
  while (lengket.balancer.openConnections === 0) await new Promise((resolve) => setImmediate(resolve));
}
