import { expect } from "chai";
import type { ServerOptions } from "socket.io";
import { CHAT_ORIGIN, type ClientOptions, type Conversation, converse, startChats } from "../../support/apps/chat.ts";
import { httpBalancerOf, SPREAD } from "../../support/apps/http-balancer.ts";
import { WebClient } from "../../support/apps/web-client.ts";
import type { Flags } from "../../support/balancer-of.ts";
import { closeAfterEach } from "../../support/close-after-each.ts";

const WORDS = ["one", "two", "three", "four"] as const;
const CLIENTS = 6;

const POLLING: ClientOptions = { transports: ["polling"] };
const UPGRADING: ClientOptions & { readonly until: string } = {
  transports: ["polling", "websocket"],
  until: "websocket",
};

/** Of a client that keeps cookies; socket.io-client does in Node.js, one jar for each connection. */
const KEEPING: ClientOptions = { withCredentials: true };

/** Where Socket.IO's own session id can be learned: its server repeats it in a cookie when it is told to. */
const LEARN: Flags = {
  COOKIE_MODE: "learn",
  COOKIE_NAME: "io",
  LEARN_FROM: "cookie:io",
  LEARN_LOOKUP: "query:sid",
  NEW_SESSION: "round_robin",
  NEW_SESSION_HINT: "0",
};

describe("Socket.IO on three servers", () => {
  const later = closeAfterEach();

  async function start(flags: Flags, options: Partial<ServerOptions> = {}): Promise<number> {
    const chats = await startChats(options);
    for (const chat of chats) later(() => chat.kill());
    return (await httpBalancerOf(later, chats, flags)).port;
  }

  function conversations(port: number, options: ClientOptions & { readonly until?: string }): Promise<Conversation[]> {
    return Promise.all(Array.from({ length: CLIENTS }, () => converse(port, WORDS, options)));
  }

  function expectHeard(all: readonly Conversation[], transport: string): void {
    const servers = all.map((conversation) => {
      if (!("heard" in conversation)) expect.fail(conversation.lost);
      expect(conversation.heard.words).to.deep.equal(WORDS);
      expect(conversation.heard.transport).to.equal(transport);
      return conversation.heard.server;
    });
    expect(new Set(servers).size).to.equal(3);
  }

  /** One client after the other: together they could meet the right servers by chance. */
  async function expectLost(port: number, options: ClientOptions): Promise<void> {
    for (let i = 0; i < CLIENTS; i++) {
      const conversation = await converse(port, WORDS, options);
      expect(conversation, JSON.stringify(conversation)).to.have.property("lost");
    }
  }

  const spread: Flags = { NEW_SESSION: "round_robin", NEW_SESSION_HINT: "0" };

  it("polling: a client with cookies keeps its server", async () => {
    expectHeard(await conversations(await start(spread), { ...POLLING, ...KEEPING }), "polling");
  });

  it("polling, then WebSocket: the upgrade reaches the server of the polls", async () => {
    expectHeard(await conversations(await start(spread), { ...UPGRADING, ...KEEPING }), "websocket");
  });

  it("polling does not work when stickiness is switched off, nor for a client that keeps no cookies", async () => {
    const off = await start(SPREAD);
    await expectLost(off, { ...POLLING, ...KEEPING });
    await expectLost(off, { ...UPGRADING, ...KEEPING });
    await expectLost(await start(spread), POLLING);
  });

  it("the server's CORS headers reach a client with credentials beside our cookie", async () => {
    const visitor = new WebClient({ port: await start(spread), headers: { origin: CHAT_ORIGIN } });
    const { headers, body } = await visitor.get("/socket.io/?EIO=4&transport=polling");
    expect(body).to.match(/^0\{"sid":/);
    expect(headers["access-control-allow-origin"]).to.equal(CHAT_ORIGIN);
    expect(headers["access-control-allow-credentials"]).to.equal("true");
    expect(visitor.jar.names).to.deep.equal(["lengket"]);
  });

  it("learn finds the server by the sid in the query, for clients without cookies, when the server sends its io cookie", async () => {
    const port = await start(LEARN, { cookie: true });
    expectHeard(await conversations(port, POLLING), "polling");
    expectHeard(await conversations(port, UPGRADING), "websocket");
  });

  it("learn learns nothing from a server without the io cookie: the sid is in the body alone", async () => {
    const port = await start(LEARN);
    const lost: Conversation[] = [];
    for (let i = 0; i < 3 * CLIENTS; i++) {
      const conversation = await converse(port, WORDS, POLLING);
      if ("lost" in conversation) lost.push(conversation);
    }
    // An id that was never learned goes where its hash says, which is its own server for every third.
    expect(lost.length).to.be.within(CLIENTS, 3 * CLIENTS - 1);
  });

  describe("WebSocket only", () => {
    const DIRECT: ClientOptions = { transports: ["websocket"] };

    it("needs no stickiness while it is connected", async () => {
      for (const flags of [spread, SPREAD]) {
        expectHeard(await conversations(await start(flags), DIRECT), "websocket");
      }
    });

    /** Servers on which a visitor came back after he had got his cookie from an ordinary answer. */
    async function returns(port: number): Promise<readonly string[]> {
      const visitor = new WebClient({ port, headers: { origin: CHAT_ORIGIN } });
      await visitor.get("/socket.io/?EIO=4&transport=polling");
      const servers: string[] = [];
      for (let i = 0; i < 4; i++) {
        const { header: cookie = "" } = visitor.jar;
        const conversation = await converse(port, ["hello"], { ...DIRECT, extraHeaders: { cookie } });
        servers.push("heard" in conversation ? conversation.heard.server : conversation.lost);
      }
      return servers;
    }

    it("comes back to the server of its cookie, and to any server when stickiness is switched off", async () => {
      const port = await start(spread);
      const homes = new Set<string>();
      for (let i = 0; i < CLIENTS; i++) {
        const servers = await returns(port);
        expect(new Set(servers).size, servers.join()).to.equal(1);
        homes.add(servers[0] ?? "");
      }
      expect(homes.size).to.equal(3);
      expect(new Set(await returns(await start(SPREAD))).size).to.equal(3);
    });
  });
});
