import { expect } from "chai";
import { clusterOf } from "../../../support/clusters.ts";
import { GET, HttpWorld, OK, postOf, requestOf, sentTo } from "../../../support/http-world.ts";
import { ALL_ZERO } from "../../../support/path-world.ts";

const PROXY_HEADER = "PROXY TCP4 192.0.2.9 198.51.100.1 50000 80\r\n";

/** Behind a proxy that sends its header. */
function behindProxy(): HttpWorld {
  const trusted = { bytes: Uint8Array.of(10, 0, 0, 0), bits: 8, text: "10.0.0.0/8" };
  const w = new HttpWorld({ proxyProtocolIn: "required" });
  w.path.configure({ ...w.path.live, proxyProtocolTrusted: [trusted] });
  return w;
}

describe("HttpSession", () => {
  it("answers pipelined requests one after the other, each on an idle connection if there is one", () => {
    const w = new HttpWorld();
    const { client, backend } = w.asked([1, 2, 3].map((n) => requestOf(`GET /${n}`)).join(""));
    for (const n of [1, 2, 3]) {
      expect(sentTo(backend).match(/GET \/\d/g)).to.deep.equal([1, 2, 3].slice(0, n).map((i) => `GET /${i}`));
      w.say(backend, `HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n${n}`);
    }
    expect(sentTo(client).match(/\r\n\r\n\d/g)).to.deep.equal(["\r\n\r\n1", "\r\n\r\n2", "\r\n\r\n3"]);
    w.fin(client);
    expect([client.isClosed, w.dialed.length]).to.deep.equal([true, 1]);
    expect(w.requests.map(({ index, target, reused }) => [index, target, reused])).to.deep.equal([
      [1, "/1", false],
      [2, "/2", true],
      [3, "/3", true],
    ]);
    expect(w.lastRecord).to.deep.include({ requests: 3, endedBy: "client", cause: "finished" });
    expect(w.endGauges()).to.deep.equal({ ...ALL_ZERO, idle: 0 });
  });

  it("holds no more than one read of what is sent ahead", () => {
    const w = new HttpWorld();
    const { client } = w.asked(GET + GET);
    client.send(Buffer.alloc(1_000_000, GET));
    client.deliverAll();
    expect([client.isReading, client.unread]).to.deep.equal([false, 1_000_000]);
  });

  it("answers of our own do not pile up before a client that does not take them", () => {
    const w = new HttpWorld({ snapshot: clusterOf({ a: { health: "unhealthy" } }) });
    const client = w.accept("192.0.2.1", { room: 1000 });
    client.send(Buffer.from(GET.repeat(10_000)));
    client.deliverAll();
    w.tasks.run();
    expect(client.unsent).to.be.lessThan(1000);
    client.grant();
    w.tasks.run();
    client.deliverAll();
    w.fin(client);
    expect(sentTo(client).match(/HTTP\/1\.1 503 /g)).to.have.length(10_000);
    expect([client.isClosed, w.requests.length]).to.deep.equal([true, 10_000]);
    expect(w.endGauges()).to.deep.equal({ ...ALL_ZERO, idle: 0 });
  });

  describe("time", () => {
    it("a head has to be whole in time, counted from accept: 408", () => {
      const w = new HttpWorld({ http: { headTimeoutMs: 1000 } });
      const client = w.accept();
      for (const byte of "GET / HTT") {
        w.advance(100);
        w.say(client, byte);
      }
      expect(sentTo(client)).to.equal("");
      w.advance(100);
      expect(sentTo(client)).to.match(/^HTTP\/1\.1 408 /);
      expect(w.lastRequest).to.deep.include({ status: 408, cause: "head-timeout", method: "", state: "cR--" });
    });

    it("who says nothing is closed without a word", () => {
      const w = new HttpWorld({ http: { headTimeoutMs: 1000 } });
      const client = w.accept();
      w.advance(1000);
      expect([client.isClosed, client.received.length, w.requests.length]).to.deep.equal([true, 0, 0]);
      expect(w.lastRecord).to.deep.include({ cause: "head-timeout", requests: 0, endedBy: "balancer" });
    });

    it("between two requests the keep-alive time counts, and the next head has a time of its own", () => {
      const w = new HttpWorld({ http: { headTimeoutMs: 1000, keepAliveTimeoutMs: 5000 } });
      const { client, backend } = w.asked(GET);
      w.say(backend, OK);
      w.advance(4999);
      w.say(client, GET.slice(0, 10));
      w.advance(999);
      w.say(client, GET.slice(10));
      w.say(backend, OK);
      w.advance(4999);
      expect([client.ending, w.requests.length]).to.deep.equal([undefined, 2]);
      w.advance(1);
      expect([client.isClosed, w.lastRecord.cause]).to.deep.equal([true, "keep-alive-timeout"]);
    });

    it("and counts from the FIN of a backend that ends its answer with it", () => {
      const w = new HttpWorld({ http: { keepAliveTimeoutMs: 5000 } });
      const { client, backend } = w.asked(GET);
      w.say(backend, "HTTP/1.1 200 OK\r\n\r\nlong ago");
      w.advance(6000);
      w.fin(backend);
      w.advance(4999);
      expect([client.ending, w.lastRequest.cause]).to.deep.equal([undefined, "finished"]);
      w.advance(1);
      expect([client.isClosed, w.lastRecord.cause]).to.deep.equal([true, "keep-alive-timeout"]);
    });

    it("an empty line behind a body is no request: the client is idle (RFC 9112, section 2.2)", () => {
      const w = new HttpWorld({ http: { headTimeoutMs: 1000, keepAliveTimeoutMs: 5000 } });
      const { client, backend } = w.asked(postOf(2, "hi\r\n"));
      w.say(backend, OK);
      const answers = sentTo(client);
      w.advance(5000);
      expect([client.isClosed, sentTo(client), w.requests.length]).to.deep.equal([true, answers, 1]);
      expect(w.lastRecord).to.deep.include({ cause: "keep-alive-timeout", requests: 1 });
    });

    it("nor is it one when the client leaves behind it, or when it is asked to", () => {
      for (const happens of ["fin", "leave"] as const) {
        const w = new HttpWorld();
        const { client, backend } = w.asked(GET);
        w.say(backend, OK);
        w.say(client, "\r\n");
        if (happens === "fin") w.fin(client);
        else w.path.leave(true);
        w.tasks.run();
        expect([client.isClosed, w.requests.length, w.records.length]).to.deep.equal([true, 1, 1]);
      }
    });

    it("a head that comes in pieces behind an empty line is read, and timed from its first byte", () => {
      const w = new HttpWorld({ http: { headTimeoutMs: 1000, keepAliveTimeoutMs: 5000 } });
      const { client, backend } = w.asked(GET);
      w.say(backend, OK);
      w.say(client, "\r\n");
      w.advance(3000);
      w.say(client, "GET /late");
      w.advance(999);
      w.say(client, " HTTP/1.1\r\nHost: shop\r\n\r\n");
      w.say(backend, OK);
      expect(w.lastRequest).to.deep.include({ target: "/late", status: 200, headMs: 999 });
    });
  });

  describe("behind a PROXY header", () => {
    const pieces: readonly (readonly string[])[] = [
      [PROXY_HEADER, GET],
      [PROXY_HEADER + GET.slice(0, 5), GET.slice(5)],
      [PROXY_HEADER + GET],
    ];
    for (const [index, piece] of pieces.entries()) {
      it(`reads on, however the first bytes are cut: ${index}`, () => {
        const w = behindProxy();
        const client = w.accept("10.0.0.1");
        for (const part of piece) w.say(client, part);
        const backend = w.backend(0);
        w.say(backend, OK);
        w.say(client, GET);
        w.say(backend, OK);
        w.fin(client);
        expect(w.requests.map(({ status, client: who }) => [status, who.address])).to.deep.equal([
          [200, "192.0.2.9"],
          [200, "192.0.2.9"],
        ]);
        expect(w.endGauges()).to.deep.equal({ ...ALL_ZERO, idle: 0 });
      });
    }

    it("a FIN behind a whole request with a body is no reason to stop", () => {
      const w = behindProxy();
      const client = w.accept("10.0.0.1");
      client.send(Buffer.from(PROXY_HEADER + postOf(4, "body")));
      client.sendEnd();
      client.deliverAll();
      const backend = w.backend(0);
      client.deliverAll();
      expect(sentTo(backend)).to.match(/\r\n\r\nbody$/);
      w.say(backend, OK);
      expect(sentTo(client)).to.match(/ok$/);
      expect(w.lastRequest).to.deep.include({ status: 200, cause: "finished" });
      expect(w.endGauges()).to.deep.equal({ ...ALL_ZERO, idle: 0 });
    });
  });

  describe("a FIN of the client", () => {
    it("behind a whole request: it gets its answer (RFC 9112, section 9.6)", () => {
      const w = new HttpWorld();
      const { client, backend } = w.asked(GET);
      w.fin(client);
      w.say(backend, OK);
      expect(sentTo(client)).to.match(/ok$/);
      expect([client.isClosed, w.lastRequest.cause]).to.deep.equal([true, "finished"]);
    });

    it("behind pipelined requests: it gets all answers", () => {
      const w = new HttpWorld();
      const { client, backend } = w.asked(GET + GET);
      client.sendEnd();
      for (const _ of [1, 2]) w.say(backend, OK);
      client.deliverAll();
      w.tasks.run();
      expect(sentTo(client).match(/ok/g)).to.have.length(2);
      expect([client.isClosed, w.requests.length]).to.deep.equal([true, 2]);
    });

    it("in the middle of a body: both connections go", () => {
      const w = new HttpWorld();
      const { client, backend } = w.asked(postOf(10, "12345"));
      w.fin(client);
      expect([client.ending, backend.ending]).to.deep.equal(["reset", "closed"]);
      expect(w.lastRequest).to.deep.include({ endedBy: "client", cause: "closed-early", status: -1 });
    });

    it("in the middle of a body whose answer is complete: it gets the rest of that", () => {
      const w = new HttpWorld();
      const client = w.accept("192.0.2.1", { room: 100 });
      w.say(client, postOf(1000, "12345"));
      const body = "too large".repeat(2000);
      w.say(w.backend(0), `HTTP/1.1 413 Too Large\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
      w.fin(client);
      client.grant();
      w.tasks.run();
      w.fin(client);
      expect(sentTo(client).endsWith(body)).to.equal(true);
      expect([client.isClosed, client.finSent]).to.deep.equal([true, true]);
      expect(w.endGauges()).to.deep.equal({ ...ALL_ZERO, idle: 0 });
    });

    it("in the middle of a head: a request that never was whole", () => {
      const w = new HttpWorld();
      const client = w.accept();
      w.say(client, "GET / HT");
      w.fin(client);
      expect(w.lastRequest).to.deep.include({ cause: "closed-early", status: -1, headMs: -1, phase: "request" });
      expect(w.lastRecord).to.deep.include({ requests: 1 });
      expect(w.endGauges()).to.deep.equal({ ...ALL_ZERO, idle: 0 });
    });
  });

  describe("leaving", () => {
    it("idle clients go at once, a request under way is answered and says so", () => {
      const w = new HttpWorld();
      const idle = w.accept();
      const { client, backend } = w.asked(GET);
      w.path.leave(true);
      w.tasks.run();
      expect([idle.isClosed, client.isClosed]).to.deep.equal([true, false]);
      w.say(backend, OK);
      expect(sentTo(client)).to.match(/Connection: close/);
    });

    it("a head that is half there when its predecessor ends may become whole", () => {
      const w = new HttpWorld();
      const { client, backend } = w.asked(GET + GET.slice(0, 12));
      w.say(backend, OK.slice(0, -1));
      w.path.leave(true);
      w.say(backend, OK.slice(-1));
      expect(client.ending).to.equal(undefined);
      w.say(client, GET.slice(12));
      w.say(w.backend(w.dialed.length - 1), OK);
      expect(sentTo(client)).to.match(/Connection: close\r\n.*ok$/s);
      expect(w.requests.map(({ status }) => status)).to.deep.equal([200, 200]);
    });
  });

  it("behind Connection: close nothing that the client sent is looked at", () => {
    const w = new HttpWorld();
    const { client, backend } = w.asked(requestOf("GET /", ["Connection: close"]) + requestOf("DELETE /all"));
    w.say(backend, OK);
    w.fin(client);
    expect([w.dialed.length, w.requests.length, sentTo(backend).includes("DELETE")]).to.deep.equal([1, 1, false]);
  });

  it("a reset of the client takes the backend connection with it", () => {
    const w = new HttpWorld();
    const { client, backend } = w.asked(GET);
    w.reset(client);
    expect([backend.ending, w.path.idleUpstreams]).to.deep.equal(["closed", 0]);
    expect(w.lastRequest).to.deep.include({ endedBy: "client", cause: "reset", status: -1, state: "CH--" });
    expect(w.endGauges()).to.deep.equal({ ...ALL_ZERO, idle: 0 });
  });
});
