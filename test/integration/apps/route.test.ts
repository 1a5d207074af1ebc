import { expect } from "chai";
import { startHttpApp } from "../../support/apps/http-app.ts";
import { httpBalancerOf, type Listed, SPREAD } from "../../support/apps/http-balancer.ts";
import { JSESSIONID, type RoutedCartView, routeShop } from "../../support/apps/route-shop.ts";
import { SHOPPING_LIST, sendShoppers, viewOf } from "../../support/apps/shoppers.ts";
import { requireTomcat, startTomcat } from "../../support/apps/tomcat.ts";
import { WebClient } from "../../support/apps/web-client.ts";
import type { Flags } from "../../support/balancer-of.ts";
import { closeAfterEach } from "../../support/close-after-each.ts";

const ROUTES = ["app1", "app2", "app3"] as const;
const ROUTE: Flags = { COOKIE_MODE: "route", COOKIE_NAME: JSESSIONID };

interface Started {
  readonly shops: readonly Listed[];
  readonly stop: () => Promise<unknown>;
}

async function startRouteShops(): Promise<Started> {
  const shops = await Promise.all(ROUTES.map((route) => startHttpApp(route, routeShop(route))));
  return { shops, stop: () => Promise.all(shops.map((shop) => shop.kill())) };
}

async function startTomcats(context: Mocha.Context): Promise<Started> {
  const { engines, process } = await startTomcat(requireTomcat(context), ROUTES);
  return { shops: engines, stop: () => process.stop() };
}

/** Visitors without cookies, who follow the links that they are given. */
async function shopByLinks(port: number, count: number): Promise<RoutedCartView[]> {
  const visitors = Array.from({ length: count }, () => new WebClient({ port, keepsCookies: false }));
  const sessions = new Map<WebClient, string>();
  for (const item of SHOPPING_LIST) {
    for (const visitor of visitors) {
      const path = `/add/${item}${sessions.get(visitor) ?? ""}`;
      const { link } = (await viewOf(visitor, "POST", path)) as RoutedCartView;
      sessions.set(visitor, link.slice(link.indexOf(";")));
    }
  }
  const carts: RoutedCartView[] = [];
  for (const [visitor, session] of sessions) {
    carts.push((await viewOf(visitor, "GET", `/cart${session}`)) as RoutedCartView);
  }
  return carts;
}

for (const [name, start] of [
  ["a server with a jvmRoute", startRouteShops],
  ["Tomcat with a jvmRoute", startTomcats],
] as const) {
  describe(`${name}, which names itself in the session id`, () => {
    const later = closeAfterEach();
    let started: Started = { shops: [], stop: async () => {} };

    before(async function () {
      started = await start(this);
    });
    after(() => started.stop());

    it("keeps every visitor's cart by the suffix of the cookie, which is passed on untouched", async () => {
      const { port } = await httpBalancerOf(later, started.shops, ROUTE);
      const shoppings = await sendShoppers({ port });
      for (const { visitor, items, servers, cookies } of shoppings) {
        expect(items).to.deep.equal(SHOPPING_LIST);
        expect(new Set(servers).size, servers.join()).to.equal(1);
        expect(visitor.jar.names, "no cookie of ours").to.deep.equal([JSESSIONID]);
        expect(visitor.jar.value(JSESSIONID)).to.match(new RegExp(`^[0-9A-F]{32}\\.${servers[0]}$`));
        expect(cookies.at(-1)).to.equal(`${JSESSIONID}=${visitor.jar.value(JSESSIONID)}`);
      }
      expect(new Set(shoppings.map(({ servers }) => servers[0])).size).to.equal(ROUTES.length);
    });

    it("keeps the cart of a visitor without cookies by ;jsessionid= in the path", async () => {
      const { port } = await httpBalancerOf(later, started.shops, ROUTE);
      const carts = await shopByLinks(port, 10);
      for (const { items } of carts) expect(items).to.deep.equal(SHOPPING_LIST);
      expect(new Set(carts.map(({ server }) => server)).size).to.equal(ROUTES.length);
    });

    it("gives a visitor of a server that is gone a new session, and keeps that", async () => {
      const { port } = await httpBalancerOf(later, started.shops, ROUTE);
      const first = (visitor: WebClient): void => visitor.jar.set(JSESSIONID, `${"0".repeat(31)}7.app9`);
      for (const { items, servers } of await sendShoppers({ port, first })) {
        expect(items).to.deep.equal(SHOPPING_LIST);
        expect(new Set(servers).size, servers.join()).to.equal(1);
      }
    });

    it("loses every cart when stickiness is switched off", async () => {
      const { port } = await httpBalancerOf(later, started.shops, SPREAD);
      for (const { items } of await sendShoppers({ port })) expect(items).to.not.deep.equal(SHOPPING_LIST);
      for (const { items } of await shopByLinks(port, 10)) expect(items).to.not.deep.equal(SHOPPING_LIST);
    });
  });
}
