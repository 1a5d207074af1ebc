import { expect } from "chai";
import { closeAfterEach } from "../../support/close-after-each.ts";
import { within } from "../../support/gathered.ts";
import { BoundSession, CHECKED, expectMoved } from "../../support/http/bound-session.ts";
import { HttpBalancer } from "../../support/http/http-balancer.ts";
import { cookieSet, fieldOf, fieldsOf } from "../../support/http/http-client.ts";
import { mirror, seenIn, startWebBackend } from "../../support/http/web-backend.ts";

const SOON_MS = 3_000;

describe("http mode, the cookie names a backend that is down or cannot be reached", () => {
  const later = closeAfterEach();

  it("up: it is used, no cookie is set and nothing said about caching", async () => {
    const scene = await BoundSession.start(later);
    for (let i = 0; i < 5; i++) {
      const { received, record } = await scene.come();
      expect(seenIn(received).backend).to.equal("app1");
      expect(fieldsOf(received, "set-cookie")).to.deep.equal([]);
      expect(fieldOf(received, "cache-control")).to.equal(undefined);
      expect(record).to.include({ reason: "sticky", cookieIn: "valid", cookieOut: "none", state: "--VN" });
    }
  });

  it("down, ON_DOWN=rehash: another one and a new cookie; back again: who has moved stays, who comes with the old cookie returns", async () => {
    const scene = await BoundSession.start(later, CHECKED);
    await scene.takeDown();
    const { received, record } = await scene.come();
    expectMoved(received);
    expect(record).to.include({ reason: "failover", home: "app1", cookieIn: "down", attempts: 1, state: "--DI" });
    const cookie = cookieSet(received, "s") ?? "";
    await scene.bringUp();
    const stays = await scene.come({ cookie });
    expect(seenIn(stays.received).backend).to.equal(seenIn(received).backend);
    expect(cookieSet(stays.received, "s")).to.equal(undefined);
    expect(seenIn((await scene.come()).received).backend).to.equal("app1");
  });

  it("down, ON_DOWN=reject: 503, for GET and POST, and the connection goes on; sessions on others are served", async () => {
    const scene = await BoundSession.start(later, { ...CHECKED, ON_DOWN: "reject" });
    await scene.takeDown();
    for (const more of [{}, { method: "POST", body: "b" }]) {
      const { received, record } = await scene.come(more);
      expect(received.status).to.equal(503);
      expect(fieldsOf(received, "set-cookie"), "its session may live on").to.deep.equal([]);
      expect(record).to.include({ cause: "home-down", cookieIn: "down", backend: undefined, state: "SCDN" });
    }
    expect(seenIn((await scene.come({ cookie: "s=app2" })).received).backend).to.equal("app2");
    expect(seenIn((await scene.come({ cookie: "" })).received).backend, "new sessions").not.to.equal("app1");
  });

  it("down, ON_DOWN=wait: the request waits until its backend is back", async () => {
    const scene = await BoundSession.start(later, { ...CHECKED, ON_DOWN: "wait", QUEUE_TIMEOUT: "5s" });
    await scene.takeDown();
    const client = await scene.lengket.open();
    client.send({ method: "POST", target: "/waits", body: "patience", fields: ["Cookie: s=app1"] });
    await scene.waiting();
    await scene.bringUp();
    const received = await within(SOON_MS, "the answer", client.answer());
    expect(seenIn(received)).to.include({ backend: "app1", body: "patience" });
    expect(cookieSet(received, "s")).to.equal(undefined);
    const record = await scene.lengket.requestOf("/waits");
    expect(record.queueMs).to.be.above(0);
    expect(record.state.slice(0, 2)).to.equal("--");
  });

  it("down, ON_DOWN=wait: after QUEUE_TIMEOUT 503", async () => {
    const scene = await BoundSession.start(later, { ...CHECKED, ON_DOWN: "wait", QUEUE_TIMEOUT: "100ms" });
    await scene.takeDown();
    const { received, record } = await scene.come();
    expect(received.status).to.equal(503);
    expect(record).to.include({ cause: "queue-timeout", cookieIn: "down", state: "sQDN" });
    expect(record.queueMs).to.be.above(90);
  });

  for (const more of [{}, { method: "POST", body: "kept for the other one" }]) {
    it(`up, but connecting fails (${more.method ?? "GET"}): RETRIES on it, then another with a new cookie`, async () => {
      const scene = await BoundSession.start(later, { RETRIES: "2" });
      await scene.backends[0]?.kill();
      const { received, record } = await scene.come(more);
      expectMoved(received);
      expect(seenIn(received).body, "the body was not sent before there was a connection").to.equal(more.body ?? "");
      // Once, once more on the same, then another.
      expect(record).to.include({ attempts: 3, redispatched: true, reason: "failover", cookieIn: "down" });
      expect(record.state).to.equal("--DI");
    });
  }

  it("up, but connecting fails, RETRIES=1: only on itself, then 503", async () => {
    const scene = await BoundSession.start(later, { RETRIES: "1" });
    await scene.backends[0]?.kill();
    const { received, record } = await scene.come();
    expect(received.status).to.equal(503);
    expect(record).to.include({ attempts: 2, redispatched: false, cause: "connect-refused", state: "SCDN" });
  });

  it("up, but connecting fails, ON_DOWN=reject: no other one", async () => {
    const scene = await BoundSession.start(later, { RETRIES: "3", ON_DOWN: "reject" });
    await scene.backends[0]?.kill();
    const { received, record } = await scene.come();
    expect(received.status).to.equal(503);
    expect(record.redispatched).to.equal(false);
    expect(fieldsOf(received, "set-cookie")).to.deep.equal([]);
  });

  it("up, but connecting fails again and again: the passive checks eject it, and the next request goes elsewhere at once", async () => {
    const scene = await BoundSession.start(later, { PASSIVE: "true", PASSIVE_FAILURES: "2", RETRIES: "2" });
    await scene.backends[0]?.kill();
    await scene.come();
    await scene.lengket.said("backend-ejected", "app1");
    const { received, record } = await scene.come();
    expectMoved(received);
    expect(record).to.include({ attempts: 1, reason: "failover", cookieIn: "down" });
  });

  it("a backup that is not needed any more: the session that was begun there stays; new ones go to the primaries", async () => {
    const scene = await BoundSession.start(later, CHECKED, { options: ["", "backup", "backup"] });
    await scene.takeDown();
    const { received, record } = await scene.come();
    expectMoved(received);
    expect(record).to.include({ reason: "backup", cookieIn: "down" });
    const cookie = cookieSet(received, "s") ?? "";
    await scene.bringUp();
    expect(seenIn((await scene.come({ cookie })).received).backend).to.equal(seenIn(received).backend);
    for (let i = 0; i < 4; i++) {
      expect(seenIn((await scene.come({ cookie: "" })).received).backend).to.equal("app1");
    }
  });

  it("one of several that are all down: 503, and none is tried", async () => {
    const scene = await BoundSession.start(later, CHECKED);
    for (const index of scene.backends.keys()) await scene.takeDown(index);
    const { received, record } = await scene.come();
    expect(received.status).to.equal(503);
    expect(record).to.include({ cause: "none-eligible", attempts: 0 });
  });

  it("HEALTH=http: a page that fails takes a backend out, HEALTH_DRAIN_ON lets sessions stay", async () => {
    let status = 200;
    const sick = await startWebBackend(later, "app1", (seen, response, request) => {
      if (seen.target === "/health") response.statusCode = status;
      mirror(seen, response, request);
    });
    const well = await startWebBackend(later, "app2");
    const lengket = await HttpBalancer.start(later, [sick, well], {
      ...CHECKED,
      ...{ HEALTH: "http", HEALTH_PATH: "/health", HEALTH_DRAIN_ON: "404" },
      ...{ COOKIE_VALUE: "id", COOKIE_NAME: "s", NEW_SESSION_HINT: "0" },
    });
    const where = async (cookie = ""): Promise<string> =>
      seenIn(await lengket.ask({ fields: [`Cookie: ${cookie}`] })).backend;
    expect(await where("s=app1")).to.equal("app1");
    status = 404;
    await lengket.said("backend-draining", "app1");
    expect(await where("s=app1"), "draining").to.equal("app1");
    for (let i = 0; i < 4; i++) expect(await where()).to.equal("app2");
    status = 500;
    await lengket.said("backend-health", "app1", { to: "unhealthy" });
    expect(await where("s=app1"), "down").to.equal("app2");
  });
});
