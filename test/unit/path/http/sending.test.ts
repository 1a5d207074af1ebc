import { expect } from "chai";
import { GET, HttpWorld, message, OK, postOf, requestOf, sentTo } from "../../../support/http-world.ts";
import { ALL_ZERO } from "../../../support/path-world.ts";

const CHUNKED = ["Transfer-Encoding: chunked"];

describe("Sending", () => {
  it("the head goes out before the body is there", () => {
    const w = new HttpWorld();
    const { client, backend } = w.asked(requestOf("POST /", ["Expect: 100-continue", "Content-Length: 4"]));
    expect(sentTo(backend)).to.equal(
      "POST / HTTP/1.1\r\nHost: shop\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n",
    );
    w.say(backend, message(["HTTP/1.1 100 Continue"]));
    expect(sentTo(client)).to.equal("HTTP/1.1 100 Continue\r\n\r\n");
    w.say(client, "body");
    expect(sentTo(backend)).to.match(/\r\n\r\nbody$/);
    w.say(backend, OK);
    w.fin(client);
    expect(w.lastRequest).to.deep.include({ status: 200, bytesIn: 4, cause: "finished" });
  });

  it("a body does not wait for a 100 that never comes", () => {
    const w = new HttpWorld();
    const { backend } = w.asked(requestOf("POST /", ["Expect: 100-continue", "Content-Length: 4"], "body"));
    expect(sentTo(backend)).to.match(/\r\n\r\nbody$/);
  });

  it("a final answer instead of the 100 ends the connection: nobody knows whether the body comes", () => {
    const w = new HttpWorld();
    const { client, backend } = w.asked(requestOf("POST /", ["Expect: 100-continue", "Content-Length: 4"]));
    w.say(backend, OK);
    expect(sentTo(client)).to.match(/Connection: close\r\n/);
    w.say(client, "body");
    w.say(client, GET);
    w.fin(client);
    expect([w.dialed.length, w.path.idleUpstreams, backend.ending]).to.deep.equal([1, 0, "closed"]);
    expect(sentTo(backend)).to.not.contain("body");
  });

  it("extensions and trailers of a chunked body stay behind, the rest arrives byte for byte", () => {
    const w = new HttpWorld();
    const body = "4;a=b\r\nwiki\r\n5\r\npedia\r\n0\r\nX-Sum: 1\r\n\r\n";
    const { client, backend } = w.asked(requestOf("POST /", CHUNKED, body + GET));
    expect(sentTo(backend)).to.match(/\r\n\r\n4\r\nwiki\r\n5\r\npedia\r\n0\r\n\r\n$/);
    w.say(backend, OK);
    w.say(backend, OK);
    w.fin(client);
    expect(w.requests.map(({ status, bytesIn }) => [status, bytesIn])).to.deep.equal([
      [200, 9],
      [200, 0],
    ]);
  });

  const malformed: readonly (readonly [string, number, string])[] = [
    ["5 junk\r\n", 400, "chunk-size"],
    ["3\r\nabcd", 400, "chunk-end"],
    ["fffffffffffff000\r\n", 413, "chunk-size-too-large"],
    [`0\r\n${"X: 1\r\n".repeat(2000)}`, 413, "trailers-too-large"],
  ];
  for (const [body, status, refusal] of malformed) {
    it(`a body with ${JSON.stringify(body.slice(0, 20))}: ${status}, and both connections end`, () => {
      const w = new HttpWorld();
      const { client, backend } = w.asked(requestOf("POST /", CHUNKED));
      w.say(client, body);
      expect(sentTo(client)).to.match(new RegExp(`^HTTP/1\\.1 ${status} .*Connection: close`, "s"));
      expect(backend.ending).to.equal("closed");
      w.say(client, GET);
      w.fin(client);
      expect(w.requests.map((r) => [r.status, r.refusal])).to.deep.equal([[status, refusal]]);
      expect(w.endGauges()).to.deep.equal({ ...ALL_ZERO, idle: 0 });
    });
  }

  it("a body that is malformed behind the head of an answer: the answer is cut, visibly", () => {
    const w = new HttpWorld();
    const { client, backend } = w.asked(requestOf("POST /", CHUNKED));
    w.say(backend, message(["HTTP/1.1 200 OK", "Content-Length: 10"], "12345"));
    w.say(client, "no chunk");
    expect([client.ending, backend.ending]).to.deep.equal(["reset", "closed"]);
    expect(w.lastRequest).to.deep.include({ status: 200, refusal: "chunk-size", cause: "bad-request" });
  });

  it("reads no further while the backend does not take the body, and nothing is lost or doubled", () => {
    const w = new HttpWorld({ path: { bufferBytes: 96 * 1024 } });
    w.room = 1000;
    const size = 400_000;
    const body = Buffer.from(Array.from({ length: size }, (_, i) => 97 + ((i * 7 + (i >> 8)) % 26)));
    const client = w.accept("192.0.2.1", { room: Number.POSITIVE_INFINITY });
    w.say(client, postOf(size, ""));
    const backend = w.backend(0);
    client.send(body);
    for (let round = 0; round < 1000 && backend.received.length < size + 57; round++) {
      client.deliverAll();
      expect(backend.unsent).to.be.at.most(200_000);
      backend.grant(3000);
      w.tasks.run();
    }
    expect(backend.received.subarray(-size).equals(body)).to.equal(true);
    expect([backend.violations, client.violations]).to.deep.equal([[], []]);
    w.say(backend, OK);
    w.fin(client);
    expect(w.endGauges()).to.deep.equal({ ...ALL_ZERO, idle: 0 });
  });

  it("an answer that comes early leaves no half request on a connection that is used again", () => {
    const w = new HttpWorld();
    const { client, backend } = w.asked(postOf(10, "12345"));
    w.say(backend, OK);
    expect(sentTo(client)).to.match(/Connection: close\r\n.*ok$/s);
    expect([backend.ending, w.path.idleUpstreams]).to.deep.equal(["closed", 0]);
    w.say(client, `67890${GET}`);
    w.fin(client);
    expect([w.dialed.length, w.requests.length]).to.deep.equal([1, 1]);
    expect(w.endGauges()).to.deep.equal({ ...ALL_ZERO, idle: 0 });
  });

  it("keeps no buffer behind a body, even when its last read was a full one", () => {
    const w = new HttpWorld();
    const client = w.accept();
    const size = w.path.pool.scratch.length;
    w.say(client, postOf(size, ""));
    const backend = w.backend(0);
    client.send(Buffer.alloc(size, "x"));
    client.deliverAll();
    expect([backend.received.length > size, w.path.pool.lent]).to.deep.equal([true, 0]);
    w.say(backend, OK);
    w.say(client, GET);
    w.say(backend, OK);
    expect(w.requests.map(({ bytesIn, status }) => [bytesIn, status])).to.deep.equal([
      [size, 200],
      [0, 200],
    ]);
  });

  it("a buffer that the client is read into is lent until that socket is closed, also when the request is over before", () => {
    const w = new HttpWorld();
    const client = w.accept();
    w.say(client, postOf(1_000_000, ""));
    const backend = w.backend(0);
    client.send(Buffer.alloc(w.path.pool.scratch.length, "x"));
    client.deliverAll();
    expect(w.path.pool.lent).to.equal(1);
    w.say(backend, OK);
    expect([backend.ending, w.requests.length, client.isClosed, w.path.pool.lent]).to.deep.equal([
      "closed",
      1,
      false,
      1,
    ]);
    client.send(Buffer.alloc(200_000, "x"));
    w.fin(client);
    expect([client.isClosed, w.path.pool.lent, client.violations]).to.deep.equal([true, 0, []]);
    expect(w.endGauges()).to.deep.equal({ ...ALL_ZERO, idle: 0 });
  });
});
