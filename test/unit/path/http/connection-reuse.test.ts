import { expect } from "chai";
import { GET, HttpWorld, OK, postOf, requestOf, sentTo } from "../../../support/http-world.ts";
import { ALL_ZERO } from "../../../support/path-world.ts";

/** Two clients asked at the same time, so two connections to the backend are idle. */
function twoIdle() {
  const w = new HttpWorld();
  const clients = [w.accept(), w.accept()] as const;
  for (const client of clients) w.say(client, GET);
  for (const nth of [0, 1]) w.say(w.backend(nth), OK);
  expect(w.path.idleUpstreams).to.equal(2);
  return { w, client: clients[0] };
}

describe("a backend connection that is used again", () => {
  it("turns out dead: the second try goes over a fresh one, although another is idle", () => {
    const { w, client } = twoIdle();
    w.say(client, GET);
    w.reset(w.backend(0));
    expect([w.dialed.length, w.path.idleUpstreams]).to.deep.equal([3, 1]);
    w.say(w.backend(2), OK);
    expect(w.lastRequest).to.deep.include({ status: 200, reused: false, attempts: 2 });
    expect(w.endGauges()).to.deep.equal({ ...ALL_ZERO, idle: 0 });
  });

  it("turns out dead, and the fresh one, too: that was the last try", () => {
    const { w, client } = twoIdle();
    w.say(client, GET);
    w.reset(w.backend(0));
    w.reset(w.backend(2));
    expect([w.dialed.length, w.path.idleUpstreams]).to.deep.equal([3, 1]);
    expect(sentTo(client)).to.match(/HTTP\/1\.1 502 .*$/s);
    expect(w.lastRequest).to.deep.include({ status: 502, cause: "backend-closed", attempts: 2 });
    expect(w.endGauges()).to.deep.equal({ ...ALL_ZERO, idle: 0 });
  });

  it("turns out dead before the body has come: what comes while the fresh one is made is kept for it, byte for byte", () => {
    const [put, body] = [requestOf("PUT /", ["Content-Length: 10"]), "1234567890"];
    const w = new HttpWorld();
    const { client, backend } = w.asked(GET);
    w.say(backend, OK);
    w.say(client, put);
    w.reset(backend);
    expect(w.dialed).to.have.length(2);
    w.say(client, body.slice(0, 4));
    w.say(client, body.slice(4));
    const fresh = w.backend(1);
    client.deliverAll();
    w.tasks.run();
    expect(sentTo(fresh)).to.equal(put + body);
    w.say(fresh, OK);
    expect(w.lastRequest).to.deep.include({ status: 200, bytesIn: 10, attempts: 2 });
    w.fin(client);
    expect(w.endGauges()).to.deep.equal({ ...ALL_ZERO, idle: 0 });
  });

  it("has nothing of an earlier request on its way: a backend that answers before it has taken all is closed", () => {
    const w = new HttpWorld();
    w.room = 100;
    const client = w.accept("192.0.2.1", { room: Number.POSITIVE_INFINITY });
    w.say(client, postOf(1000, "x".repeat(1000)));
    const backend = w.backend(0);
    expect(backend.unsent).to.be.greaterThan(0);
    w.say(backend, OK);
    expect(sentTo(client)).to.match(/^HTTP\/1\.1 200 .*ok$/s);
    expect([backend.ending, w.path.idleUpstreams]).to.deep.equal(["closed", 0]);
    w.fin(client);
    expect(w.endGauges()).to.deep.equal({ ...ALL_ZERO, idle: 0 });
  });
});

describe("the end of a client connection", () => {
  it("waits for a client that has sent more behind the request that it called its last", () => {
    const w = new HttpWorld();
    const { client, backend } = w.asked(requestOf("GET /", ["Connection: close"]) + GET);
    w.say(backend, OK);
    // Closed at once, the kernel could reset the connection over what it has not handed to us yet, and take the answer with it.
    expect([client.finSent, client.ending, w.dialed.length]).to.deep.equal([true, undefined, 1]);
    w.fin(client);
    expect([client.isClosed, w.requests.length]).to.deep.equal([true, 1]);
    expect(w.endGauges()).to.deep.equal({ ...ALL_ZERO, idle: 0 });
  });

  it("lets a first head that is half there become whole when everybody is asked to leave, and answers it", () => {
    const w = new HttpWorld();
    const client = w.accept();
    w.say(client, GET.slice(0, 9));
    w.path.leave(true);
    w.tasks.run();
    expect([client.ending, client.finSent]).to.deep.equal([undefined, false]);
    w.say(client, GET.slice(9));
    w.say(w.backend(0), OK);
    expect(sentTo(client)).to.match(/^HTTP\/1\.1 200 .*Connection: close.*ok$/s);
    w.fin(client);
    expect(w.endGauges()).to.deep.equal({ ...ALL_ZERO, idle: 0 });
  });

  for (const [code, cause] of [
    ["ETIMEDOUT", "timed-out"],
    ["EHOSTUNREACH", "unreachable"],
    ["ECONNRESET", "reset"],
  ] as const) {
    it(`is recorded with what the kernel said: ${code}`, () => {
      const w = new HttpWorld();
      const { client, backend } = w.asked(GET);
      w.say(backend, OK);
      client.fail(code);
      w.tasks.run();
      expect(w.lastRecord).to.deep.include({ endedBy: "client", cause, requests: 1 });
      expect(w.endGauges()).to.deep.equal({ ...ALL_ZERO, idle: 0 });
    });
  }
});
