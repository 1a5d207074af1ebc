import net from "node:net";
import { expect } from "chai";
import { closeAfterEach } from "../../support/close-after-each.ts";
import { within } from "../../support/gathered.ts";
import { HttpBalancer } from "../../support/http/http-balancer.ts";
import { type Ask, fieldOf, type HttpClient, requestText } from "../../support/http/http-client.ts";
import { mirror, type Seen, seenIn, startWebBackend } from "../../support/http/web-backend.ts";
import { settled } from "../../support/settled.ts";
import { SteppedClock } from "../../support/stepped-clock.ts";
import { TestBackend } from "../../support/test-backend.ts";

const SOON_MS = 3_000;
const POST: Ask = { method: "POST", body: "b" };

interface Scene {
  readonly lengket: HttpBalancer;
  readonly backend: TestBackend;
  /** Sends `count` requests that are all at the backend at the same time, then lets them be answered. */
  atOnce(clients: readonly HttpClient[]): Promise<readonly Seen[]>;
}

describe("http mode, connections to backends", () => {
  const later = closeAfterEach();

  async function start(flags: Record<string, string> = {}, parts = {}): Promise<Scene> {
    let held: (() => void)[] = [];
    let expected = Number.POSITIVE_INFINITY;
    const backend = await startWebBackend(later, "app", (seen, response, request) => {
      if (seen.target !== "/together") {
        mirror(seen, response, request);
        return;
      }
      held.push(() => mirror(seen, response, request));
      if (held.length < expected) return;
      for (const answer of held) answer();
      held = [];
    });
    const lengket = await HttpBalancer.start(later, [backend], flags, parts);
    return {
      lengket,
      backend,
      atOnce: async (clients) => {
        expected = clients.length;
        for (const client of clients) client.send({ target: "/together" });
        return Promise.all(clients.map(async (client) => seenIn(await client.answer())));
      },
    };
  }

  const openMany = (lengket: HttpBalancer, count: number): Promise<readonly HttpClient[]> =>
    Promise.all(Array.from({ length: count }, () => lengket.open()));

  const connectionOf = async (client: HttpClient, ask: Ask = {}): Promise<number> =>
    seenIn(await client.ask(ask)).connection;

  it("UPSTREAM_REUSE=never: a connection for each request, which the backend is told", async () => {
    const { lengket, backend } = await start({ UPSTREAM_REUSE: "never" });
    const client = await lengket.open();
    for (let i = 1; i <= 5; i++) {
      const seen = seenIn(await client.ask({}));
      expect(seen.connection).to.equal(i);
      expect(fieldOf(seen, "connection")).to.equal("close");
      expect(lengket.balancer.gauges.idleUpstreams).to.equal(0);
    }
    await settled(() => backend.sockets.size);
    expect(backend.sockets.size).to.equal(0);
    expect(lengket.requests.items.some(({ reused }) => reused)).to.equal(false);
  });

  it("UPSTREAM_REUSE=client: a client's own connection serves it again, POST too, and nobody else; it ends with the client", async () => {
    const { lengket, backend } = await start({ UPSTREAM_REUSE: "client" });
    const [one, other] = await openMany(lengket, 2);
    if (one === undefined || other === undefined) throw new Error("two clients are needed");
    for (const ask of [{}, POST, {}, POST]) expect(await connectionOf(one, ask)).to.equal(1);
    for (const ask of [{}, POST, {}]) expect(await connectionOf(other, ask)).to.equal(2);
    expect(await connectionOf(one)).to.equal(1);
    one.wire.end();
    await within(SOON_MS, "the end", one.ended);
    expect(await settled(() => backend.sockets.size)).to.equal(1);
    expect(lengket.balancer.gauges.idleUpstreams).to.equal(1);
  });

  it("UPSTREAM_REUSE=shared: another client's idle connection serves what may be sent again, and nothing else", async () => {
    const { lengket } = await start({});
    const one = await lengket.open();
    expect(await connectionOf(one, POST)).to.equal(1);
    one.close();
    await lengket.records.atLeast(1);
    const other = await lengket.open();
    for (const method of ["GET", "HEAD", "PUT", "DELETE", "OPTIONS"]) {
      const target = `/${method}`;
      await other.ask({ method, target });
      expect((await lengket.requestOf(target)).reused, method).to.equal(true);
    }
    // Now it is its own.
    expect(await connectionOf(other, POST)).to.equal(1);
    other.close();
    await lengket.records.atLeast(2);
    for (const [ask, what] of [
      [POST, "POST"],
      [{ method: "PUT", body: "sent once" }, "a body"],
      [{ method: "PATCH" }, "PATCH"],
    ] as const) {
      const third = await lengket.open();
      expect(await connectionOf(third, ask), what).to.be.above(1);
    }
  });

  it("who logs in on a connection, as NTLM does it, is nobody else's mask", async () => {
    const users = new Map<number, string>();
    const backend = await startWebBackend(later, "app", (seen, response) => {
      const login = fieldOf(seen, "authorization");
      if (login !== undefined) users.set(seen.connection, login);
      const user = users.get(seen.connection);
      if (user === undefined) response.writeHead(401, { "WWW-Authenticate": "Negotiate, NTLM" });
      response.end(user ?? "nobody");
    });
    const lengket = await HttpBalancer.start(later, [backend]);
    const [one, other] = [await lengket.open(), await lengket.open()];
    const who = async (client: HttpClient, ask: Ask = {}): Promise<string> => (await client.ask(ask)).body;
    expect(await who(other)).to.equal("nobody");
    expect(await who(one, { fields: ["Authorization: NTLM one"] })).to.equal("NTLM one");
    expect(await who(one), "known by its connection").to.equal("NTLM one");
    expect(await who(one, POST)).to.equal("NTLM one");
    expect(await who(other)).to.equal("nobody");
    expect(await who(await lengket.open())).to.equal("nobody");
    one.close();
    await lengket.records.atLeast(1);
    expect(await who(await lengket.open()), "when it has left").to.equal("nobody");
  });

  it("without a descriptor for a fresh connection idle ones are closed, and no client is turned away", async () => {
    const { lengket, backend } = await start({ RETRY_DELAY: "1ms" });
    const [first, second] = [await lengket.open(), await lengket.open()];
    await first.ask(POST);
    const { connect } = net;
    const failOnce = (): net.Socket => {
      Object.assign(net, { connect });
      const error = Object.assign(new Error("connect EMFILE"), { code: "EMFILE", syscall: "connect" });
      return new net.Socket().destroy(error);
    };
    Object.assign(net, { connect: failOnce });
    later(() => void Object.assign(net, { connect }));
    expect(seenIn(await second.ask({ ...POST, target: "/second" })).connection).to.equal(2);
    expect(await lengket.requestOf("/second")).to.include({ attempts: 2, cause: "finished" });
    expect(await settled(() => backend.sockets.size)).to.equal(1);
    expect(lengket.messages.items.map(({ event }) => event)).to.not.include("accept-failed");
  });

  it("the idle connection that was used last is taken first, so that the others can end", async () => {
    const { lengket, atOnce } = await start({});
    const clients = await openMany(lengket, 5);
    await atOnce(clients);
    expect(lengket.balancer.gauges.idleUpstreams).to.equal(5);
    for (const client of clients) client.close();
    await lengket.records.atLeast(5);
    const client = await lengket.open();
    const connections = new Set<number>();
    for (let i = 0; i < 10; i++) connections.add(await connectionOf(client));
    expect(connections.size).to.equal(1);
  });

  it("UPSTREAM_IDLE: no more are kept", async () => {
    const { lengket, backend, atOnce } = await start({ UPSTREAM_IDLE: "2" });
    const clients = await openMany(lengket, 6);
    const seen = await atOnce(clients);
    expect(new Set(seen.map(({ connection }) => connection)).size).to.equal(6);
    expect(await settled(() => backend.sockets.size)).to.equal(2);
    expect(lengket.balancer.gauges.idleUpstreams).to.equal(2);
    const again = await atOnce(clients.slice(0, 2));
    for (const { connection } of again) expect(seen.map((each) => each.connection)).to.include(connection);
  });

  it("UPSTREAM_IDLE_TIMEOUT: each is closed after that long without a request, not before", async () => {
    const clock = new SteppedClock();
    const { lengket, backend, atOnce } = await start(
      { UPSTREAM_IDLE_TIMEOUT: "10s", HTTP_KEEPALIVE_TIMEOUT: "0", IDLE_TIMEOUT: "0" },
      { clock },
    );
    const clients = await openMany(lengket, 3);
    await atOnce(clients);
    clock.advance(6_000);
    const [first] = clients;
    if (first === undefined) throw new Error("a client is needed");
    await first.ask({});
    clock.advance(3_999);
    expect(lengket.balancer.gauges.idleUpstreams).to.equal(3);
    clock.advance(1);
    expect(lengket.balancer.gauges.idleUpstreams, "the one that was used is left").to.equal(1);
    expect(await settled(() => backend.sockets.size)).to.equal(1);
    clock.advance(6_000);
    expect(lengket.balancer.gauges.idleUpstreams).to.equal(0);
    expect(clock.timers, "nothing is left to be looked at").to.be.at.most(3);
  });

  it("UPSTREAM_MAX_REQUESTS: so many, then a fresh one", async () => {
    const { lengket } = await start({ UPSTREAM_MAX_REQUESTS: "3" });
    const client = await lengket.open();
    const connections: number[] = [];
    for (let i = 0; i < 8; i++) connections.push(await connectionOf(client));
    expect(connections).to.deep.equal([1, 1, 1, 2, 2, 2, 3, 3]);
  });

  it("a backend that says close, or closes by itself, is not asked there again", async () => {
    const backend = await startWebBackend(later, "app", (seen, response, request) => {
      if (seen.target === "/close") response.setHeader("Connection", "close");
      mirror(seen, response, request);
    });
    const lengket = await HttpBalancer.start(later, [backend], {});
    const client = await lengket.open();
    expect(await connectionOf(client)).to.equal(1);
    const last = await client.ask({ target: "/close" });
    expect(seenIn(last).connection).to.equal(1);
    expect(fieldOf(last, "connection"), "the client's goes on").to.equal(undefined);
    expect(await connectionOf(client, POST)).to.equal(2);
    for (const socket of backend.sockets) socket.end();
    await settled(() => lengket.balancer.gauges.idleUpstreams);
    expect(lengket.balancer.gauges.idleUpstreams).to.equal(0);
    expect(await connectionOf(client, POST)).to.equal(3);
  });

  for (const [what, extra] of [
    ["more than it should", "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nforged"],
    ["a single byte too many", "\n"],
  ] as const) {
    it(`a backend that sends ${what}: the answer is whole, nobody gets the rest, and the connection is not used again`, async () => {
      const backend = await TestBackend.start("app", (socket, { accepted }) => {
        socket.on("data", () => {
          socket.write(`HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n#${accepted}${accepted === 1 ? extra : ""}`);
        });
        socket.on("end", () => socket.end());
      });
      later(() => backend.kill());
      const lengket = await HttpBalancer.start(later, [backend], {});
      const client = await lengket.open();
      expect((await client.ask({})).body).to.equal("#1");
      expect((await client.ask({})).body).to.equal("#2");
      expect((await client.ask({})).body).to.equal("#2");
      expect(backend.accepted).to.equal(2);
    });
  }

  it("bytes on an idle connection end it before anybody takes them for an answer", async () => {
    const backend = await TestBackend.start("app", (socket, { accepted }) => {
      socket.on("data", () => socket.write(`HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n#${accepted}`));
      socket.on("end", () => socket.end());
    });
    later(() => backend.kill());
    const lengket = await HttpBalancer.start(later, [backend], {});
    const client = await lengket.open();
    expect((await client.ask({})).body).to.equal("#1");
    for (const socket of backend.sockets) socket.write("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nforged");
    await settled(() => lengket.balancer.gauges.idleUpstreams);
    expect(lengket.balancer.gauges.idleUpstreams).to.equal(0);
    expect((await client.ask(POST)).body).to.equal("#2");
  });

  it("a client that leaves in the middle of its request, or of its answer, takes the backend connection with it", async () => {
    const { lengket, backend } = await start({});
    const sender = await lengket.open();
    sender.send(requestText({ method: "POST", body: "whole" }).slice(0, -2));
    while (lengket.balancer.gauges.leases === 0) await new Promise((resolve) => setImmediate(resolve));
    await settled(() => backend.sockets.size);
    sender.close();
    await lengket.records.atLeast(1);
    expect(await settled(() => backend.sockets.size)).to.equal(0);
    const waiter = await lengket.open();
    waiter.send({ target: "/together" });
    await settled(() => backend.sockets.size);
    waiter.wire.reset();
    await lengket.records.atLeast(2);
    expect(await settled(() => backend.sockets.size)).to.equal(0);
    expect(lengket.balancer.gauges).to.include({ leases: 0, idleUpstreams: 0 });
  });
});
