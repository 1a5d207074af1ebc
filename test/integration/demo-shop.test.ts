import { type IncomingMessage, request } from "node:http";
import { expect } from "chai";
import { OpenShop } from "../../src/cli/demo/browser/open-shop.ts";
import type { ShopState } from "../../src/cli/demo/browser/shop-state.ts";
import { CookieJar } from "../../src/cli/demo/cookie-jar.ts";
import type { CartAnswer } from "../../src/cli/demo/shop.ts";
import { Stage } from "../../src/cli/demo/stage.ts";
import { systemClock } from "../../src/platform/clock.ts";
import { Gathered } from "../support/gathered.ts";

interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage["headers"];
  readonly text: string;
}

function ask(url: string, method: string, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const asked = request(url, { method, headers, agent: false }, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (part: string) => {
        text += part;
      });
      response.on("end", () => resolve({ status: response.statusCode ?? 0, headers: response.headers, text }));
    });
    asked.on("error", reject).end();
  });
}

/** What a browser does, as far as the shop can tell. */
class Reader {
  readonly #jar = new CookieJar();
  readonly #url: string;

  constructor(url: string) {
    this.#url = url;
  }

  async open(): Promise<Answer> {
    return this.#ask("GET", "");
  }

  async cart(method: string, path: string): Promise<CartAnswer> {
    return JSON.parse((await this.#ask(method, path)).text) as CartAnswer;
  }

  async #ask(method: string, path: string): Promise<Answer> {
    const answer = await ask(`${this.#url}${path}`, method, { cookie: this.#jar.toString() });
    this.#jar.keep(answer.headers["set-cookie"] ?? []);
    return answer;
  }
}

describe("the shop of the demo", () => {
  let stage: Stage;
  let shop: OpenShop;
  let controlUrl: string;
  let reader: Reader;
  let names = 0;

  const origin = (): string => shop.url.replace(/\/$/, "");
  const order = (what: string, headers: Readonly<Record<string, string>> = {}): Promise<Answer> =>
    ask(`${controlUrl}/${what}`, "POST", { origin: origin(), ...headers });

  beforeEach(async () => {
    stage = await Stage.open({ clock: systemClock });
    shop = await OpenShop.open({ stage, byAddress: "b", newName: () => `reader-${names++}` });
    reader = new Reader(shop.url);
    const { text } = await reader.open();
    controlUrl = /data-control="([^"]+)"/.exec(text)?.[1] ?? "";
  });

  afterEach(async () => {
    shop.close();
    await stage.close();
  });

  it("brings a reader back to one server, and gives them the page with two cookies, once", async () => {
    const other = new Reader(shop.url);
    const { headers } = await other.open();
    const cookies = headers["set-cookie"] ?? [];
    expect(cookies.map((line) => line.split("=")[0])).to.have.members(["visitor", "lengket"]);
    expect(headers["content-security-policy"]).to.include("default-src 'none'");
    expect((await other.open()).headers["set-cookie"]).to.equal(undefined);

    const first = await reader.cart("POST", "cart/add?item=tea");
    const second = await reader.cart("POST", "cart/add?item=bread");
    expect(second).to.deep.equal({ ...first, cart: ["tea", "bread"] });
    const there = shop.state(first.visitor).servers.find(({ id }) => id === first.server);
    expect(there?.visitors[0]).to.equal("You");
    expect(shop.state("somebody").servers.flatMap(({ visitors }) => visitors)).to.not.include("You");
    expect(shop.state(first.visitor).yours.map(({ what }) => what)).to.deep.equal([
      "add bread",
      "add tea",
      "open page",
    ]);
  });

  it("moves the visitors of a killed server once, and nobody when it is back", async () => {
    const before = await reader.cart("POST", "cart/add?item=tea");
    const placesBefore = placesOf(shop.state(""));
    expect((await order(`kill?server=${before.server}`)).status).to.equal(204);
    const moved = await reader.cart("GET", "cart");
    expect(moved.server).to.not.equal(before.server);
    expect(moved.cart).to.deep.equal([]);
    const state = shop.state(before.visitor);
    expect(state.servers.find(({ id }) => id === before.server)).to.include({ isAlive: false, isNoticed: true });
    expect(state.news.join(" ")).to.include(`You were moved once, to ${moved.server}`).and.include("Nobody else moved");
    for (const [name, server] of placesOf(shop.state(""))) {
      if (placesBefore.get(name) === before.server) expect(server, name).to.not.equal(before.server);
      else expect(server, name).to.equal(placesBefore.get(name));
    }

    const placesDuring = placesOf(shop.state(""));
    expect((await order(`revive?server=${before.server}`)).status).to.equal(204);
    expect((await reader.cart("GET", "cart")).server).to.equal(moved.server);
    expect(placesOf(shop.state(""))).to.deep.equal(placesDuring);
    expect(shop.state(before.visitor).news.join(" "))
      .to.include(`Nobody moved`)
      .and.include(`you stay on ${moved.server}`);
    // Nothing to do is no mistake.
    expect((await order(`revive?server=${before.server}`)).status).to.equal(204);
  });

  it("spreads many visitors of one address evenly", async () => {
    for (let i = 0; i < 4; i++) expect((await order("join")).status).to.equal(204);
    const counts = shop.state("").servers.map(({ visitors }) => visitors.length);
    expect(counts.reduce((sum, count) => sum + count)).to.equal(49);
    expect(Math.max(...counts) - Math.min(...counts), counts.join()).to.be.at.most(1);
  });

  it("plays the neighbour as it is told", async () => {
    await order("neighbour/add?item=mango");
    const { neighbour } = shop.state("");
    expect(neighbour.cart).to.deep.equal(["tea", "mango"]);
    await order("neighbour/remove?item=tea");
    expect(shop.state("").neighbour).to.deep.equal({ server: neighbour.server, cart: ["mango"] });
  });

  it("takes orders from its own page only", async () => {
    const before = shop.state("").round;
    for (const headers of [{ origin: "http://evil.example" }, { origin: "null" }, { host: "evil.example" }])
      expect((await order("kill?server=a", headers)).status, JSON.stringify(headers)).to.equal(403);
    expect((await ask(`${controlUrl}/kill?server=a`, "POST")).status).to.equal(403);
    expect((await ask(`${controlUrl}/events`, "GET", { origin: "http://evil.example" })).text).to.not.include(
      "servers",
    );
    expect(shop.state("").round).to.equal(before);
    expect(stage.shops.every(({ isOpen }) => isOpen)).to.equal(true);
    for (const unknown of ["kill?server=z", "kill", "constructor", "explode?server=a"])
      expect((await order(unknown)).status, unknown).to.equal(404);
  });

  /** What the page of a reader is told, until the shop ends. */
  function listen(): { readonly states: Gathered<ShopState>; readonly ended: Promise<unknown> } {
    const states = new Gathered<ShopState>();
    const listening = request(`${controlUrl}/events?visitor=me`, { headers: { origin: origin() }, agent: false });
    const ended = new Promise((resolve) => {
      listening.on("response", (response) => {
        response.setEncoding("utf8").on("data", (text: string) => {
          for (const [, data = ""] of text.matchAll(/^data: (.+)$/gm)) states.push(JSON.parse(data) as ShopState);
        });
        response.on("error", resolve).on("close", resolve);
      });
      listening.on("error", resolve);
    });
    listening.end();
    return { states, ended };
  }

  it("lets nobody lock themselves out: who reloads the page while no server is alive gets one back", async () => {
    const { states } = listen();
    for (const id of ["a", "b", "c"]) expect((await order(`kill?server=${id}`)).status).to.equal(204);
    expect(shop.state("").news.join(" ")).to.include("Nobody can be served").and.include("reload");
    expect((await ask(`${shop.url}cart`, "GET")).status).to.equal(503);
    expect(stage.shops.some(({ isOpen }) => isOpen)).to.equal(false);

    expect((await reader.open()).status).to.equal(503);
    await states.first("c is back", ({ servers, news }) => {
      const back = servers.find(({ id }) => id === "c");
      return back?.isAlive === true && back.isNoticed && news.join(" ").includes("Server c is back");
    });
    expect((await reader.open()).status).to.equal(200);
    expect(stage.shops.filter(({ isOpen }) => isOpen)).to.have.lengthOf(1);
  });

  it("tells every reader of changes, and ends at once while they listen", async () => {
    const { states, ended } = listen();
    await states.atLeast(1);
    await order("kill?server=c");
    await states.first("c is dead", ({ servers }) => servers.some(({ id, isAlive }) => id === "c" && !isAlive));
    shop.close();
    await ended;
  });
});

/** Who is where, but for readers. */
function placesOf({ servers }: ShopState): ReadonlyMap<string, string> {
  return new Map(
    servers.flatMap(({ id, visitors }) =>
      visitors.filter((name) => name !== "another tab").map((name): [string, string] => [name, id]),
    ),
  );
}
