import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { closeAfterEach } from "../../support/close-after-each.ts";
import { within } from "../../support/gathered.ts";
import { HttpBalancer } from "../../support/http/http-balancer.ts";
import { askOnce, cookieSet, fieldOf, HttpClient } from "../../support/http/http-client.ts";
import { seenIn, startWebBackends } from "../../support/http/web-backend.ts";
import { LengketProcess } from "../../support/lengket-process.ts";
import { SteppedClock } from "../../support/stepped-clock.ts";
import { settingOf, type TestBackend } from "../../support/test-backend.ts";

const SESSIONS = 24;
/** Sessions come one by one and not in parallel: hints would only be in the way. */
const FLAGS = { COOKIE_SECRET: "0123456789abcdef0123456789abcdef", NEW_SESSION_HINT: "0" };

interface Session {
  readonly cookie: string;
  readonly backend: string;
}

describe("http mode, a reload", () => {
  const later = closeAfterEach();

  async function start(
    flags: Record<string, string> = {},
    parts: Parameters<typeof HttpBalancer.start>[3] = {},
  ): Promise<{
    readonly lengket: HttpBalancer;
    readonly backends: readonly TestBackend[];
    readonly sessions: readonly Session[];
  }> {
    const backends = await startWebBackends(later, 3);
    const lengket = await HttpBalancer.start(later, backends, { ...FLAGS, ...flags }, parts);
    const sessions: Session[] = [];
    for (let i = 0; i < SESSIONS; i++) sessions.push(await begin(lengket));
    for (const { id } of backends) expect(on(sessions, id), id).to.have.length(SESSIONS / 3);
    return { lengket, backends, sessions };
  }

  async function begin(lengket: HttpBalancer): Promise<Session> {
    const received = await lengket.ask();
    return { cookie: cookieSet(received) ?? "none", backend: seenIn(received).backend };
  }

  const on = (sessions: readonly Session[], backend: string): readonly Session[] =>
    sessions.filter((session) => session.backend === backend);

  /** Comes again with its cookie. @returns the backend and the new cookie, if one was set */
  async function again(lengket: HttpBalancer, { cookie }: Session): Promise<readonly [string, string | undefined]> {
    const received = await lengket.ask({ fields: [`Cookie: ${cookie}`] });
    return [seenIn(received).backend, cookieSet(received)];
  }

  it("a removed backend ends what is under way; its sessions move with their next request, once, and new ones go elsewhere", async () => {
    const { lengket, backends, sessions } = await start();
    const [gone] = on(sessions, "app1");
    if (gone === undefined) throw new Error("no session");
    // A request under way keeps the removed backend in the list.
    const client = await lengket.open();
    client.send(`POST / HTTP/1.1\r\nHost: shop\r\nCookie: ${gone.cookie}\r\nContent-Length: 4\r\n\r\nab`);
    await within(2000, "the lease", untilLeased(lengket, "app1"));
    lengket.reload({ BACKENDS: settingOf(backends.slice(1)) });
    const [first, ...others] = on(sessions, "app1");
    if (first === undefined) throw new Error("no session");
    const [stepped, kept] = await again(lengket, first);
    expect(stepped, "however long it drains").not.to.equal("app1");
    expect(lengket.requests.items.at(-1)).to.include({ cookieIn: "down", cookieOut: "inserted", state: "--DI" });
    expect(await again(lengket, { ...first, cookie: kept ?? "" }), "once").to.deep.equal([stepped, undefined]);
    for (let i = 0; i < 6; i++) expect((await begin(lengket)).backend).not.to.equal("app1");
    client.send("cd");
    expect(seenIn(await client.answer())).to.include({ backend: "app1", body: "abcd" });

    expect((await lengket.said("backend-drained", "app1"))["to"]).to.equal("forgotten");
    for (const session of others) {
      const [backend, cookie] = await again(lengket, session);
      expect(backend).not.to.equal("app1");
      expect(cookie, "a new one").to.be.a("string").that.is.not.equal(session.cookie);
      expect(await again(lengket, { ...session, cookie: cookie ?? "" }), "once").to.deep.equal([backend, undefined]);
    }
    expect(lengket.requests.items.at(-2)).to.include({ cookieIn: "unknown", cookieOut: "inserted", state: "--II" });
    for (const id of ["app2", "app3"]) {
      for (const session of on(sessions, id)) expect(await again(lengket, session)).to.deep.equal([id, undefined]);
    }
  });

  it("weight 0 drains too: sessions stay (DRAIN_COOKIES), new ones go elsewhere, until it takes part again", async () => {
    const { lengket, backends, sessions } = await start();
    const [app1, ...others] = backends;
    lengket.reload({ BACKENDS: `${app1?.setting("weight=0")},${settingOf(others)}` });
    for (const session of sessions) expect(await again(lengket, session)).to.deep.equal([session.backend, undefined]);
    for (let i = 0; i < 6; i++) expect((await begin(lengket)).backend).not.to.equal("app1");
    lengket.reload({ BACKENDS: settingOf(backends) });
    const later = new Set<string>();
    for (let i = 0; i < 9; i++) later.add((await begin(lengket)).backend);
    expect(later.has("app1")).to.equal(true);
  });

  it("DRAIN_COOKIES=false moves the sessions of a draining backend, once", async () => {
    const { lengket, backends, sessions } = await start({ DRAIN_COOKIES: "false" });
    const [app1, ...others] = backends;
    lengket.reload({ BACKENDS: `${app1?.setting("weight=0")},${settingOf(others)}` });
    for (const session of sessions) {
      const [backend, cookie] = await again(lengket, session);
      if (session.backend !== "app1") expect([backend, cookie]).to.deep.equal([session.backend, undefined]);
      else {
        expect(backend).not.to.equal("app1");
        expect(await again(lengket, { ...session, cookie: cookie ?? "" })).to.deep.equal([backend, undefined]);
      }
    }
  });

  it("DRAIN_TIMEOUT ends it: requests under way are answered by us, sessions move", async () => {
    const clock = new SteppedClock();
    const { lengket, backends, sessions } = await start({ DRAIN_TIMEOUT: "10s" }, { clock });
    const [app1, ...others] = backends;
    const [session] = on(sessions, "app1");
    if (session === undefined) throw new Error("no session");
    const client = await lengket.open();
    // So that there is a connection for what follows, and no time limit of connecting.
    await client.ask({ fields: [`Cookie: ${session.cookie}`] });
    client.send(`POST / HTTP/1.1\r\nHost: shop\r\nCookie: ${session.cookie}\r\nContent-Length: 4\r\n\r\nab`);
    await within(2000, "the lease", untilLeased(lengket, "app1"));
    lengket.reload({ BACKENDS: `${app1?.setting("weight=0")},${settingOf(others)}` });
    clock.advance(9_999);
    expect(await again(lengket, session)).to.deep.equal(["app1", undefined]);
    clock.advance(1);
    expect((await within(2000, "the answer", client.answer())).status).to.equal(503);
    expect((await again(lengket, session))[0]).not.to.equal("app1");
    const { cause, state } = await lengket.requests.first("the drained", ({ status }) => status === 503);
    expect([cause, state]).to.deep.equal(["drain-deadline", "KHVN"]);
  });

  it("a backend with another address: its sessions follow it, and no idle connection to the old one is used", async () => {
    const { lengket, backends, sessions } = await start();
    const [moved] = await startWebBackends(later, 1);
    const [old, ...others] = backends;
    const before = old?.accepted ?? 0;
    lengket.reload({ BACKENDS: `app1=127.0.0.1:${moved?.port},${settingOf(others)}` });
    for (const session of on(sessions, "app1"))
      expect(await again(lengket, session)).to.deep.equal(["app1", undefined]);
    expect(moved?.accepted).to.equal(1);
    expect(old?.accepted).to.equal(before);
    expect(old?.sockets.size, "connections to the old address").to.equal(0);
  });

  it("TRUSTED_PROXIES counts for connections from then on, in both directions", async () => {
    const lengket = await HttpBalancer.start(later, await startWebBackends(later, 1), { COOKIE_MODE: "off" });
    const fields = ["X-Forwarded-For: 203.0.113.9"];
    const who = async (): Promise<unknown> => {
      const from = lengket.requests.items.length;
      const forwarded = fieldOf(seenIn(await lengket.ask({ fields })), "x-forwarded-for");
      const record = await lengket.requests.first("the record", () => true, { from });
      return [record.client.address, record.via?.address, forwarded];
    };
    const untrusted = ["127.0.0.1", undefined, "127.0.0.1"];
    const trusted = ["203.0.113.9", "127.0.0.1", "203.0.113.9, 127.0.0.1"];
    expect(await who()).to.deep.equal(untrusted);
    lengket.reload({ TRUSTED_PROXIES: "loopback" });
    expect(await who()).to.deep.equal(trusted);
    lengket.reload({ TRUSTED_PROXIES: "10.0.0.0/8" });
    expect(await who()).to.deep.equal(untrusted);
  });

  /** Resolves when a request holds a place at the backend. */
  async function untilLeased(lengket: HttpBalancer, backend: string): Promise<void> {
    while (lengket.balancer.openOn(backend) === 0) await new Promise((resolve) => setImmediate(resolve));
  }
});

describe("http mode, secrets of a running process", function () {
  this.timeout(20_000);
  const later = closeAfterEach();
  let folder = "";
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "lengket-secrets-"));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  const secret = (letter: string): string => letter.repeat(32);

  it("COOKIE_SECRET_FILE is read again on SIGHUP: sessions live on through a rotation, and end with their secret", async () => {
    const path = join(folder, "secrets");
    const write = (...secrets: readonly string[]): void => writeFileSync(path, secrets.map((s) => `${s}\n`).join(""));
    write(secret("a"));
    const backends = await startWebBackends(later, 5);
    const lengket = await LengketProcess.start({
      ...{ MODE: "http", BACKENDS: settingOf(backends), COOKIE_SECRET_FILE: path, NEW_SESSION: "round_robin" },
      NEW_SESSION_HINT: "0",
    });
    later(() => lengket.kill());
    const at = { host: "127.0.0.1", port: lengket.port };
    const client = await HttpClient.open(at);
    later(() => client.close());
    const first = await client.ask({});
    const { backend } = seenIn(first);
    let cookie = cookieSet(first);
    const come = async (): Promise<readonly [string, boolean]> => {
      const received = await client.ask({ fields: [`Cookie: ${cookie}`] });
      const renewed = cookieSet(received);
      cookie = renewed ?? cookie;
      return [seenIn(received).backend, renewed !== undefined];
    };
    let reloads = 0;
    const rotate = async (...secrets: readonly string[]): Promise<void> => {
      write(...secrets);
      lengket.signal("SIGHUP");
      reloads++;
      await within(5000, "the reload", reloaded(lengket, reloads));
    };

    expect(await come()).to.deep.equal([backend, false]);
    await rotate(secret("b"), secret("a"));
    const old = cookie;
    expect(await come(), "signed anew").to.deep.equal([backend, true]);
    expect(cookie).not.to.equal(old);
    expect(await come()).to.deep.equal([backend, false]);
    await rotate(secret("b"));
    expect(await come(), "the new secret alone").to.deep.equal([backend, false]);
    const forged = await askOnce(at, { fields: [`Cookie: ${old}`] });
    expect(cookieSet(forged), "the old cookie counts for nothing").to.be.a("string");
    const records = await lengket.access.atLeast(7);
    expect(records.filter(({ kind }) => kind === "request").at(-1)).to.include({
      cookie_in: "unknown",
      cookie_out: "inserted",
    });

    const warned = (): boolean => lengket.log.items.some(({ event }) => event === "secrets-replaced");
    expect(warned()).to.equal(false);
    await rotate(secret("c"));
    await lengket.log.first("the warning", ({ event }) => event === "secrets-replaced");
  });

  async function reloaded(lengket: LengketProcess, times: number): Promise<void> {
    await lengket.log.first(
      "reloads",
      () => lengket.log.items.filter(({ event }) => event === "reloaded").length >= times,
    );
  }
});
