import { expect } from "chai";
import type { LoggedMessage } from "../../support/balancer-of.ts";
import { closeAfterEach } from "../../support/close-after-each.ts";
import { HttpBalancer } from "../../support/http/http-balancer.ts";
import { startWebBackends } from "../../support/http/web-backend.ts";
import { SteppedClock } from "../../support/stepped-clock.ts";

const MINUTE_MS = 60_000;
const REQUESTS = 330;
const PROXY = "127.0.0.8";

describe("http mode, live skew", () => {
  const later = closeAfterEach();

  /** What is advised after a minute of requests of many clients that all come on one connection of a proxy. */
  async function adviceOn(flags: Readonly<Record<string, string>>): Promise<{
    readonly advice: readonly LoggedMessage[];
    readonly skew: { readonly counted: number; readonly unit: string; readonly clients: readonly unknown[] };
  }> {
    const clock = new SteppedClock();
    const backends = await startWebBackends(later, 3);
    const settings = { ADMIN_LISTEN: "127.0.0.1:0", ...flags };
    const lengket = await HttpBalancer.start(later, backends, settings, { clock });
    const proxy = await lengket.open(PROXY);
    for (let i = 0; i < REQUESTS; i++) {
      const answer = await proxy.ask({ fields: [`X-Forwarded-For: 198.51.100.${i % 200}`] });
      expect(answer.status).to.equal(200);
    }
    const response = await fetch(`http://${lengket.balancer.adminAddress}/api/skew`);
    const skew = (await response.json()) as Awaited<ReturnType<typeof adviceOn>>["skew"];
    proxy.close();
    clock.advance(MINUTE_MS);
    return { advice: lengket.messages.items.filter(({ event }) => event === "skew-advice"), skew };
  }

  it("counts requests, and finds the proxy that hides the clients", async () => {
    const { advice, skew } = await adviceOn({ COOKIE_MODE: "off" });
    expect(skew).to.include({ counted: REQUESTS, unit: "requests" });
    expect(skew.clients).to.have.lengthOf(1);
    expect(advice).to.have.lengthOf(1);
    expect(advice[0]).to.include({ code: "behind-proxy", clients: PROXY, level: "info" });
    expect(advice[0]?.message).to.contain(`add ${PROXY} to LENGKET_TRUSTED_PROXIES`);
  });

  it("counts the clients that a trusted proxy names, and says nothing of it", async () => {
    const { advice, skew } = await adviceOn({ COOKIE_MODE: "off", TRUSTED_PROXIES: "loopback" });
    expect(skew.counted).to.equal(REQUESTS);
    expect(skew.clients).to.have.lengthOf(20);
    expect(advice).to.deep.equal([]);
  });

  it("says nothing where cookies decide", async () => {
    const { advice } = await adviceOn({ COOKIE_MODE: "insert" });
    expect(advice).to.deep.equal([]);
  });
});
