import { expect } from "chai";
import type { Cidr } from "../../../../src/model/cidr.ts";
import { optionsOf } from "../../../support/data-path-of.ts";
import { GET, HttpWorld, OK, postOf, sentTo } from "../../../support/http-world.ts";
import { ALL_ZERO } from "../../../support/path-world.ts";

const PROXY: Cidr = { bytes: Uint8Array.of(192, 0, 2, 1), bits: 32, text: "192.0.2.1" };
const HEADER = "PROXY TCP4 203.0.113.9 198.51.100.1 4711 80\r\n";

const behindProxy = (): HttpWorld =>
  new HttpWorld({
    path: { live: { ...optionsOf().live, proxyProtocolTrusted: [PROXY] } },
    proxyProtocolIn: "required",
  });

describe("HttpConnection", () => {
  it("turns a client away whose peer has left before it could be asked who it is", () => {
    const w = new HttpWorld();
    const client = w.accept("", { isVanished: true });
    expect([client.ending, w.dialed.length, w.requests.length]).to.deep.equal(["reset", 0, 0]);
    expect(w.lastRecord).to.deep.include({ endedBy: "client", cause: "reset", phase: "accept", mode: "http" });
    expect(w.endGauges()).to.deep.equal({ ...ALL_ZERO, idle: 0 });
  });

  it("turns away whom there is no room for, without a word", () => {
    const w = new HttpWorld({ path: { maxConnections: 1 } });
    const [first, second] = [w.accept(), w.accept("192.0.2.7", { port: 4711 })];
    expect([first.ending, second.ending, sentTo(second)]).to.deep.equal([undefined, "reset", ""]);
    expect(w.lastRecord).to.deep.include({
      ...{ endedBy: "balancer", cause: "connection-limit", phase: "accept", mode: "http", requests: 0, key: "" },
      ...{ client: { address: "192.0.2.7", port: 4711 }, via: undefined, openBackend: 0, snapshotVersion: 0 },
      ...{ identifyMs: -1, queueMs: -1, connectMs: -1, bytesIn: 0, bytesOut: 0, attempts: 0, redispatched: false },
    });
    expect(w.endGauges()).to.deep.equal({ ...ALL_ZERO, idle: 0 });
  });

  it("is the connection of the client that a trusted proxy names, and counts for it", () => {
    const w = behindProxy();
    const proxy = w.accept("192.0.2.1", { port: 1111 });
    w.advance(30);
    w.say(proxy, HEADER + GET);
    expect([w.path.counts.open("203.0.113.9/32"), w.path.counts.open("192.0.2.1/32")]).to.deep.equal([1, 0]);
    w.say(w.backend(0), OK);
    w.fin(proxy);
    const client = { address: "203.0.113.9", port: 4711 };
    const via = { address: "192.0.2.1", port: 1111 };
    expect(w.lastRequest).to.deep.include({ client, via, key: "203.0.113.9/32" });
    expect(w.lastRecord).to.deep.include({ client, via, key: "203.0.113.9/32", identifyMs: 30, phase: "request" });
    expect(w.endGauges()).to.deep.equal({ ...ALL_ZERO, idle: 0 });
  });

  it("gives up waiting for a PROXY header when it is closed from outside", () => {
    const w = behindProxy();
    const proxy = w.accept("192.0.2.1");
    w.say(proxy, HEADER.slice(0, 9));
    w.path.closeAll("shutdown", true);
    expect(proxy.ending).to.equal("reset");
    expect(w.lastRecord).to.deep.include({ cause: "shutdown", phase: "identify", key: "", identifyMs: -1 });
    expect(w.endGauges()).to.deep.equal({ ...ALL_ZERO, idle: 0 });
  });

  it("sums up its requests", () => {
    const w = new HttpWorld();
    const client = w.accept();
    for (const text of [postOf(5, "hello"), GET, postOf(2, "hi")]) {
      w.say(client, text);
      w.say(w.backend(w.dialed.length - 1), OK);
    }
    w.fin(client);
    expect(w.lastRecord).to.deep.include({ requests: 3, bytesIn: 7, bytesOut: sentTo(client).length, state: "--" });
    expect(w.requests.map(({ index, bytesIn }) => [index, bytesIn])).to.deep.equal([
      [1, 5],
      [2, 0],
      [3, 2],
    ]);
  });
});
