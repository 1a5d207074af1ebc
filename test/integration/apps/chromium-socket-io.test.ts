import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import type { Browser, Page } from "playwright-core";
import { startChats } from "../../support/apps/chat.ts";
import { startChromium } from "../../support/apps/chromium.ts";
import { startHttpApp } from "../../support/apps/http-app.ts";
import { httpBalancerOf, SPREAD } from "../../support/apps/http-balancer.ts";
import type { Flags } from "../../support/balancer-of.ts";
import { closeAfterEach } from "../../support/close-after-each.ts";
import { repositoryRoot } from "../../support/repository.ts";
import { requireProgram } from "../../support/require-program.ts";

const VISITORS = 4;

/** What runs in the page: connects, says a few words, and tells what the server heard, or why it could not. */
const CONVERSE = `async (port, options) => {
  const socket = io("http://127.0.0.1:" + port, { forceNew: true, reconnection: false, ...options });
  try {
    return await new Promise((resolve) => {
      socket.on("connect_error", (error) => resolve({ lost: error.message }));
      socket.on("disconnect", (reason) => resolve({ lost: reason }));
      socket.on("connect", async () => {
        let heard;
        for (const word of ["one", "two", "three"]) heard = await socket.emitWithAck("say", word);
        resolve(heard);
      });
    });
  } finally {
    socket.disconnect();
  }
}`;

/** Connects, is cut off, comes back by itself, and tells the server before and after. */
const COME_BACK = `async (port, options) => {
  const socket = io("http://127.0.0.1:" + port, { forceNew: true, reconnectionDelay: 1, randomizationFactor: 0, ...options });
  const connected = () => new Promise((resolve) => socket.once("connect", resolve));
  try {
    await connected();
    const before = await socket.emitWithAck("say", "hello");
    socket.io.engine.close();
    await connected();
    const after = await socket.emitWithAck("say", "again");
    return { before: before.server, after: after.server, recovered: socket.recovered };
  } finally {
    socket.disconnect();
  }
}`;

describe("Socket.IO in Chromium, from a page of another origin (CORS)", function () {
  this.timeout(60_000);
  const later = closeAfterEach();
  let browser: Browser | undefined;

  before(async function () {
    browser = await startChromium(requireProgram(this, "chromium"));
  });
  after(() => browser?.close());

  /** Three chats behind Lengket, and the port of a page with Socket.IO's client. */
  async function start(flags: Flags): Promise<{ readonly port: number; readonly pages: number }> {
    const chats = await startChats({ cors: { origin: true, credentials: true }, connectionStateRecovery: {} });
    for (const chat of chats) later(() => chat.kill());
    const { port } = await httpBalancerOf(later, chats, {
      NEW_SESSION: "round_robin",
      NEW_SESSION_HINT: "0",
      ...flags,
    });
    const client = readFileSync(join(repositoryRoot, "node_modules/socket.io-client/dist/socket.io.min.js"));
    const pages = await startHttpApp("pages", (request, response) => {
      const isScript = request.url === "/socket.io.js";
      response.setHeader("Content-Type", isScript ? "text/javascript" : "text/html");
      response.end(isScript ? client : '<!doctype html><script src="/socket.io.js"></script>');
    });
    later(() => pages.kill());
    return { port, pages: pages.port };
  }

  async function newPage(url: string): Promise<Page> {
    const context = await (browser ?? expect.fail("no browser")).newContext();
    later(() => context.close());
    const page = await context.newPage();
    await page.goto(url);
    return page;
  }

  /** Runs a function of the page with these arguments. */
  function run(page: Page, code: string, port: number, options: Readonly<Record<string, unknown>>): Promise<unknown> {
    return page.evaluate(`(${code})(${port}, ${JSON.stringify(options)})`);
  }

  const credentials = { withCredentials: true };

  for (const [name, options, transport] of [
    ["polling", { transports: ["polling"] }, "polling"],
    ["WebSocket", { transports: ["websocket"] }, "websocket"],
  ] as const) {
    it(`${name} with credentials keeps its server`, async () => {
      const { port, pages } = await start({});
      const servers = new Set<unknown>();
      for (let i = 0; i < VISITORS; i++) {
        const page = await newPage(`http://127.0.0.1:${pages}/`);
        const heard = await run(page, CONVERSE, port, { ...credentials, ...options });
        expect(heard).to.deep.include({ words: ["one", "two", "three"], transport });
        const again = await run(page, CONVERSE, port, { ...credentials, ...options });
        const { server } = heard as { server: string };
        expect(again, "a page that comes back").to.deep.include({ server });
        servers.add(server);
        const [cookie, ...more] = await page.context().cookies();
        expect(cookie).to.include({ name: "lengket", httpOnly: true, sameSite: "Lax", path: "/", expires: -1 });
        expect(more).to.deep.equal([]);
      }
      expect(servers.size).to.equal(3);
    });
  }

  it("polling breaks without credentials, and when stickiness is switched off", async () => {
    const polling = { transports: ["polling"] };
    const sticky = await start({});
    const without = await newPage(`http://127.0.0.1:${sticky.pages}/`);
    expect(await run(without, CONVERSE, sticky.port, polling)).to.have.property("lost");
    const off = await start(SPREAD);
    const withThem = await newPage(`http://127.0.0.1:${off.pages}/`);
    expect(await run(withThem, CONVERSE, off.port, { ...credentials, ...polling })).to.have.property("lost");
  });

  it("a cut WebSocket comes back to its server, which then recovers its state; not when stickiness is switched off", async () => {
    const direct = { transports: ["websocket"] };
    const sticky = await start({});
    const page = await newPage(`http://127.0.0.1:${sticky.pages}/`);
    const kept = (await run(page, COME_BACK, sticky.port, direct)) as Record<string, unknown>;
    expect(kept).to.include({ after: kept["before"], recovered: true });
    const off = await start(SPREAD);
    const elsewhere = await newPage(`http://127.0.0.1:${off.pages}/`);
    const lost = (await run(elsewhere, COME_BACK, off.port, direct)) as Record<string, unknown>;
    expect(lost).to.include({ recovered: false });
    expect(lost["after"]).to.not.equal(lost["before"]);
  });

  it("from another site it takes a cookie that is Secure, SameSite=None and Partitioned", async () => {
    const polling = { transports: ["polling"], ...credentials };
    const none = { COOKIE_SAMESITE: "none", COOKIE_SECURE: "on" };
    for (const [flags, isKept] of [
      [{}, false],
      // Chromium here keeps no cookies of third parties, as other browsers and private windows do.
      [none, false],
      [{ ...none, COOKIE_PARTITIONED: "true" }, true],
    ] as const) {
      const { port, pages } = await start(flags);
      // To a browser, localhost and 127.0.0.1 are two sites.
      const page = await newPage(`http://localhost:${pages}/`);
      const conversation = await run(page, CONVERSE, port, polling);
      const cookies = await page.context().cookies(`http://127.0.0.1:${port}`);
      expect(conversation, JSON.stringify(flags)).to.have.property(isKept ? "words" : "lost");
      expect(cookies.map(({ name }) => name)).to.deep.equal(isKept ? ["lengket"] : []);
      if (isKept) expect(cookies[0]).to.include({ secure: true, sameSite: "None", httpOnly: true });
    }
  });
});
