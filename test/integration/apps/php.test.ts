import { expect } from "chai";
import { httpBalancerOf, SPREAD } from "../../support/apps/http-balancer.ts";
import { PHPSESSID, type PhpShop, startPhpShop } from "../../support/apps/php-shop.ts";
import { SHOPPING_LIST, sendShoppers } from "../../support/apps/shoppers.ts";
import type { Flags } from "../../support/balancer-of.ts";
import { closeAfterEach } from "../../support/close-after-each.ts";
import { requireProgram } from "../../support/require-program.ts";

describe("PHP's own sessions, in files of each server", () => {
  const later = closeAfterEach();
  let shops: readonly PhpShop[] = [];

  before(async function () {
    const program = requireProgram(this, "php");
    shops = await Promise.all(["app1", "app2", "app3"].map((id) => startPhpShop(program, id)));
  });
  after(() => Promise.all(shops.map((shop) => shop.process.stop())));

  const modes: readonly [string, Flags][] = [
    ["insert", {}],
    ["prefix", { COOKIE_MODE: "prefix", COOKIE_NAME: PHPSESSID }],
    ["learn", { COOKIE_MODE: "learn", COOKIE_NAME: PHPSESSID }],
  ];
  for (const [name, flags] of modes) {
    it(`keep every visitor's cart with ${name}`, async () => {
      const { port } = await httpBalancerOf(later, shops, flags);
      const shoppings = await sendShoppers({ port });
      for (const { visitor, items, servers, cookies } of shoppings) {
        expect(items).to.deep.equal(SHOPPING_LIST);
        expect(new Set(servers).size, servers.join()).to.equal(1);
        const own = visitor.jar.value(PHPSESSID)?.split("~").at(-1);
        expect(cookies.at(-1)).to.equal(`${PHPSESSID}=${own}`);
      }
      expect(new Set(shoppings.map(({ servers }) => servers[0])).size).to.equal(3);
    });
  }

  it("keep every cart that is begun after the first page with passive", async () => {
    const { port } = await httpBalancerOf(later, shops, { COOKIE_MODE: "passive", COOKIE_NAME: PHPSESSID });
    // The first page may come from another server than those after it; PHP takes the id that it is given there.
    const shoppings = await sendShoppers({ port, first: (visitor) => visitor.get("/") });
    for (const { visitor, items, servers } of shoppings) {
      expect(items).to.deep.equal(SHOPPING_LIST);
      expect(new Set(servers).size, servers.join()).to.equal(1);
      expect(visitor.jar.names, "no cookie of ours").to.deep.equal([PHPSESSID]);
    }
    expect(new Set(shoppings.map(({ servers }) => servers[0])).size).to.be.above(1);
  });

  it("are lost when stickiness is switched off", async () => {
    const { port } = await httpBalancerOf(later, shops, SPREAD);
    for (const { items } of await sendShoppers({ port })) expect(items).to.not.deep.equal(SHOPPING_LIST);
  });
});
