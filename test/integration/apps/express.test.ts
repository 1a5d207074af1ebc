import { expect } from "chai";
import { CONNECT_SID, expressShop } from "../../support/apps/express-shop.ts";
import { startHttpApps } from "../../support/apps/http-app.ts";
import { httpBalancerOf, SPREAD } from "../../support/apps/http-balancer.ts";
import { SHOPPING_LIST, sendShoppers, viewOf } from "../../support/apps/shoppers.ts";
import type { WebClient } from "../../support/apps/web-client.ts";
import type { Flags } from "../../support/balancer-of.ts";
import { closeAfterEach } from "../../support/close-after-each.ts";
import type { TestBackend } from "../../support/test-backend.ts";

describe("express-session with its memory store", () => {
  const later = closeAfterEach();

  async function startShops(): Promise<readonly TestBackend[]> {
    const shops = await startHttpApps(3, expressShop);
    for (const shop of shops) later(() => shop.kill());
    return shops;
  }

  const modes: readonly [string, Flags][] = [
    ["insert, a cookie of ours beside connect.sid", {}],
    ["insert, new sessions in turn", { NEW_SESSION: "round_robin" }],
    ["prefix, our word in front of connect.sid", { COOKIE_MODE: "prefix", COOKIE_NAME: CONNECT_SID }],
    ["learn, the session that connect.sid starts", { COOKIE_MODE: "learn", COOKIE_NAME: CONNECT_SID }],
  ];
  for (const [name, flags] of modes) {
    it(`keeps every visitor's cart: ${name}`, async () => {
      const { port } = await httpBalancerOf(later, await startShops(), flags);
      const shoppings = await sendShoppers({ port });
      for (const { items, servers } of shoppings) {
        expect(items).to.deep.equal(SHOPPING_LIST);
        expect(new Set(servers).size, servers.join()).to.equal(1);
      }
      const visitorsOf = (id: string): number => shoppings.filter(({ servers }) => servers[0] === id).length;
      expect(["app1", "app2", "app3"].map(visitorsOf).sort(), "ten visitors").to.deep.equal([3, 3, 4]);
    });
  }

  it("keeps the cart of a visitor whose cookie is there before its session: passive", async () => {
    const shops = await startShops();
    const flags: Flags = { COOKIE_MODE: "passive", COOKIE_NAME: "visitor" };
    const first = (visitor: WebClient, index: number): void => visitor.jar.set("visitor", `number-${index}`);
    const { port } = await httpBalancerOf(later, shops, flags);
    const shoppings = await sendShoppers({ port, first });
    const homes = shoppings.map(({ servers }) => servers[0]);
    for (const { visitor, items, servers } of shoppings) {
      expect(items).to.deep.equal(SHOPPING_LIST);
      expect(new Set(servers).size, servers.join()).to.equal(1);
      expect(visitor.jar.names, "no cookie of ours").to.deep.equal(["visitor", CONNECT_SID]);
    }
    expect(new Set(homes).size).to.be.above(1);

    // Another balancer knows the same homes without having heard of them.
    const other = await httpBalancerOf(later, [...shops].reverse(), flags);
    for (const [index, { visitor }] of shoppings.entries()) {
      visitor.moveTo(other.port);
      expect(await viewOf(visitor, "GET", "/cart")).to.include({ server: homes[index] });
    }
  });

  it("loses every cart when stickiness is switched off", async () => {
    const { port } = await httpBalancerOf(later, await startShops(), SPREAD);
    for (const { items, servers } of await sendShoppers({ port })) {
      expect(items).to.not.deep.equal(SHOPPING_LIST);
      expect(new Set(servers).size, servers.join()).to.be.above(1);
    }
  });

  it("never sees our cookie, and the visitor sees one of ours", async () => {
    const { port } = await httpBalancerOf(later, await startShops());
    const [shopping] = await sendShoppers({ port, count: 1 });
    const { visitor, cookies } = shopping ?? expect.fail("nobody went shopping");
    expect([...visitor.jar.names].sort()).to.deep.equal([CONNECT_SID, "lengket"]);
    expect(cookies).to.deep.equal([
      "",
      ...Array.from({ length: 3 }, () => `${CONNECT_SID}=${visitor.jar.value(CONNECT_SID)}`),
    ]);
  });

  it("sees its own value where the visitor sees one with our prefix", async () => {
    const { port } = await httpBalancerOf(later, await startShops(), {
      COOKIE_MODE: "prefix",
      COOKIE_NAME: CONNECT_SID,
    });
    for (const { visitor, servers, cookies } of await sendShoppers({ port, count: 3 })) {
      const [prefix, ...own] = (visitor.jar.value(CONNECT_SID) ?? "").split("~");
      expect(visitor.jar.names).to.deep.equal([CONNECT_SID]);
      expect(prefix).to.equal(servers[0]);
      expect(own).to.have.lengthOf(1);
      // express signs its value: with one byte changed it would not know the session.
      expect(decodeURIComponent(own[0] ?? "")).to.match(new RegExp(`^s:${prefix}-\\d+\\.`));
      expect(cookies.at(-1)).to.equal(`${CONNECT_SID}=${own[0]}`);
    }
  });
});
