import { expect } from "chai";
import { closeAfterEach } from "../../support/close-after-each.ts";
import { BoundSession, expectMoved } from "../../support/http/bound-session.ts";
import { cookieSet, fieldsOf } from "../../support/http/http-client.ts";
import { seenIn } from "../../support/http/web-backend.ts";
import { SteppedClock } from "../../support/stepped-clock.ts";

describe("http mode, the cookie names a backend that is full, or no backend at all", () => {
  const later = closeAfterEach();

  it("full (max), QUEUE: the request waits for its turn and is served there", async () => {
    const scene = await BoundSession.start(later, { QUEUE: "10", QUEUE_TIMEOUT: "5s" }, { options: ["max=1"] });
    const held = await scene.occupy();
    const next = scene.come();
    await scene.waiting();
    held.release();
    const { received, record } = await next;
    expect(seenIn(received).backend).to.equal("app1");
    expect(record).to.include({ reason: "sticky", cookieIn: "valid", cookieOut: "none" });
    expect(record.queueMs).to.be.above(0);
    expect(seenIn(await held.client.answer()).backend).to.equal("app1");
  });

  it("full (max), QUEUE: after QUEUE_TIMEOUT another one (rehash)", async () => {
    const scene = await BoundSession.start(later, { QUEUE: "10", QUEUE_TIMEOUT: "100ms" }, { options: ["max=1"] });
    const held = await scene.occupy();
    const { received, record } = await scene.come();
    expectMoved(received);
    expect(record).to.include({ reason: "overflow", home: "app1" });
    expect(record.queueMs).to.be.above(90);
    held.release();
  });

  it("full (max) without a queue: another one at once (rehash), 503 (reject)", async () => {
    const rehash = await BoundSession.start(later, {}, { options: ["max=1"] });
    const one = await rehash.occupy();
    const moved = await rehash.come();
    expectMoved(moved.received);
    expect(moved.record).to.include({ reason: "overflow", queueMs: 0 });
    one.release();

    const reject = await BoundSession.start(later, { ON_DOWN: "reject" }, { options: ["max=1"] });
    const other = await reject.occupy();
    const refused = await reject.come();
    expect(refused.received.status).to.equal(503);
    expect(refused.record).to.include({ cause: "home-full" });
    expect(refused.record.state).to.match(/^PQ/);
    other.release();
    expect(seenIn(await other.client.answer()).backend).to.equal("app1");
    expect(seenIn((await reject.come()).received).backend, "room again").to.equal("app1");
  });

  it("above the bounded load: moves as from a full one; once it has moved it stays", async () => {
    const scene = await BoundSession.start(later, { BOUNDED_LOAD: "1.25" });
    // With one request under way each backend may have ceil(1.25 × 2 / 3) = 1, and app1 has it.
    const held = await scene.occupy();
    const { received, record } = await scene.come();
    expectMoved(received);
    expect(record).to.include({ reason: "overflow", home: "app1" });
    held.release();
    const cookie = cookieSet(received, "s") ?? "";
    const again = await scene.come({ cookie });
    expect(seenIn(again.received).backend).to.equal(seenIn(received).backend);
    expect(cookieSet(again.received, "s")).to.equal(undefined);
  });

  for (const [what, cookie, cookieIn] of [
    ["unknown", "s=app9", "unknown"],
    ["empty", "s=", "invalid"],
  ] as const) {
    it(`${what}: as without a cookie, counted apart, and a new cookie; COOKIE_INVALID=reject: 400 and the cookie is removed`, async () => {
      const scene = await BoundSession.start(later);
      const { received, record } = await scene.come({ cookie });
      expect(cookieSet(received, "s")).to.equal(`s=${seenIn(received).backend}`);
      expect(record).to.include({ cookieIn, cookieOut: "inserted", reason: "new-session" });

      const strict = await BoundSession.start(later, { COOKIE_INVALID: "reject" });
      const refused = await strict.come({ cookie });
      expect(refused.received.status).to.equal(400);
      expect(refused.received.body).to.include("the cookie");
      expect(fieldsOf(refused.received, "set-cookie")[0]).to.match(/^s=;.*Max-Age=0/);
      expect(refused.record).to.include({ cause: "cookie-refused", cookieIn, status: 400 });
      const without = await strict.come({ cookie: "other=1" });
      expect(without.received.status, "without a cookie").to.equal(200);
      expect((await strict.come({ cookie: "s=app2" })).received.status, "with a good one").to.equal(200);
    });
  }

  it("forged or cut: an opaque token of another secret names nobody", async () => {
    const flags = { COOKIE_VALUE: "opaque", NEW_SESSION: "round_robin" };
    const theirs = await BoundSession.start(later, { ...flags, COOKIE_SECRET: "t".repeat(32) });
    const token = cookieSet((await theirs.come({ cookie: "" })).received, "s") ?? "";
    const ours = await BoundSession.start(later, { ...flags, COOKIE_SECRET: "o".repeat(32) });
    for (const cookie of [token, token.slice(0, -3), "s=app1", "s=127.0.0.1:80"]) {
      const { received, record } = await ours.come({ cookie });
      expect(record.cookieIn, cookie).to.be.oneOf(["unknown", "invalid"]);
      expect(record.cookieOut).to.equal("inserted");
      expect(received.status).to.equal(200);
    }
    expect((await theirs.come({ cookie: token })).record).to.include({ cookieIn: "valid" });
  });

  it("expired (COOKIE_IDLE, COOKIE_LIFE): as without a cookie, and a new one; one in use is renewed until its life ends", async () => {
    const clock = new SteppedClock(1_795_353_753_355);
    const flags = { COOKIE_VALUE: "opaque", COOKIE_SECRET: "s".repeat(32), COOKIE_IDLE: "1h", COOKIE_LIFE: "1d" };
    const scene = await BoundSession.start(later, flags, { parts: { clock } });
    const first = await scene.come({ cookie: "" });
    const backend = seenIn(first.received).backend;
    let cookie = cookieSet(first.received, "s") ?? "";
    for (let minutes = 0; minutes + 50 < 24 * 60; minutes += 50) {
      clock.advance(50 * 60_000);
      const { received, record } = await scene.come({ cookie });
      expect(seenIn(received).backend).to.equal(backend);
      expect(record).to.include({ cookieIn: "valid", cookieOut: "updated", state: "--VU" });
      cookie = cookieSet(received, "s") ?? "";
    }
    clock.advance(50 * 60_000);
    expect((await scene.come({ cookie })).record).to.include({
      cookieIn: "old",
      cookieOut: "inserted",
      state: "--OI",
    });
    const unused = cookieSet((await scene.come({ cookie: "" })).received, "s") ?? "";
    // The date is written anew only after a tenth of the time, so that much is allowed on top.
    clock.advance(67 * 60_000);
    const late = await scene.come({ cookie: unused });
    expect(late.record).to.include({ cookieIn: "expired", cookieOut: "inserted", state: "--EI" });
  });
});
