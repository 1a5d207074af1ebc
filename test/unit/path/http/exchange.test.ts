import { expect } from "chai";
import { clusterOf } from "../../../support/clusters.ts";
import { optionsOf } from "../../../support/data-path-of.ts";
import { latin1 } from "../../../support/http-messages.ts";
import { GET, HttpWorld, message, OK, postOf, requestOf, sentTo } from "../../../support/http-world.ts";
import { ALL_ZERO } from "../../../support/path-world.ts";

const PUT = requestOf("PUT /", ["Content-Length: 2"], "hi");

/** A client whose first request was answered, so that the second goes over a connection that is used again. */
function asksAgain(text: string, w = new HttpWorld()) {
  const { client, backend } = w.asked(GET);
  w.say(backend, OK);
  w.say(client, text);
  return { w, client, backend };
}

describe("Exchange", () => {
  describe("a connection that is used again and turns out dead", () => {
    for (const how of ["fin", "reset"] as const) {
      it(`${how}: what may be sent again is, once`, () => {
        const { w, client, backend } = asksAgain(GET);
        w[how](backend);
        const fresh = w.backend(1);
        expect(sentTo(fresh)).to.equal("GET / HTTP/1.1\r\nHost: shop\r\n\r\n");
        w.say(fresh, OK);
        expect(w.lastRequest).to.deep.include({ status: 200, attempts: 2, reused: false, backend: "a" });
        w.fin(client);
        expect(w.endGauges()).to.deep.equal({ ...ALL_ZERO, idle: 0 });
      });

      it(`${how}: twice is too much`, () => {
        const { w, client, backend } = asksAgain(GET);
        w[how](backend);
        w[how](w.backend(1));
        expect(sentTo(client)).to.match(/HTTP\/1\.1 502 /);
        expect([w.dialed.length, w.lastRequest.cause]).to.deep.equal([2, "backend-closed"]);
      });

      for (const [what, text] of [
        ["a POST", requestOf("POST /")],
        ["a POST with its body", postOf(2, "hi")],
        ["a PUT whose body has gone", PUT],
      ] as const) {
        it(`${how}: ${what} is not sent again`, () => {
          const { w, client, backend } = asksAgain(text);
          w[how](backend);
          expect(sentTo(client)).to.match(/HTTP\/1\.1 502 /);
          expect([w.dialed.length, w.lastRequest.status, w.lastRequest.reused]).to.deep.equal([1, 502, true]);
          // Its own framing is intact: the connection goes on.
          w.say(client, GET);
          w.say(w.backend(1), OK);
          expect(w.lastRequest.status).to.equal(200);
        });
      }
    }

    it("a PUT whose body has not come yet is", () => {
      const { w, client, backend } = asksAgain(requestOf("PUT /", ["Content-Length: 2"]));
      w.reset(backend);
      const fresh = w.backend(1);
      w.say(client, "hi");
      expect(sentTo(fresh)).to.equal("PUT / HTTP/1.1\r\nHost: shop\r\nContent-Length: 2\r\n\r\nhi");
      w.say(fresh, OK);
      expect(w.lastRequest).to.deep.include({ status: 200, bytesIn: 2 });
    });

    it("not even a GET behind the first byte of an answer", () => {
      const { w, client, backend } = asksAgain(GET);
      w.say(backend, "H");
      w.reset(backend);
      expect(sentTo(client)).to.match(/HTTP\/1\.1 502 /);
      expect(w.dialed).to.have.length(1);
    });

    it("a fresh connection that ends without a word is the backend's fault: nothing is sent again", () => {
      const w = new HttpWorld();
      const { client, backend } = w.asked(GET);
      w.fin(backend);
      expect(sentTo(client)).to.match(/^HTTP\/1\.1 502 /);
      expect(w.lastRequest).to.deep.include({ cause: "backend-closed", attempts: 1, state: "SH--" });
      expect(w.dialed).to.have.length(1);
    });

    it("the lease goes with it", () => {
      const { w, backend } = asksAgain(GET);
      expect(w.path.ledger.total).to.equal(1);
      w.reset(backend);
      expect(w.path.ledger.total).to.equal(1);
      w.say(w.backend(1), OK);
      expect(w.path.ledger.total).to.equal(0);
    });
  });

  describe("no backend", () => {
    it("503 when all are down, and the connection goes on", () => {
      const w = new HttpWorld({ snapshot: clusterOf({ a: { health: "unhealthy" } }) });
      const client = w.accept();
      w.say(client, GET);
      w.publisher.publish(clusterOf({ a: {} }, { version: 2 }));
      w.say(client, GET);
      w.say(w.backend(0), OK);
      expect(w.requests.map(({ status }) => status)).to.deep.equal([503, 200]);
    });

    it("connect failures: retried, then 503", () => {
      const connect = { ...optionsOf().connect, retries: 1 };
      const w = new HttpWorld({ path: { connect } });
      const client = w.accept();
      w.say(client, postOf(2, "hi"));
      w.fail(w.lastDialed, "ECONNREFUSED");
      w.advance(100);
      expect(w.dialed).to.have.length(2);
      w.fail(w.lastDialed, "ECONNREFUSED");
      expect(sentTo(client)).to.match(/^HTTP\/1\.1 503 /);
      expect(w.lastRequest).to.deep.include({ cause: "connect-refused", attempts: 2, phase: "connect" });
    });

    it("a body that came meanwhile is sent to the backend that is found at last, byte for byte", () => {
      const w = new HttpWorld();
      const client = w.accept();
      w.say(client, postOf(2, "hi") + GET);
      w.fail(w.lastDialed, "ECONNREFUSED");
      w.advance(100);
      const backend = w.backend(1);
      w.say(backend, OK);
      w.say(backend, OK);
      expect(sentTo(backend)).to.equal(postOf(2, "hi") + GET);
      expect(w.requests.map(({ status }) => status)).to.deep.equal([200, 200]);
    });

    it("a client that leaves while it waits gives its place back", () => {
      const snapshot = clusterOf({ a: { of: { maxConnections: 1 } } });
      const w = new HttpWorld({ snapshot, path: { queue: 5 } });
      const { backend } = w.asked(GET);
      const [second, third] = [w.accept(), w.accept()];
      w.say(second, GET);
      w.say(third, GET);
      expect(w.path.waitingRoom.size).to.equal(2);
      w.reset(second);
      expect(w.path.waitingRoom.size).to.equal(1);
      w.say(backend, OK);
      expect([w.path.waitingRoom.size, w.path.ledger.total]).to.deep.equal([0, 1]);
      w.say(backend, OK);
      expect(sentTo(third)).to.match(/ok$/);
      expect(w.requests.map(({ status, reused }) => [status, reused])).to.deep.equal([
        [-1, false],
        [200, false],
        [200, true],
      ]);
    });
  });

  describe("an end from outside", () => {
    it("politely: 503 when nothing was answered yet", () => {
      const w = new HttpWorld();
      const { client, backend } = w.asked(GET);
      w.path.closeBackend(0, "operator", "drain-deadline", true);
      expect(sentTo(client)).to.match(/^HTTP\/1\.1 503 .*Connection: close/s);
      expect(w.lastRequest).to.deep.include({ endedBy: "operator", cause: "drain-deadline", status: 503 });
      expect(backend.ending).to.equal("closed");
    });

    it("another backend's requests are left alone", () => {
      const w = new HttpWorld();
      const { client } = w.asked(GET);
      w.path.closeBackend(7, "operator", "drain-deadline", true);
      expect([client.ending, w.requests.length]).to.deep.equal([undefined, 0]);
    });

    it("at once: a reset, with one record each", () => {
      const w = new HttpWorld();
      const { client } = w.asked(GET);
      w.path.closeAll("shutdown", false);
      w.tasks.run();
      expect([client.ending, w.requests.length, w.records.length]).to.deep.equal(["reset", 1, 1]);
    });

    it("in the middle of a head: that is a request, too", () => {
      const w = new HttpWorld();
      const client = w.accept();
      w.say(client, "GET / HT");
      w.path.closeAll("shutdown", false);
      w.tasks.run();
      expect(w.lastRequest).to.deep.include({ endedBy: "operator", cause: "shutdown", status: -1, headMs: -1 });
      expect(w.lastRecord.requests).to.equal(1);
    });
  });

  describe("a write to the backend fails, but it had answered before", () => {
    const TOO_MUCH = message(["HTTP/1.1 413 Content Too Large", "Connection: close", "Content-Length: 4"], "much");
    const [part, rest] = [postOf(20, "only a part"), " of it"];

    it("the client gets that answer", () => {
      const w = new HttpWorld();
      const { client, backend } = w.asked(part);
      w.say(client, rest);
      backend.fail("EPIPE", "write", latin1(TOO_MUCH));
      w.tasks.run();
      expect(sentTo(client)).to.match(/^HTTP\/1\.1 413 .*Connection: close\r\n\r\nmuch$/s);
      expect(w.lastRequest).to.deep.include({ status: 413, cause: "finished" });
      w.fin(client);
      expect(w.endGauges()).to.deep.equal({ ...ALL_ZERO, idle: 0 });
    });

    it("a part of an answer does not look whole", () => {
      const w = new HttpWorld();
      const { client, backend } = w.asked(part);
      backend.fail("EPIPE", "write", latin1(TOO_MUCH.slice(0, -1)));
      w.tasks.run();
      expect([client.ending, w.lastRequest.status, w.lastRequest.cause]).to.deep.equal(["reset", 413, "reset"]);
    });

    it("not on a used connection: that may have been said before anything was asked", () => {
      const { w, client, backend } = asksAgain(part);
      backend.fail("EPIPE", "write", latin1(TOO_MUCH));
      w.tasks.run();
      expect(sentTo(client)).to.match(/ok?HTTP\/1\.1 502 /s);
      expect(w.lastRequest).to.deep.include({ status: 502, cause: "backend-closed", reused: true });
    });
  });

  it("answers of our own to HEAD have no body, and none keeps HTTP/1.0 open", () => {
    const w = new HttpWorld({ snapshot: clusterOf({ a: { health: "unhealthy" } }) });
    const client = w.accept();
    w.say(client, requestOf("HEAD /"));
    expect(sentTo(client)).to.match(/^HTTP\/1\.1 503 .*\r\n\r\n$/s);
    w.say(client, message(["GET / HTTP/1.0", "Connection: keep-alive"]));
    expect([client.finSent, w.requests.length]).to.deep.equal([true, 2]);
  });

  it("COOKIE_INVALID=reject: 400, no backend is asked, and the client is told to forget the cookie", () => {
    const w = new HttpWorld({ http: { affinity: { mode: "insert", invalid: "reject" } } });
    const client = w.accept();
    w.say(client, requestOf("GET /", ["Cookie: sid=made-up"]));
    expect(sentTo(client)).to.match(/^HTTP\/1\.1 400 Bad Request\r\nSet-Cookie: sid=; /);
    expect(w.lastRequest).to.deep.include({ status: 400, cause: "cookie-refused", attempts: 0, cookieOut: "none" });
    expect([w.dialed.length, client.ending]).to.deep.equal([0, undefined]);
    w.say(client, GET);
    w.say(w.backend(0), OK);
    expect(w.lastRequest).to.deep.include({ status: 200, cookieOut: "inserted" });
  });

  it("counts what went each way", () => {
    const w = new HttpWorld();
    const { client, backend } = w.asked(postOf(5, "hello"));
    w.say(backend, OK);
    const { length } = client.received;
    w.fin(client);
    expect(w.lastRequest).to.deep.include({ bytesIn: 5, bytesOut: length });
    expect(w.lastRecord).to.deep.include({ bytesIn: 5, bytesOut: length, mode: "http", requests: 1 });
  });
});
