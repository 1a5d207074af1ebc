import { expect } from "chai";
import { type HttpChanges, HttpWorld, message, OK, requestOf, sentTo } from "../../../support/http-world.ts";
import type { PathWorld } from "../../../support/path-world.ts";

const HOP = "10.0.0.1";
const TRUSTED = { bytes: Uint8Array.of(10, 0, 0, 0), bits: 8, text: "10.0.0.0/8" };

/** A world that trusts 10.0.0.0/8 and tells backends who the client is. */
function world(http: HttpChanges = {}, more: Partial<PathWorld["path"]["live"]> = {}): HttpWorld {
  const w = new HttpWorld({ http: { forwardedHeader: "x-forwarded-for", forwardedOut: "append", ...http } });
  w.path.configure({ ...w.path.live, trustedProxies: [TRUSTED], ...more });
  return w;
}

/** The field lines that the backend gets for a request with `lines` from `address`. */
function linesFor(w: HttpWorld, address: string, lines: readonly string[], host = "shop"): readonly string[] {
  const client = w.accept(address);
  w.say(client, message(["GET / HTTP/1.1", `Host: ${host}`, ...lines]));
  const backend = w.backend(w.dialed.length - 1);
  const got = sentTo(backend).split("\r\n\r\n").at(-2)?.split("\r\n").slice(2) ?? [];
  w.say(backend, OK);
  w.fin(client);
  return got;
}

describe("Visitor", () => {
  it("what an untrusted client claims never counts and goes no further", () => {
    const w = world({ realIpHeader: "x-real-ip", upstream: { reuse: "client" } });
    const forged = ["X-Forwarded-For: 1.2.3.4", "X-Forwarded-Proto: https", "X-Real-IP: 1.2.3.4"];
    const lines = linesFor(w, "203.0.113.9", forged).join("\n");
    expect(lines).to.not.contain("1.2.3.4");
    expect(lines).to.match(/^X-Forwarded-For: 203\.0\.113\.9$/m);
    expect(lines).to.not.match(/https/);
    expect(w.lastRequest).to.deep.include({ client: { address: "203.0.113.9", port: 50_000 }, via: undefined });
  });

  it("a trusted hop is believed, request by request", () => {
    const w = world();
    const client = w.accept(HOP);
    const from = (address: string): string => requestOf("GET /", [`X-Forwarded-For: ${address}`]);
    w.say(client, from("203.0.113.1") + from("203.0.113.2") + requestOf("GET /"));
    for (const _ of [1, 2, 3]) w.say(w.backend(w.dialed.length - 1), OK);
    expect(w.requests.map((r) => [r.client.address, r.via?.address, r.key])).to.deep.equal([
      ["203.0.113.1", HOP, "203.0.113.1/32"],
      ["203.0.113.2", HOP, "203.0.113.2/32"],
      [HOP, undefined, `${HOP}/32`],
    ]);
    expect(sentTo(w.backend(0))).to.match(/X-Forwarded-For: 203\.0\.113\.1, 10\.0\.0\.1\r\n/i);
  });

  it("ALLOW and DENY count for whom a trusted hop tells of: 403, and the hop's connection goes on", () => {
    const deny = [{ bytes: Uint8Array.of(203, 0, 113, 7), bits: 32, text: "203.0.113.7/32" }];
    const w = world({}, { deny });
    const client = w.accept(HOP);
    w.say(client, requestOf("GET /", ["X-Forwarded-For: 203.0.113.7"]));
    expect([sentTo(client).slice(0, 13), w.dialed.length]).to.deep.equal(["HTTP/1.1 403 ", 0]);
    expect(w.lastRequest).to.deep.include({ cause: "forbidden", status: 403 });
    w.say(client, requestOf("GET /", ["X-Forwarded-For: 203.0.113.8"]));
    w.say(w.backend(0), OK);
    expect(w.lastRequest.status).to.equal(200);
  });

  it("our own lines follow the Host of each request", () => {
    const w = world();
    const client = w.accept("203.0.113.9");
    for (const host of ["a.example", "a.example", "b.example"]) {
      w.say(client, message(["GET / HTTP/1.1", `Host: ${host}`]));
      w.say(w.backend(0), OK);
    }
    const hosts = sentTo(w.backend(0)).match(/X-Forwarded-Host: \S+/gi);
    expect(hosts).to.deep.equal(["a.example", "a.example", "b.example"].map((host) => `X-Forwarded-Host: ${host}`));
  });

  it("with FORWARDED_OUT=off nothing is added", () => {
    expect(linesFor(world({ forwardedOut: "off" }), "203.0.113.9", ["X-Own: 1"])).to.deep.equal(["X-Own: 1"]);
  });

  it("HTTP/1.0 without Host is given where it connected to", () => {
    const w = world({ forwardedOut: "off" });
    const { backend } = w.asked(message(["GET / HTTP/1.0"]));
    expect(sentTo(backend)).to.equal("GET / HTTP/1.1\r\nHost: 198.51.100.1:80\r\n\r\n");
  });
});
