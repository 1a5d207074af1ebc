import { expect } from "chai";
import type { BalancerParts } from "../../../src/balancer.ts";
import type { RequestRecord } from "../../../src/model/request-record.ts";
import { closeAfterEach } from "../../support/close-after-each.ts";
import { within } from "../../support/gathered.ts";
import { HttpBalancer } from "../../support/http/http-balancer.ts";
import { cookieSet, type HttpClient, type Received, fieldOf, fieldsOf } from "../../support/http/http-client.ts";
import { mirror, type Serve, seenIn, startWebBackend } from "../../support/http/web-backend.ts";
import { SteppedClock } from "../../support/stepped-clock.ts";
import type { TestBackend } from "../../support/test-backend.ts";

const SOON_MS = 3_000;
const BACKENDS = 3;

/** One place is taken, whatever else happens, until `release`. */
interface Held {
  readonly client: HttpClient;
  release(): void;
}

interface Scene {
  readonly lengket: HttpBalancer;
  readonly backends: readonly TestBackend[];
  /** Of a session on app1. */
  readonly cookie: string;
  /** Takes a place on app1 until it is released. */
  hold(): Promise<Held>;
}

describe("http mode, the cookie names a backend that is …", () => {
  const later = closeAfterEach();

  async function start(
    flags: Record<string, string> = {},
    options: { readonly list?: readonly string[]; readonly parts?: Partial<BalancerParts> } = {},
  ): Promise<Scene> {
    const held: (() => void)[] = [];
    const arrivals: (() => void)[] = [];
    const serve: Serve = (seen, response, request) => {
      if (seen.target !== "/held") mirror(seen, response, request);
      else {
        held.push(() => mirror(seen, response, request));
        arrivals.shift()?.();
      }
    };
    const backends = await Promise.all(
      Array.from({ length: BACKENDS }, (_, i) => startWebBackend(later, `app${i + 1}`, serve)),
    );
    const { list = [], parts = {} } = options;
    const BACKENDS_SETTING = backends.map((backend, i) => backend.setting(...(list[i] ? [list[i]] : []))).join(",");
    const lengket = await HttpBalancer.start(
      later,
      backends,
      {
        ...{ BACKENDS: BACKENDS_SETTING, COOKIE_VALUE: "id", COOKIE_NAME: "s", NEW_SESSION_HINT: "0" },
        ...{ PASSIVE: "false", RETRY_DELAY: "1ms", HEALTH: "off", ...flags },
      },
      parts,
    );
    return {
      lengket,
      backends,
      cookie: "s=app1",
      hold: async () => {
        const client = await lengket.open();
        const arrived = new Promise<void>((resolve) => arrivals.push(resolve));
        client.send({ target: "/held", fields: ["Cookie: s=app1"] });
        await within(SOON_MS, "the held request", arrived);
        return { client, release: () => held.shift()?.() };
      },
    };
  }

  let asked = 0;

  /** Comes with the cookie of app1. */
  async function come(
    { lengket, cookie }: Scene,
    more: { readonly method?: string; readonly body?: string } = {},
  ): Promise<{ readonly received: Received; readonly record: RequestRecord }> {
    const target = `/${asked++}`;
    const received = await within(
      SOON_MS,
      "the answer",
      lengket.ask({ target, fields: [`Cookie: ${cookie}`], ...more }),
    );
    return { received, record: await lengket.requestOf(target) };
  }

  const elsewhere = (received: Received): void => {
    const { backend } = seenIn(received);
    expect(backend).not.to.equal("app1");
    expect(cookieSet(received, "s"), "a new cookie").to.equal(`s=${backend}`);
  };

  /** Checks see the backend fall, as fast as they can. */
  const CHECKED = {
    ...{ HEALTH: "tcp", HEALTH_INTERVAL: "20ms", HEALTH_FAST_INTERVAL: "10ms", HEALTH_TIMEOUT: "500ms" },
    ...{ HEALTH_FALL: "1", HEALTH_RISE: "1", HEALTH_JITTER: "0" },
  };

  async function takeDown(scene: Scene): Promise<void> {
    const from = scene.lengket.messages.items.length;
    await scene.backends[0]?.kill();
    await scene.lengket.said("backend-health", "app1", { from, to: "unhealthy" });
  }

  async function bringUp(scene: Scene): Promise<void> {
    const from = scene.lengket.messages.items.length;
    await scene.backends[0]?.revive();
    await scene.lengket.said("backend-health", "app1", { from, to: "healthy" });
  }

  it("up: it is used, no cookie is set and nothing said about caching", async () => {
    const scene = await start();
    for (let i = 0; i < 5; i++) {
      const { received, record } = await come(scene);
      expect(seenIn(received).backend).to.equal("app1");
      expect(fieldsOf(received, "set-cookie")).to.deep.equal([]);
      expect(fieldOf(received, "cache-control")).to.equal(undefined);
      expect(record).to.include({ reason: "sticky", cookieIn: "valid", cookieOut: "none", state: "--VN" });
    }
  });

  it("down, ON_DOWN=rehash: another one and a new cookie; back again: who has moved stays, who comes with the old cookie returns", async () => {
    const scene = await start(CHECKED);
    await takeDown(scene);
    const { received, record } = await come(scene);
    elsewhere(received);
    expect(record).to.include({ reason: "failover", home: "app1", cookieIn: "down", attempts: 1, state: "--DI" });
    const moved = { ...scene, cookie: cookieSet(received, "s") ?? "" };
    await bringUp(scene);
    const stays = await come(moved);
    expect(seenIn(stays.received).backend).to.equal(seenIn(received).backend);
    expect(cookieSet(stays.received, "s")).to.equal(undefined);
    expect(seenIn((await come(scene)).received).backend).to.equal("app1");
  });

  it("down, ON_DOWN=reject: 503, for GET and POST, and the connection goes on; sessions on others are served", async () => {
    const scene = await start({ ...CHECKED, ON_DOWN: "reject" });
    await takeDown(scene);
    for (const more of [{}, { method: "POST", body: "b" }]) {
      const { received, record } = await come(scene, more);
      expect(received.status).to.equal(503);
      expect(fieldsOf(received, "set-cookie"), "its session may live on").to.deep.equal([]);
      expect(record).to.include({ cause: "home-down", cookieIn: "down", backend: undefined, state: "SCDN" });
    }
    expect(seenIn((await come({ ...scene, cookie: "s=app2" })).received).backend).to.equal("app2");
    expect(seenIn((await come({ ...scene, cookie: "" })).received).backend, "new sessions").not.to.equal("app1");
  });

  it("down, ON_DOWN=wait: the request waits until its backend is back", async () => {
    const scene = await start({ ...CHECKED, ON_DOWN: "wait", QUEUE_TIMEOUT: "5s" });
    await takeDown(scene);
    const client = await scene.lengket.open();
    client.send({ method: "POST", target: "/waits", body: "patience", fields: ["Cookie: s=app1"] });
    while (scene.lengket.balancer.gauges.waiting === 0) await new Promise((resolve) => setImmediate(resolve));
    await bringUp(scene);
    const received = await within(SOON_MS, "the answer", client.answer());
    expect(seenIn(received)).to.include({ backend: "app1", body: "patience" });
    expect(cookieSet(received, "s")).to.equal(undefined);
    const record = await scene.lengket.requestOf("/waits");
    expect(record.queueMs).to.be.above(0);
    expect(record.state.slice(0, 2)).to.equal("--");
  });

  it("down, ON_DOWN=wait: after QUEUE_TIMEOUT 503", async () => {
    const scene = await start({ ...CHECKED, ON_DOWN: "wait", QUEUE_TIMEOUT: "100ms" });
    await takeDown(scene);
    const { received, record } = await come(scene);
    expect(received.status).to.equal(503);
    expect(record).to.include({ cause: "queue-timeout", cookieIn: "down", state: "sQDN" });
    expect(record.queueMs).to.be.above(90);
  });

  for (const more of [{}, { method: "POST", body: "kept for the other one" }]) {
    it(`up, but connecting fails (${more.method ?? "GET"}): RETRIES on it, then another with a new cookie`, async () => {
      const scene = await start({ RETRIES: "2" });
      await scene.backends[0]?.kill();
      const { received, record } = await come(scene, more);
      elsewhere(received);
      expect(seenIn(received).body, "the body was not sent before there was a connection").to.equal(more.body ?? "");
      // Once, once more on the same, then another.
      expect(record).to.include({ attempts: 3, redispatched: true, reason: "failover", cookieIn: "down" });
      expect(record.state).to.equal("--DI");
    });
  }

  it("up, but connecting fails, RETRIES=1: only on itself, then 503", async () => {
    const scene = await start({ RETRIES: "1" });
    await scene.backends[0]?.kill();
    const { received, record } = await come(scene);
    expect(received.status).to.equal(503);
    expect(record).to.include({ attempts: 2, redispatched: false, cause: "connect-refused", state: "SCDN" });
  });

  it("up, but connecting fails, ON_DOWN=reject: no other one", async () => {
    const scene = await start({ RETRIES: "3", ON_DOWN: "reject" });
    await scene.backends[0]?.kill();
    const { received, record } = await come(scene);
    expect(received.status).to.equal(503);
    expect(record.redispatched).to.equal(false);
    expect(fieldsOf(received, "set-cookie")).to.deep.equal([]);
  });

  it("up, but connecting fails again and again: the passive checks eject it, and the next request goes elsewhere at once", async () => {
    const scene = await start({ PASSIVE: "true", PASSIVE_FAILURES: "2", RETRIES: "2" });
    await scene.backends[0]?.kill();
    await come(scene);
    await scene.lengket.said("backend-ejected", "app1");
    const { received, record } = await come(scene);
    elsewhere(received);
    expect(record).to.include({ attempts: 1, reason: "failover", cookieIn: "down" });
  });

  it("full (max), QUEUE: the request waits for its turn and is served there", async () => {
    const scene = await start({ QUEUE: "10", QUEUE_TIMEOUT: "5s" }, { list: ["max=1"] });
    const held = await scene.hold();
    const next = come(scene);
    while (scene.lengket.balancer.gauges.waiting === 0) await new Promise((resolve) => setImmediate(resolve));
    held.release();
    const { received, record } = await next;
    expect(seenIn(received).backend).to.equal("app1");
    expect(record).to.include({ reason: "sticky", cookieIn: "valid", cookieOut: "none" });
    expect(record.queueMs).to.be.above(0);
    expect(seenIn(await held.client.answer()).backend).to.equal("app1");
  });

  it("full (max), QUEUE: after QUEUE_TIMEOUT another one (rehash)", async () => {
    const scene = await start({ QUEUE: "10", QUEUE_TIMEOUT: "100ms" }, { list: ["max=1"] });
    const held = await scene.hold();
    const { received, record } = await come(scene);
    elsewhere(received);
    expect(record).to.include({ reason: "overflow", home: "app1" });
    expect(record.queueMs).to.be.above(90);
    held.release();
  });

  it("full (max) without a queue: another one at once (rehash), 503 (reject)", async () => {
    const rehash = await start({}, { list: ["max=1"] });
    const one = await rehash.hold();
    const moved = await come(rehash);
    elsewhere(moved.received);
    expect(moved.record).to.include({ reason: "overflow", queueMs: 0 });
    one.release();

    const reject = await start({ ON_DOWN: "reject" }, { list: ["max=1"] });
    const other = await reject.hold();
    const refused = await come(reject);
    expect(refused.received.status).to.equal(503);
    expect(refused.record).to.include({ cause: "home-full" });
    expect(refused.record.state).to.match(/^PQ/);
    other.release();
    expect(seenIn(await other.client.answer()).backend).to.equal("app1");
    expect(seenIn((await come(reject)).received).backend, "room again").to.equal("app1");
  });

  it("above the bounded load: moves as from a full one; once it has moved it stays", async () => {
    const scene = await start({ BOUNDED_LOAD: "1.25" });
    // With one request under way each backend may have ceil(1.25 × 2 / 3) = 1, and app1 has it.
    const held = await scene.hold();
    const { received, record } = await come(scene);
    elsewhere(received);
    expect(record).to.include({ reason: "overflow", home: "app1" });
    held.release();
    const moved = { ...scene, cookie: cookieSet(received, "s") ?? "" };
    const again = await come(moved);
    expect(seenIn(again.received).backend).to.equal(seenIn(received).backend);
    expect(cookieSet(again.received, "s")).to.equal(undefined);
  });

  for (const [what, cookie, cookieIn] of [
    ["unknown", "s=app9", "unknown"],
    ["empty", "s=", "invalid"],
  ] as const) {
    it(`${what}: as without a cookie, counted apart, and a new cookie; COOKIE_INVALID=reject: 400 and the cookie is removed`, async () => {
      const scene = { ...(await start()), cookie };
      const { received, record } = await come(scene);
      expect(cookieSet(received, "s")).to.equal(`s=${seenIn(received).backend}`);
      expect(record).to.include({ cookieIn, cookieOut: "inserted", reason: "new-session" });

      const strict = { ...(await start({ COOKIE_INVALID: "reject" })), cookie };
      const refused = await come(strict);
      expect(refused.received.status).to.equal(400);
      expect(fieldsOf(refused.received, "set-cookie")[0]).to.match(/^s=;.*Max-Age=0/);
      expect(refused.record).to.include({ cause: "cookie-refused", cookieIn, status: 400 });
      const without = await come({ ...strict, cookie: "other=1" });
      expect(without.received.status, "without a cookie").to.equal(200);
      expect((await come({ ...strict, cookie: "s=app2" })).received.status, "with a good one").to.equal(200);
    });
  }

  it("forged or cut: an opaque token of another secret names nobody", async () => {
    const flags = { COOKIE_VALUE: "opaque", NEW_SESSION: "round_robin" };
    const theirs = await start({ ...flags, COOKIE_SECRET: "t".repeat(32) });
    const token = cookieSet((await come({ ...theirs, cookie: "" })).received, "s") ?? "";
    const ours = await start({ ...flags, COOKIE_SECRET: "o".repeat(32) });
    for (const cookie of [token, token.slice(0, -3), "s=app1", "s=127.0.0.1:80"]) {
      const { received, record } = await come({ ...ours, cookie });
      expect(record.cookieIn, cookie).to.be.oneOf(["unknown", "invalid"]);
      expect(record.cookieOut).to.equal("inserted");
      expect(received.status).to.equal(200);
    }
    expect((await come({ ...theirs, cookie: token })).record).to.include({ cookieIn: "valid" });
  });

  it("expired (COOKIE_IDLE, COOKIE_LIFE): as without a cookie, and a new one; one in use is renewed until its life ends", async () => {
    const clock = new SteppedClock(1_795_353_753_355);
    const flags = { COOKIE_VALUE: "opaque", COOKIE_SECRET: "s".repeat(32), COOKIE_IDLE: "1h", COOKIE_LIFE: "1d" };
    const scene = await start(flags, { parts: { clock } });
    const first = await come({ ...scene, cookie: "" });
    const backend = seenIn(first.received).backend;
    let cookie = cookieSet(first.received, "s") ?? "";
    for (let minutes = 0; minutes + 50 < 24 * 60; minutes += 50) {
      clock.advance(50 * 60_000);
      const { received, record } = await come({ ...scene, cookie });
      expect(seenIn(received).backend).to.equal(backend);
      expect(record).to.include({ cookieIn: "valid", cookieOut: "updated", state: "--VU" });
      cookie = cookieSet(received, "s") ?? "";
    }
    clock.advance(50 * 60_000);
    expect((await come({ ...scene, cookie })).record).to.include({
      cookieIn: "old",
      cookieOut: "inserted",
      state: "--OI",
    });
    const unused = cookieSet((await come({ ...scene, cookie: "" })).received, "s") ?? "";
    // The date is written anew only after a tenth of the time, so that much is allowed on top.
    clock.advance(67 * 60_000);
    const late = await come({ ...scene, cookie: unused });
    expect(late.record).to.include({ cookieIn: "expired", cookieOut: "inserted", state: "--EI" });
  });

  it("a backup that is not needed any more: the session that was begun there stays; new ones go to the primaries", async () => {
    const scene = await start(CHECKED, { list: ["", "backup", "backup"] });
    await takeDown(scene);
    const { received, record } = await come(scene);
    elsewhere(received);
    expect(record).to.include({ reason: "backup", cookieIn: "down" });
    const moved = { ...scene, cookie: cookieSet(received, "s") ?? "" };
    await bringUp(scene);
    expect(seenIn((await come(moved)).received).backend).to.equal(seenIn(received).backend);
    for (let i = 0; i < 4; i++) {
      expect(seenIn((await come({ ...scene, cookie: "" })).received).backend).to.equal("app1");
    }
  });

  it("one of several that are all down: 503, and none is tried", async () => {
    const scene = await start(CHECKED);
    for (const [i, backend] of scene.backends.entries()) {
      const from = scene.lengket.messages.items.length;
      await backend.kill();
      await scene.lengket.said("backend-health", `app${i + 1}`, { from, to: "unhealthy" });
    }
    const { received, record } = await come(scene);
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
