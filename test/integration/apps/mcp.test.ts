import { once } from "node:events";
import { expect } from "chai";
import { startHttpApps } from "../../support/apps/http-app.ts";
import { httpBalancerOf, SPREAD } from "../../support/apps/http-balancer.ts";
import { McpClient, McpRefused } from "../../support/apps/mcp-client.ts";
import { mcpServer } from "../../support/apps/mcp-server.ts";
import { sharedConnections } from "../../support/apps/web-client.ts";
import type { Flags } from "../../support/balancer-of.ts";
import { closeAfterEach } from "../../support/close-after-each.ts";
import { within } from "../../support/gathered.ts";

const MCP: Flags = { COOKIE_MODE: "learn", LEARN_FROM: "header:Mcp-Session-Id", NEW_SESSION: "round_robin" };

describe("an MCP server with its sessions in memory", () => {
  const later = closeAfterEach();

  async function start(flags: Flags): Promise<number> {
    const servers = await startHttpApps(3, mcpServer);
    for (const server of servers) later(() => server.kill());
    return (await httpBalancerOf(later, servers, flags)).port;
  }

  /** Clients that take turns on two connections. */
  function clientsOf(port: number, count: number, streams = true): readonly McpClient[] {
    const agent = sharedConnections(2);
    later(() => agent.destroy());
    return Array.from({ length: count }, () => new McpClient({ port, agent, streams }));
  }

  /** 200, or what the server refused it with. */
  async function statusOf(call: Promise<unknown>): Promise<number> {
    try {
      await call;
      return 200;
    } catch (error) {
      return error instanceof McpRefused ? error.status : expect.fail(String(error));
    }
  }

  for (const [how, streams] of [
    ["as JSON", false],
    ["as event streams", true],
  ] as const) {
    it(`keeps every session by the Mcp-Session-Id that it answered with (${how})`, async () => {
      const clients = clientsOf(await start(MCP), 10, streams);
      const homes: string[] = [];
      for (const client of clients) homes.push(await client.initialize());
      for (const text of ["one", "two"]) for (const client of clients) await client.note(text);
      for (const [i, client] of clients.entries()) {
        expect(await client.note("three")).to.equal(`${homes[i]}: one two three`);
      }
      expect(new Set(homes).size).to.equal(3);
    });
  }

  it("tells of changes on a stream that is open while calls go on", async () => {
    const [client] = clientsOf(await start(MCP), 1);
    if (client === undefined) expect.fail();
    await client.initialize();
    const stream = await client.listen();
    later(() => stream.destroy());
    let told = "";
    const changed = new Promise<void>((resolve) => {
      stream.on("data", (text: string) => {
        told += text;
        if (told.includes("list_changed")) resolve();
      });
    });
    await client.note("one");
    await within(5000, "the event", changed);

    const ended = once(stream, "end");
    expect(await client.end()).to.equal(204);
    await within(5000, "the end of the stream", ended);
    expect(await statusOf(client.note("two")), "after its end").to.equal(404);
  });

  it("answers 404 to sessions that Lengket had to forget, and their clients begin others", async () => {
    const clients = clientsOf(await start({ ...MCP, LEARN_MAX: "3" }), 10);
    for (const client of clients) await client.initialize();
    for (const client of clients.slice(-3)) expect(await client.note("known")).to.match(/: known$/);
    const statuses: number[] = [];
    for (const client of clients.slice(0, -3)) statuses.push(await statusOf(client.note("forgotten")));
    // A forgotten id goes where its hash says, which is its own server for every third.
    expect(statuses.filter((status) => status === 404).length).to.be.within(2, statuses.length);

    const [client] = clients;
    await client?.initialize();
    expect(await client?.note("again")).to.match(/: again$/);
  });

  for (const [why, flags] of [
    ["stickiness is switched off", SPREAD],
    ["only a cookie is learned", { ...MCP, LEARN_FROM: "cookie:session" }],
  ] as const) {
    it(`refuses its own sessions when ${why}`, async () => {
      const clients = clientsOf(await start(flags), 10);
      for (const client of clients) {
        const used = client.initialize().then(() => client.note("one"));
        expect(await statusOf(used)).to.equal(404);
      }
    });
  }
});
