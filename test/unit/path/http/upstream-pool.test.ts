import { expect } from "chai";
import { type Changes, clusterOf } from "../../../support/clusters.ts";
import { optionsOf } from "../../../support/data-path-of.ts";
import type { FakeRelaySocket } from "../../../support/fake-relay-socket.ts";
import {
  GET,
  type HttpChanges,
  HttpWorld,
  message,
  OK,
  postOf,
  requestOf,
  sentTo,
} from "../../../support/http-world.ts";
import { ALL_ZERO } from "../../../support/path-world.ts";

function upstream(upstream: NonNullable<HttpChanges["upstream"]>): HttpWorld {
  return new HttpWorld({ http: { upstream } });
}

/** A request of `client` that is answered by the nth backend connection. */
function visit(w: HttpWorld, client: FakeRelaySocket, nth: number, text = GET): void {
  w.say(client, text);
  w.say(w.backend(nth), OK);
}

describe("UpstreamPool", () => {
  describe("UPSTREAM_REUSE=shared", () => {
    it("an idle connection serves another client, but for what must not be sent twice", () => {
      const w = upstream({});
      const [first, second] = [w.accept(), w.accept()];
      visit(w, first, 0);
      visit(w, second, 0);
      expect(w.dialed).to.have.length(1);
      // Its own by now.
      visit(w, second, 0, postOf(2, "hi"));
      expect(w.dialed).to.have.length(1);
      visit(w, first, 1, postOf(2, "hi"));
      expect(w.requests.map(({ reused }) => reused)).to.deep.equal([false, true, true, false]);
    });

    it("a client gets the one that it used last", () => {
      const w = upstream({});
      const [first, second] = [w.accept(), w.accept()];
      w.say(first, GET);
      w.say(second, GET);
      for (const nth of [0, 1]) w.say(w.backend(nth), OK);
      visit(w, first, 0);
      expect([w.backend(0), w.backend(1)].map((b) => sentTo(b).match(/GET/g)?.length)).to.deep.equal([2, 1]);
    });
  });

  const asks = message(["HTTP/1.1 401 Unauthorized", "WWW-Authenticate: NTLM", "Content-Length: 2"], "no");
  const asksByProxy = asks.replace("401", "407").replace("WWW", "Proxy");
  for (const [what, text, answer] of [
    ["its backend asks to log in by NTLM", GET, asks],
    ["its backend asks for that as a proxy", GET, asksByProxy],
    ["its client logs in by Negotiate", requestOf("GET /", ["Authorization: Negotiate YII="]), OK],
  ] as const) {
    it(`a connection is its client's alone, and ends with it, once ${what}`, () => {
      const w = upstream({});
      const [first, second] = [w.accept(), w.accept()];
      visit(w, second, 0);
      // Another client's until now.
      w.say(first, text);
      w.say(w.backend(0), answer);
      visit(w, second, 1);
      visit(w, first, 0);
      visit(w, first, 0, postOf(2, "hi"));
      expect(w.dialed).to.have.length(2);
      w.fin(first);
      expect([w.path.idleUpstreams, w.dialed[0]?.socket.ending]).to.deep.equal([1, "closed"]);
      visit(w, w.accept(), 1);
      expect(w.endGauges()).to.deep.equal({ ...ALL_ZERO, idle: 0 });
    });
  }

  it("logging in by Basic, which each request does for itself, is no reason not to share", () => {
    const w = upstream({});
    const [first, second] = [w.accept(), w.accept()];
    w.say(first, requestOf("GET /", ["Authorization: Basic bnRsbTp4"]));
    w.say(w.backend(0), asks.replace("NTLM", "Basic realm=x"));
    visit(w, second, 0);
    expect(w.dialed).to.have.length(1);
  });

  it("UPSTREAM_REUSE=client: nobody else's, and closed with its client", () => {
    const w = upstream({ reuse: "client" });
    const [first, second] = [w.accept(), w.accept()];
    visit(w, first, 0);
    visit(w, second, 1);
    visit(w, first, 0);
    expect([w.dialed.length, w.path.idleUpstreams]).to.deep.equal([2, 2]);
    w.fin(first);
    expect([w.path.idleUpstreams, w.dialed[0]?.socket.ending, w.dialed[1]?.socket.ending]).to.deep.equal([
      1,
      "closed",
      undefined,
    ]);
  });

  it("UPSTREAM_REUSE=never: one request each, and the backend is told", () => {
    const w = upstream({ reuse: "never" });
    const client = w.accept();
    visit(w, client, 0);
    visit(w, client, 1);
    expect(sentTo(w.backend(0))).to.match(/\r\nConnection: close\r\n/);
    expect([w.dialed.length, w.path.idleUpstreams]).to.deep.equal([2, 0]);
  });

  it("UPSTREAM_MAX_REQUESTS: then a fresh one", () => {
    const w = upstream({ maxRequests: 2 });
    const client = w.accept();
    visit(w, client, 0);
    visit(w, client, 0);
    expect(w.backend(0).ending).to.equal("closed");
    visit(w, client, 1);
    expect(w.dialed).to.have.length(2);
  });

  it("UPSTREAM_IDLE: the one that has been idle for longest goes", () => {
    const w = upstream({ idlePerBackend: 2 });
    const clients = [w.accept(), w.accept(), w.accept()];
    for (const client of clients) w.say(client, GET);
    for (const nth of [2, 0, 1]) w.say(w.backend(nth), OK);
    expect(w.dialed.map(({ socket }) => socket.ending)).to.deep.equal([undefined, undefined, "closed"]);
    expect(w.path.idleUpstreams).to.equal(2);
  });

  it("UPSTREAM_IDLE_TIMEOUT: each after its own time", () => {
    const w = upstream({ idleTimeoutMs: 1000 });
    const clients = [w.accept(), w.accept()];
    for (const client of clients) w.say(client, GET);
    w.say(w.backend(0), OK);
    w.advance(600);
    w.say(w.backend(1), OK);
    w.advance(399);
    expect(w.path.idleUpstreams).to.equal(2);
    w.advance(1);
    expect(w.path.idleUpstreams).to.equal(1);
    w.advance(600);
    expect([w.path.idleUpstreams, w.clock.timers]).to.deep.equal([0, 2]);
    expect(w.endGauges()).to.deep.equal({ ...ALL_ZERO, idle: 0 });
  });

  for (const happens of ["a byte", "a FIN", "a reset"] as const) {
    it(`${happens} on an idle connection ends it, and is never an answer`, () => {
      const w = upstream({});
      const { client, backend } = w.asked(GET);
      w.say(backend, OK);
      if (happens === "a byte") w.say(backend, OK);
      else if (happens === "a FIN") w.fin(backend);
      else w.reset(backend);
      expect([backend.ending, w.path.idleUpstreams]).to.deep.equal(["closed", 0]);
      visit(w, client, 1);
      expect(w.requests.map(({ status, reused }) => [status, reused])).to.deep.equal([
        [200, false],
        [200, false],
      ]);
    });
  }

  it("bytes behind an answer end the connection, too", () => {
    const w = upstream({});
    const { client, backend } = w.asked(GET);
    w.say(backend, `${OK}HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nhidden`);
    expect(backend.ending).to.equal("closed");
    visit(w, client, 1);
    expect(sentTo(client)).to.not.contain("hidden");
  });

  const changes: readonly (readonly [string, Readonly<Record<string, Changes>>])[] = [
    ["has gone", { b: { slot: 1 } }],
    ["has moved", { a: { of: { port: 2001 } } }],
    ["is down", { a: { health: "unhealthy" } }],
  ];
  for (const [what, members] of changes) {
    it(`a backend that ${what}: its idle connections are closed`, () => {
      const w = upstream({});
      const { backend } = w.asked(GET);
      w.say(backend, OK);
      w.publisher.publish(clusterOf(members, { version: 2 }));
      w.tasks.run();
      expect([backend.isClosed, w.path.idleUpstreams]).to.deep.equal([true, 0]);
    });

    it(`a backend that ${what} while it answers: the answer is passed on and the connection is not kept`, () => {
      const w = upstream({ idleTimeoutMs: 0 });
      const { client, backend } = w.asked(GET);
      w.publisher.publish(clusterOf(members, { version: 2 }));
      w.say(backend, OK);
      expect(sentTo(client)).to.match(/ok$/);
      expect([backend.isClosed, w.path.idleUpstreams]).to.deep.equal([true, 0]);
      expect(w.endGauges()).to.deep.equal({ ...ALL_ZERO, idle: 0 });
    });
  }

  describe("descriptors", () => {
    const postTo = (backend: string): string => requestOf("POST /", [`Cookie: sid=${backend}`, "Content-Length: 0"]);

    /** Clients that ask at the same time, are answered in turn, and leave: as many connections are idle then. */
    function idle(w: HttpWorld, ...backends: readonly string[]): void {
      const clients = backends.map(() => w.accept());
      const first = w.dialed.length;
      for (const [i, client] of clients.entries()) w.say(client, postTo(backends[i] ?? ""));
      for (const [i] of clients.entries()) {
        w.advance(1);
        w.say(w.backend(first + i), OK);
      }
      for (const client of clients) w.fin(client);
      expect([w.path.open, w.path.idleUpstreams]).to.deep.equal([0, backends.length]);
    }

    it("no more connections to backends than MAX_CONNECTIONS: for a fresh one the longest idle of all goes", () => {
      const w = new HttpWorld({
        path: { maxConnections: 3 },
        http: { affinity: { mode: "insert" } },
        snapshot: clusterOf({ a: {}, b: { slot: 1 } }),
      });
      idle(w, "a", "b", "a");
      for (const client of [w.accept(), w.accept()]) w.say(client, postTo("b"));
      expect(w.dialed.map(({ socket }) => socket.ending)).to.deep.equal([
        ...["closed", "closed", undefined],
        ...[undefined, undefined],
      ]);
      for (const nth of [3, 4]) w.say(w.backend(nth), OK);
      expect(w.path.idleUpstreams).to.equal(3);
      expect(w.endGauges()).to.deep.equal({ ...ALL_ZERO, idle: 0 });
    });

    it("with room for it nothing idle is closed", () => {
      const w = new HttpWorld({ path: { maxConnections: 4 } });
      idle(w, "a", "a", "a");
      w.say(w.accept(), postTo("a"));
      expect([w.dialed.length, w.path.idleUpstreams]).to.deep.equal([4, 3]);
    });

    it("when the process is short of them all idle ones go, and others are kept afterwards", () => {
      const w = upstream({ idleTimeoutMs: 1000 });
      idle(w, "a", "a");
      expect(w.path.makeRoom()).to.equal(true);
      expect([w.path.idleUpstreams, w.path.makeRoom()]).to.deep.equal([0, false]);
      idle(w, "a");
      w.advance(1000);
      expect(w.path.idleUpstreams).to.equal(0);
    });
  });

  it("with PROXY_PROTOCOL_OUT only its own client's requests travel on a connection", () => {
    const connect = { ...optionsOf().connect, proxyProtocolOut: "v1" as const };
    const w = new HttpWorld({ path: { connect } });
    const first = w.accept("192.0.2.1", { port: 1111 });
    const second = w.accept("192.0.2.1", { port: 2222 });
    visit(w, first, 0);
    visit(w, second, 1);
    visit(w, first, 0);
    expect(sentTo(w.backend(0))).to.match(/^PROXY TCP4 192\.0\.2\.1 198\.51\.100\.1 1111 80\r\nGET .*\r\n\r\nGET /s);
    expect(sentTo(w.backend(1))).to.match(/^PROXY TCP4 192\.0\.2\.1 198\.51\.100\.1 2222 80\r\nGET /);
    expect(w.dialed).to.have.length(2);
  });
});
