import { expect } from "chai";
import { expressShop } from "../../support/apps/express-shop.ts";
import { startHttpApps } from "../../support/apps/http-app.ts";
import { httpBalancerOf } from "../../support/apps/http-balancer.ts";
import { startHttpHaproxy, startHttpNginx } from "../../support/apps/http-peers.ts";
import { mirrorApp, type Reflection } from "../../support/apps/mirror.ts";
import { SHOPPING_LIST, sendShoppers } from "../../support/apps/shoppers.ts";
import { type RequestOptions, WebClient } from "../../support/apps/web-client.ts";
import type { Flags } from "../../support/balancer-of.ts";
import { closeAfterEach } from "../../support/close-after-each.ts";
import type { Launched } from "../../support/launch.ts";
import { requireProgram } from "../../support/require-program.ts";
import { loopback } from "../../support/test-client.ts";

/** The hop in front is 127.0.0.1, the clients have other addresses of this machine. */
const BY_ADDRESS: Flags = { COOKIE_MODE: "off", TRUSTED_PROXIES: "127.0.0.1/32" };

/** A way to put a proxy in front of the Lengket at `port`. */
interface Front {
  readonly name: string;
  readonly program: "haproxy" | "nginx";
  readonly flags: Flags;
  readonly start: (program: string, port: number) => Promise<Launched>;
}

const lengketAt = (port: number) => [{ id: "lengket", host: "127.0.0.1", port }];

const fronts: readonly Front[] = [
  {
    name: "HAProxy with option forwardfor",
    program: "haproxy",
    flags: {},
    start: (program, port) =>
      startHttpHaproxy({ program, servers: lengketAt(port), lines: ["option forwardfor", "http-reuse always"] }),
  },
  {
    name: "HAProxy with a Forwarded header",
    program: "haproxy",
    flags: { FORWARDED_HEADER: "forwarded" },
    start: (program, port) =>
      startHttpHaproxy({
        ...{ program, servers: lengketAt(port) },
        lines: ["http-request add-header Forwarded for=%[src];proto=http"],
      }),
  },
  {
    name: "HAProxy with PROXY protocol version 2",
    program: "haproxy",
    flags: { LISTEN: "127.0.0.1:0;proxy=required", PROXY_PROTOCOL_TRUSTED: "127.0.0.1/32" },
    start: (program, port) => startHttpHaproxy({ program, servers: lengketAt(port), server: "send-proxy-v2" }),
  },
  {
    name: "nginx with $proxy_add_x_forwarded_for and kept connections",
    program: "nginx",
    flags: {},
    start: (program, port) =>
      startHttpNginx({
        program,
        upstream: [`server 127.0.0.1:${port};`, "keepalive 2;"],
        lines: [
          "location / {",
          "    proxy_pass http://upstream;",
          "    proxy_http_version 1.1;",
          '    proxy_set_header Connection "";',
          "    proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;",
          "}",
        ],
      }),
  },
];

async function reflect(port: number, from: string, options: RequestOptions = {}): Promise<Reflection> {
  const { status, body } = await new WebClient({ port, from }).get("/", options);
  if (status !== 200) throw new Error(`${status} ${body}`);
  return JSON.parse(body) as Reflection;
}

/** What a client would write who wants to be somebody else. */
const FORGED = { "x-forwarded-for": "203.0.113.66", forwarded: "for=203.0.113.66" } as const;

describe("proxies in front", () => {
  const later = closeAfterEach();

  async function startMirrors(flags: Flags): Promise<number> {
    const mirrors = await startHttpApps(5, mirrorApp);
    for (const mirror of mirrors) later(() => mirror.kill());
    return (await httpBalancerOf(later, mirrors, { ...BY_ADDRESS, ...flags })).port;
  }

  for (const { name, program, flags, start } of fronts) {
    it(`${name}: the application and the hash know the client, and nobody can pretend to be another`, async function () {
      const path = requireProgram(this, program);
      const direct = await startMirrors({});
      const front = await start(path, await startMirrors(flags));
      later(() => front.stop());
      const met = new Set<string>();
      for (let i = 0; i < 12; i++) {
        const client = loopback(i);
        const { ip, server, forwarded } = await reflect(front.port, client);
        // Express does not read Forwarded.
        if (flags["FORWARDED_HEADER"] === undefined) expect(ip).to.equal(client);
        else expect(forwarded).to.contain(`for=${client};proto=http, for=127.0.0.1;`);
        expect(server, "as without the proxy").to.equal((await reflect(direct, client)).server);
        met.add(server);

        const forged = await reflect(front.port, client, { headers: FORGED });
        expect(forged).to.include({ ip, server });
      }
      expect(met.size).to.be.above(2);
    });

    it(`${name}: every visitor keeps his cart by his cookie`, async function () {
      const shops = await startHttpApps(3, expressShop);
      for (const shop of shops) later(() => shop.kill());
      const lengket = await httpBalancerOf(later, shops, { ...flags, TRUSTED_PROXIES: "127.0.0.1/32" });
      const front = await start(requireProgram(this, program), lengket.port);
      later(() => front.stop());
      const shoppings = await sendShoppers({ port: front.port });
      for (const { items } of shoppings) expect(items).to.deep.equal(SHOPPING_LIST);
      expect(new Set(shoppings.map(({ servers }) => servers[0])).size).to.equal(3);
    });
  }

  it("says who came by which hop, and keeps what a trusted hop said of scheme and host", async () => {
    const port = await startMirrors({});
    const headers = {
      "x-forwarded-for": "203.0.113.66, 198.51.100.7",
      "x-forwarded-proto": "https",
      "x-forwarded-host": "shop.example",
    };
    expect(await reflect(port, "127.0.0.1", { headers })).to.include({
      ...{ xForwardedFor: "203.0.113.66, 198.51.100.7, 127.0.0.1", ip: "198.51.100.7" },
      ...{ protocol: "https", host: "shop.example" },
    });

    const inForwarded = await startMirrors({ FORWARDED_HEADER: "forwarded" });
    const forwarded = "for=198.51.100.7;proto=https";
    const { forwarded: seen } = await reflect(inForwarded, "127.0.0.1", { headers: { forwarded } });
    expect(seen).to.match(/^for=198\.51\.100\.7;proto=https, for=127\.0\.0\.1;/);
  });

  it("believes nobody who is not trusted: a forged header is gone, and moves nobody", async () => {
    const port = await startMirrors({});
    for (let i = 0; i < 12; i++) {
      const client = loopback(i);
      const honest = await reflect(port, client);
      expect(honest).to.include({ xForwardedFor: client, ip: client, protocol: "http" });
      const forged = await reflect(port, client, { headers: { ...FORGED, "x-forwarded-proto": "https" } });
      expect(forged).to.deep.equal(honest);
    }
  });

  it("takes all clients of a proxy for one when it is not told to trust it", async function () {
    const program = requireProgram(this, "haproxy");
    const port = await startMirrors({ TRUSTED_PROXIES: "198.51.100.1/32" });
    const front = await startHttpHaproxy({ program, servers: lengketAt(port), lines: ["option forwardfor"] });
    later(() => front.stop());
    const met = new Set<string>();
    for (let i = 0; i < 12; i++) {
      const { server, xForwardedFor } = await reflect(front.port, loopback(i));
      expect(xForwardedFor).to.equal("127.0.0.1");
      met.add(server);
    }
    expect(met.size).to.equal(1);
  });
});
