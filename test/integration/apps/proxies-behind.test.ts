import { expect } from "chai";
import { httpBalancerOf } from "../../support/apps/http-balancer.ts";
import { nginxHasRealIp, startHttpHaproxy, startHttpNginx } from "../../support/apps/http-peers.ts";
import { sharedConnections, WebClient } from "../../support/apps/web-client.ts";
import type { Flags } from "../../support/balancer-of.ts";
import { closeAfterEach } from "../../support/close-after-each.ts";
import type { Launched } from "../../support/launch.ts";
import { requireProgram } from "../../support/require-program.ts";
import { loopback } from "../../support/test-client.ts";

/** A server that answers with the address of the client as it understood it. */
interface Behind {
  readonly name: string;
  readonly program: "haproxy" | "nginx";
  readonly flags: Flags;
  readonly start: (program: string) => Promise<Launched>;
}

const TRUST = "set_real_ip_from 127.0.0.1;";
const ANSWER = 'return 200 "$remote_addr";';

const servers: readonly Behind[] = [
  {
    name: "nginx with real_ip_header X-Forwarded-For",
    program: "nginx",
    flags: {},
    start: (program) =>
      startHttpNginx({ program, lines: [TRUST, "real_ip_header X-Forwarded-For;", "real_ip_recursive on;", ANSWER] }),
  },
  {
    name: "nginx with listen … proxy_protocol, version 1",
    program: "nginx",
    flags: { PROXY_PROTOCOL_OUT: "v1" },
    start: (program) =>
      startHttpNginx({ program, listen: "proxy_protocol", lines: [TRUST, "real_ip_header proxy_protocol;", ANSWER] }),
  },
  {
    name: "nginx with listen … proxy_protocol, version 2",
    program: "nginx",
    flags: { PROXY_PROTOCOL_OUT: "v2" },
    start: (program) =>
      startHttpNginx({ program, listen: "proxy_protocol", lines: [TRUST, "real_ip_header proxy_protocol;", ANSWER] }),
  },
  {
    name: "HAProxy with accept-proxy, version 2",
    program: "haproxy",
    flags: { PROXY_PROTOCOL_OUT: "v2" },
    start: (program) =>
      startHttpHaproxy({
        ...{ program, bind: "accept-proxy" },
        lines: ["http-request return status 200 content-type text/plain lf-string %[src]"],
      }),
  },
];

describe("servers behind that want to know the client", () => {
  const later = closeAfterEach();

  for (const { name, program, flags, start } of servers) {
    it(name, async function () {
      const path = requireProgram(this, program);
      if (program === "nginx" && !nginxHasRealIp(path)) throw new Error("this nginx has no realip module");
      const behind = await start(path);
      later(() => behind.stop());
      const server = { setting: () => `behind=127.0.0.1:${behind.port}` };
      const { port } = await httpBalancerOf(later, [server], { ...flags, TRUSTED_PROXIES: "127.0.0.1/32" });

      // Clients with kept connections take turns, so that one's connection behind us could serve another one.
      const agents = Array.from({ length: 6 }, () => sharedConnections(1));
      for (const agent of agents) later(() => agent.destroy());
      for (let round = 0; round < 3; round++) {
        for (const [i, agent] of agents.entries()) {
          const client = new WebClient({ port, agent, from: loopback(i) });
          expect((await client.get("/")).body).to.equal(loopback(i));
          const forged = await client.get("/", { headers: { "x-forwarded-for": "203.0.113.66" } });
          expect(forged.body).to.equal(loopback(i));
        }
      }

      // A hop that is trusted speaks for its clients, one after the other on the same connection.
      if (flags["PROXY_PROTOCOL_OUT"] !== undefined) return;
      const hop = sharedConnections(1);
      later(() => hop.destroy());
      for (const who of ["198.51.100.7", "198.51.100.8", "2001:db8::9"]) {
        const client = new WebClient({ port, agent: hop, headers: { "x-forwarded-for": who } });
        expect((await client.get("/")).body).to.equal(who);
      }
    });
  }
});
