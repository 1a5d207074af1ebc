import { once } from "node:events";
import { request } from "node:http";
import { createServer } from "node:net";
import { expect } from "chai";
import { directDoor } from "../../../../src/cli/demo/doors.ts";
import { Shop } from "../../../../src/cli/demo/shop.ts";
import { Visit } from "../../../../src/cli/demo/visit.ts";

const ANA = { name: "Ana", address: "203.0.113.1" };
const BUDI = { name: "Budi", address: "203.0.113.1" };

function ask(port: number, method: string, path: string): Promise<{ status: number; body: unknown }> {
  return new Promise((resolve, reject) => {
    const asked = request({ host: "127.0.0.1", port, method, path, agent: false }, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (part: string) => {
        text += part;
      });
      response.on("end", () => resolve({ status: response.statusCode ?? 0, body: JSON.parse(text) }));
    });
    asked.on("error", reject).end();
  });
}

describe("shop", () => {
  let shop: Shop;
  const visits: Visit[] = [];

  const enter = (visitor: typeof ANA): Visit => {
    const visit = new Visit(visitor, directDoor(shop.port));
    visits.push(visit);
    return visit;
  };

  beforeEach(async () => {
    shop = new Shop("a");
    await shop.open();
  });

  afterEach(async () => {
    for (const visit of visits.splice(0)) visit.leave();
    await shop.die();
  });

  it("keeps a cart for each visitor, told apart by cookie and not by address", async () => {
    const ana = enter(ANA);
    await ana.add("tea");
    await ana.add("rye & bread");
    expect(await enter(ANA).look()).to.deep.equal({ server: "a", visitor: "Ana", cart: ["tea", "rye & bread"] });
    expect(await enter(BUDI).look()).to.deep.equal({ server: "a", visitor: "Budi", cart: [] });
  });

  it("takes people without a cookie for one guest", async () => {
    await ask(shop.port, "POST", "/cart/add?item=tea");
    const { status, body } = await ask(shop.port, "GET", "/cart");
    expect(status).to.equal(200);
    expect(body).to.deep.equal({ server: "a", visitor: "guest", cart: ["tea"] });
  });

  it("refuses what it does not sell and lives on", async () => {
    for (const [method, path, status] of [
      ["GET", "/", 404],
      ["GET", "//", 404],
      ["GET", "/cart/add?item=tea", 404],
      ["POST", "/cart", 404],
      ["POST", "/cart/add", 400],
      ["POST", "/cart/add?item=", 400],
      ["POST", `/cart/add?item=${"x".repeat(65)}`, 400],
      ["POST", `/cart/add?item=${"x".repeat(64)}`, 200],
    ] as const) {
      const answer = await ask(shop.port, method, path);
      expect(answer.status, `${method} ${path}`).to.equal(status);
      expect(answer.body).to.have.property("server", "a");
    }
  });

  it("serves several requests on one connection", async () => {
    let connections = 0;
    const door = directDoor(shop.port);
    const visit = new Visit(ANA, (visitor) => {
      connections++;
      return door(visitor);
    });
    visits.push(visit);
    for (let i = 0; i < 3; i++) await visit.add("tea");
    expect(connections).to.equal(1);
  });

  it("dies with its carts, cuts who is there, and comes back at the same port", async () => {
    const ana = enter(ANA);
    await ana.add("tea");
    const { port } = shop;
    await shop.die();
    const refused: unknown = await enter(BUDI)
      .look()
      .catch((error: unknown) => error);
    expect(refused).to.be.an("error").with.property("code", "ECONNREFUSED");

    await shop.open();
    expect(shop.port).to.equal(port);
    expect((await enter(ANA).look()).cart).to.deep.equal([]);
    await shop.die();
    await shop.die();
  });

  it("cannot come back when another program has taken its port", async () => {
    const { port } = shop;
    await shop.die();
    const thief = createServer().listen(port, "127.0.0.1");
    await once(thief, "listening");
    const error: unknown = await shop.open().catch((reason: unknown) => reason);
    thief.close();
    await once(thief, "close");
    expect(error).to.be.an("error").with.property("code", "EADDRINUSE");
  });

  it("empties its carts without closing", async () => {
    const ana = enter(ANA);
    await ana.add("tea");
    shop.emptyCarts();
    expect((await ana.look()).cart).to.deep.equal([]);
  });

  it("takes one such item out at a time", async () => {
    const ana = enter(ANA);
    for (const item of ["tea", "bread", "tea"]) await ana.add(item);
    expect((await ana.remove("tea")).cart).to.deep.equal(["tea", "bread"]);
    expect((await ana.remove("salt")).cart).to.deep.equal(["tea", "bread"]);
  });

  it("has room for 99 items in a cart", async () => {
    const ana = enter(ANA);
    for (let i = 0; i < 99; i++) await ana.add("tea");
    const error = await ana.add("tea").catch((reason: unknown) => reason);
    expect(String(error)).to.include("room for 99 items");
    expect((await ana.look()).cart).to.have.length(99);
  });
});
