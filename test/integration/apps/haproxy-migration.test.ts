import { expect } from "chai";
import { CONNECT_SID, expressShop } from "../../support/apps/express-shop.ts";
import { startHttpApps } from "../../support/apps/http-app.ts";
import { httpBalancerOf } from "../../support/apps/http-balancer.ts";
import { startHttpHaproxy } from "../../support/apps/http-peers.ts";
import { type Shopping, shopInTurns } from "../../support/apps/shoppers.ts";
import { WebClient } from "../../support/apps/web-client.ts";
import type { Flags } from "../../support/balancer-of.ts";
import { closeAfterEach } from "../../support/close-after-each.ts";
import { requireProgram } from "../../support/require-program.ts";

/** A line of HAProxy, and what it becomes here. */
interface Translation {
  readonly cookie: string;
  readonly flags: Flags;
  /** The cookie that names the server, and its value, of a visitor of app1. */
  readonly name: string;
  readonly value: RegExp;
}

const SRV: Flags = { COOKIE_NAME: "SRV", COOKIE_VALUE: "id" };
const DATE = "[A-Za-z0-9+/]{5}";

const translations: readonly Translation[] = [
  { cookie: "SRV insert indirect nocache", flags: SRV, name: "SRV", value: /^app1$/ },
  {
    cookie: "SRV insert indirect nocache maxidle 30m",
    flags: { ...SRV, COOKIE_IDLE: "30m" },
    name: "SRV",
    value: new RegExp(`^app1\\|${DATE}$`),
  },
  {
    cookie: "SRV insert indirect nocache maxidle 30m maxlife 8h",
    flags: { ...SRV, COOKIE_IDLE: "30m", COOKIE_LIFE: "8h" },
    name: "SRV",
    value: new RegExp(`^app1\\|${DATE}\\|${DATE}$`),
  },
  {
    cookie: `${CONNECT_SID} prefix`,
    flags: { COOKIE_MODE: "prefix", COOKIE_NAME: CONNECT_SID },
    name: CONNECT_SID,
    value: /^app1~s%3Aapp1-/,
  },
];

describe("a migration with sessions under way", () => {
  const later = closeAfterEach();

  interface Both {
    readonly haproxy: number;
    readonly lengket: number;
  }

  /** Both balancers in front of the same three shops. */
  async function startBoth(program: string, cookie: string, flags: Flags): Promise<Both> {
    const servers = await startHttpApps(3, expressShop);
    for (const server of servers) later(() => server.kill());
    const haproxy = await startHttpHaproxy({ program, servers, cookie });
    later(() => haproxy.stop());
    const lengket = await httpBalancerOf(later, servers, { NEW_SESSION: "round_robin", ...flags });
    return { haproxy: haproxy.port, lengket: lengket.port };
  }

  /** Visitors who begin at one port and go on at another one, whose cookies are all they bring. */
  async function move(from: number, to: number): Promise<{ before: Shopping[]; after: Shopping[]; kept: string[] }> {
    const visitors = Array.from({ length: 10 }, () => new WebClient({ port: from }));
    const before = await shopInTurns(visitors, ["apples", "bread"]);
    const kept = visitors.map(({ jar }) => jar.header ?? "");
    for (const visitor of visitors) visitor.moveTo(to);
    return { before, kept, after: await shopInTurns(visitors, ["cheese"]) };
  }

  for (const { cookie, flags, name, value } of translations) {
    for (const [direction, turned] of [
      ["from HAProxy to Lengket", false],
      ["from Lengket to HAProxy", true],
    ] as const) {
      it(`${direction}: cookie ${cookie}`, async function () {
        const { haproxy, lengket } = await startBoth(requireProgram(this, "haproxy"), cookie, flags);
        const { before, after, kept } = turned ? await move(lengket, haproxy) : await move(haproxy, lengket);
        const homes = before.map(({ servers }) => servers[0]);
        for (const [i, { visitor, items, servers }] of after.entries()) {
          expect(items).to.deep.equal(["apples", "bread", "cheese"]);
          expect(new Set(servers)).to.deep.equal(new Set([homes[i]]));
          expect(visitor.jar.header, "nothing new to remember").to.equal(kept[i]);
          if (homes[i] === "app1") expect(visitor.jar.value(name)).to.match(value);
        }
        expect(new Set(homes).size).to.equal(3);
      });
    }
  }

  it("moves visitors to other servers without COOKIE_VALUE=id", async function () {
    const program = requireProgram(this, "haproxy");
    const { haproxy, lengket } = await startBoth(program, "SRV insert indirect nocache", { COOKIE_NAME: "SRV" });
    // Both go round in turn: somebody else comes first, or everybody would meet his old server by chance.
    await new WebClient({ port: lengket }).get("/cart");
    for (const { visitor, items } of (await move(haproxy, lengket)).after) {
      expect(items).to.deep.equal(["cheese"]);
      expect(visitor.jar.value("SRV")).to.not.match(/app\d/);
    }
  });
});
