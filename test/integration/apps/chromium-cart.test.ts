import { expect } from "chai";
import type { Browser, Page } from "playwright-core";
import { startChromium } from "../../support/apps/chromium.ts";
import { startHttpApp, startHttpApps } from "../../support/apps/http-app.ts";
import { httpBalancerOf, SPREAD } from "../../support/apps/http-balancer.ts";
import { Journal, journalShop, PARTS, pageOf } from "../../support/apps/journal-shop.ts";
import type { CartView } from "../../support/apps/shoppers.ts";
import type { Flags } from "../../support/balancer-of.ts";
import { closeAfterEach } from "../../support/close-after-each.ts";
import { requireProgram } from "../../support/require-program.ts";
import type { TestBackend } from "../../support/test-backend.ts";

const VISITORS = 50;
/** Visitors that are at the shop at the same time. */
const AT_ONCE = 5;
const BACKENDS = 5;

/** Somebody with a profile of his own, who stays on one page: a second one would cost more than all that it loads. */
interface Visitor {
  readonly name: string;
  readonly page: Page;
}

/** The shop behind Lengket, and a page of it on a server of its own: the page has been loaded before any cookie is there. */
interface Shop {
  readonly journal: Journal;
  readonly servers: readonly TestBackend[];
  readonly port: number;
  readonly pagesPort: number;
}

describe("the cart story in Chromium", () => {
  const later = closeAfterEach();
  let browser: Browser | undefined;

  before(async function () {
    browser = await startChromium(requireProgram(this, "chromium"));
  });
  after(() => browser?.close());

  async function openShop(flags: Flags): Promise<Shop> {
    const journal = new Journal();
    const servers = await startHttpApps(BACKENDS, (id) => journalShop(id, journal));
    for (const server of servers) later(() => server.kill());
    const { port } = await httpBalancerOf(later, servers, flags);
    const pages = await startHttpApp("pages", (request, response) => {
      response.setHeader("Content-Type", "text/html");
      response.end(pageOf(port, (request.url ?? "").slice(1)));
    });
    later(() => pages.kill());
    return { journal, servers, port, pagesPort: pages.port };
  }

  async function newVisitor(name: string): Promise<Visitor> {
    const context = await (browser ?? expect.fail("no browser")).newContext();
    later(() => context.close());
    // What a script of the page would have set; it tells the shop whose cart is meant.
    await context.addCookies([{ name: "visitor", value: name, url: "http://127.0.0.1" }]);
    return { name, page: await context.newPage() };
  }

  /** Loads a page with its parts, and asks the shop for something from there. */
  async function load({ page }: Visitor, shop: Shop, name: string, ask: string): Promise<CartView> {
    await page.goto(`http://127.0.0.1:${shop.pagesPort}/${name}`, { waitUntil: "load" });
    await page.evaluate("window.whole");
    const url = `http://127.0.0.1:${shop.port}${ask}`;
    const options = { method: ask.startsWith("/add/") ? "POST" : "GET", credentials: "include" };
    const asked = `fetch("${url}", ${JSON.stringify(options)}).then((answer) => answer.json())`;
    return (await page.evaluate(asked)) as CartView;
  }

  /** The same for all of them, some at once. */
  async function everybody<A, B>(all: readonly A[], act: (one: A, index: number) => Promise<B>): Promise<B[]> {
    const results: B[] = [];
    const waiting = all.entries();
    const next = async (): Promise<void> => {
      for (const [index, one] of waiting) results[index] = await act(one, index);
    };
    await Promise.all(Array.from({ length: AT_ONCE }, next));
    return results;
  }

  function newVisitors(count: number): Promise<Visitor[]> {
    return everybody(Array.from({ length: count }), (_, i) => newVisitor(`visitor-${i}`));
  }

  it("fifty visitors behind one address keep their carts; of a server that dies, its own visitors move, once", async function () {
    this.timeout(120_000);
    const shop = await openShop({});
    const { journal, servers } = shop;
    const visitors = await newVisitors(VISITORS);

    const added = await everybody(visitors, (visitor) => load(visitor, shop, "first", "/add/apples"));
    const homes = added.map(({ server }) => server);
    for (const [i, { name, page }] of visitors.entries()) {
      const seen = journal.serversOf(name);
      expect(seen, name).to.deep.equal(Array.from({ length: PARTS + 1 }, () => homes[i]));
      expect(added[i]?.items).to.deep.equal(["apples"]);
      const [cookie, ...more] = (await page.context().cookies()).filter((c) => c.name !== "visitor");
      expect(more).to.deep.equal([]);
      expect(cookie).to.include({ name: "lengket", domain: "127.0.0.1", path: "/", expires: -1 });
      expect(cookie).to.include({ httpOnly: true, secure: false, sameSite: "Lax" });
    }
    const shares = servers.map(({ id }) => homes.filter((home) => home === id).length);
    const fair = VISITORS / BACKENDS;
    for (const share of shares) expect(share, shares.join()).to.be.within(fair * 0.8, fair * 1.2);

    const [dead = expect.fail("no servers")] = servers;
    await dead.kill();
    const from = journal.entries.length;
    const checkedOut = await everybody(visitors, (visitor) => load(visitor, shop, "second", "/cart"));
    for (const [i, { name }] of visitors.entries()) {
      const { server, items } = checkedOut[i] ?? expect.fail();
      const seen = new Set(journal.serversOf(name, from));
      if (homes[i] === dead.id) {
        expect(server, name).to.not.equal(dead.id);
        expect(items, "the cart died with its server").to.deep.equal([]);
      } else {
        expect(server, name).to.equal(homes[i]);
        expect(items).to.deep.equal(["apples"]);
      }
      expect([...seen], `${name}, whose home was ${homes[i]}`).to.deep.equal([server]);
    }

    // They stay where they are now, also when their old server is back.
    await dead.revive();
    const moved = visitors.filter((_, i) => homes[i] === dead.id);
    const since = journal.entries.length;
    await everybody(moved, (visitor) => load(visitor, shop, "third", "/add/bread"));
    for (const visitor of moved) {
      const before = checkedOut[visitors.indexOf(visitor)]?.server;
      expect(new Set(journal.serversOf(visitor.name, since))).to.deep.equal(new Set([before]));
    }
    expect(moved.length).to.be.above(0);
  });

  it("fifty visitors with no cookie but ours, whose pages come through the balancer, too", async function () {
    this.timeout(120_000);
    const { journal, servers, port } = await openShop({});
    const names = Array.from({ length: VISITORS }, (_, i) => `nobody-${i}`);
    const homes = await everybody(names, async (name) => {
      const context = await (browser ?? expect.fail("no browser")).newContext();
      const page = await context.newPage();
      await page.goto(`http://127.0.0.1:${port}/page/first?visitor=${name}`, { waitUntil: "load" });
      await page.evaluate("window.whole");
      await context.close();
      const seen = journal.serversOf(name);
      expect(seen, name).to.have.length(PARTS + 1);
      expect(new Set(seen).size, `${name}: ${seen}`).to.equal(1);
      return seen[0];
    });
    const shares = servers.map(({ id }) => homes.filter((home) => home === id).length);
    const fair = VISITORS / BACKENDS;
    for (const share of shares) expect(share, shares.join()).to.be.within(fair * 0.8, fair * 1.2);
  });

  it("every visitor is torn between servers when stickiness is switched off", async function () {
    this.timeout(60_000);
    const shop = await openShop(SPREAD);
    const visitors = await newVisitors(3);
    // One after the other: seven requests a page on five servers in turn, so that no page begins where another one did.
    const carts: CartView[] = [];
    for (const visitor of visitors) {
      for (const item of ["apples", "bread"]) await load(visitor, shop, item, `/add/${item}`);
      carts.push(await load(visitor, shop, "checkout", "/cart"));
    }
    for (const [i, { name }] of visitors.entries()) {
      expect(carts[i]?.items).to.not.deep.equal(["apples", "bread"]);
      expect(new Set(shop.journal.serversOf(name)).size).to.be.above(1);
    }
  });

  it("the parts of a first page are torn apart without NEW_SESSION_HINT", async function () {
    this.timeout(60_000);
    const shop = await openShop({ NEW_SESSION_HINT: "0" });
    const visitor = await newVisitor("alone");
    const { server } = await load(visitor, shop, "first", "/add/apples");
    const seen = shop.journal.serversOf("alone");
    expect(new Set(seen.slice(0, PARTS)).size).to.be.above(1);
    // The last answer's cookie wins, and from then on there is one server.
    expect(await load(visitor, shop, "second", "/cart")).to.deep.include({ server, items: ["apples"] });
    expect(new Set(shop.journal.serversOf("alone").slice(PARTS))).to.deep.equal(new Set([server]));
  });
});
