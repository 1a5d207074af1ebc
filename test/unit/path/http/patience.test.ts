import { expect } from "chai";
import { optionsOf } from "../../../support/data-path-of.ts";
import { GET, HttpWorld, message, OK, postOf, sentTo } from "../../../support/http-world.ts";
import { ALL_ZERO } from "../../../support/path-world.ts";

const EVENTS = message(["HTTP/1.1 200 OK", "Content-Type: text/event-stream"]);

/** The backend has to answer within 100 ms, and nothing may be silent for 1000 ms. */
function world(more: { readonly idleTimeoutMs?: number } = {}): HttpWorld {
  const relay = { ...optionsOf().relay, idleTimeoutMs: 1000, ...more };
  return new HttpWorld({ http: { responseTimeoutMs: 100 }, path: { relay } });
}

describe("Patience", () => {
  it("a backend that says nothing in time: 504, and the client connection goes on", () => {
    const w = world();
    const { client, backend } = w.asked(GET);
    w.advance(99);
    expect(sentTo(client)).to.equal("");
    w.advance(1);
    expect(sentTo(client)).to.match(/^HTTP\/1\.1 504 /);
    expect(w.lastRequest).to.deep.include({
      status: 504,
      cause: "response-timeout",
      endedBy: "balancer",
      state: "sH--",
    });
    expect([client.ending, backend.ending]).to.deep.equal([undefined, "closed"]);
    w.say(client, GET);
    w.say(w.backend(1), OK);
    expect(w.lastRequest.status).to.equal(200);
    expect(w.endGauges()).to.deep.equal({ ...ALL_ZERO, idle: 0 });
  });

  it("an interim answer is no answer", () => {
    const w = world();
    const { client, backend } = w.asked(GET);
    w.advance(60);
    w.say(backend, message(["HTTP/1.1 103 Early Hints"]));
    w.advance(40);
    expect(w.lastRequest).to.deep.include({ status: 504, cause: "response-timeout" });
    expect(sentTo(client)).to.match(/^HTTP\/1\.1 103 .*\r\n\r\nHTTP\/1\.1 504 /s);
  });

  it("once the head of the answer is there, a quiet stream of events has the whole idle time", () => {
    const w = world();
    const { client, backend } = w.asked(GET);
    w.say(backend, EVENTS);
    w.advance(999);
    w.say(backend, "data: 1\n\n");
    expect(sentTo(client)).to.match(/\r\n9\r\ndata: 1\n\n\r\n$/);
    w.advance(999);
    expect(client.ending).to.equal(undefined);
    w.advance(1);
    expect(w.lastRequest).to.deep.include({ status: 200, cause: "idle-timeout", endedBy: "balancer", phase: "relay" });
    expect(client.ending).to.equal("reset");
  });

  it("without an idle timeout it may be quiet for ever", () => {
    const w = world({ idleTimeoutMs: 0 });
    const { client, backend } = w.asked(GET);
    w.say(backend, EVENTS);
    w.advance(86_400_000);
    expect([client.ending, backend.ending]).to.deep.equal([undefined, undefined]);
    w.reset(client);
    expect(w.endGauges()).to.deep.equal({ ...ALL_ZERO, idle: 0 });
  });

  it("a client may take as long as it likes over its body, as long as it goes on", () => {
    const w = world();
    const { client, backend } = w.asked(postOf(5, ""));
    for (const byte of "slow!") {
      w.advance(900);
      w.say(client, byte);
    }
    expect([sentTo(client), sentTo(backend).slice(-5)]).to.deep.equal(["", "slow!"]);
    w.say(backend, OK);
    expect(w.lastRequest).to.deep.include({ status: 200, bytesIn: 5, totalMs: 4500 });
  });

  it("a client that stops in the middle of its body: 408, and the rest is not waited for", () => {
    const w = world();
    const { client } = w.asked(postOf(5, "123"));
    w.advance(1000);
    expect(sentTo(client)).to.match(/^HTTP\/1\.1 408 .*\r\nConnection: close\r\n/s);
    expect(w.lastRequest).to.deep.include({ status: 408, cause: "idle-timeout", endedBy: "balancer", state: "cH--" });
  });

  it("a backend that stops taking the body: 504, the client is not to blame", () => {
    const w = world();
    w.room = 100;
    const { client } = w.asked(postOf(50_000, "x".repeat(20_000)));
    expect(client.isReading).to.equal(false);
    client.grant();
    w.advance(2000);
    expect(sentTo(client)).to.match(/^HTTP\/1\.1 504 /);
    expect(w.lastRequest).to.deep.include({ status: 504, cause: "idle-timeout", state: "sH--" });
  });

  it("a client that takes nothing of its answer is reset, and the answer does not look whole", () => {
    const w = world();
    const client = w.accept("192.0.2.1", { room: 500 });
    w.say(client, GET);
    const backend = w.backend(0);
    w.say(backend, message(["HTTP/1.1 200 OK", "Content-Length: 20000"], "x".repeat(20_000)));
    // The backlog that it has built up counts as movement, once.
    w.advance(2000);
    expect(w.lastRequest).to.deep.include({ status: 200, cause: "idle-timeout", state: "cD--" });
    expect([client.received.length, client.ending]).to.deep.equal([500, "reset"]);
  });

  it("one that takes it bit by bit is waited for", () => {
    const w = world();
    const client = w.accept("192.0.2.1", { room: 0 });
    w.say(client, GET);
    w.say(w.backend(0), message(["HTTP/1.1 200 OK", "Content-Length: 20000"], "x".repeat(20_000)));
    for (let taken = 0; taken < 20_100; taken += 1000) {
      w.advance(900);
      client.grant(1000);
    }
    w.tasks.run();
    expect(w.lastRequest).to.deep.include({ status: 200, cause: "finished" });
    expect(client.received.subarray(-20_000).equals(Buffer.alloc(20_000, "x"))).to.equal(true);
  });

  it("what a side takes at last counts as a sign of life", () => {
    const w = world();
    const client = w.accept("192.0.2.1", { room: 0 });
    w.say(client, GET);
    const backend = w.backend(0);
    w.say(backend, EVENTS);
    w.advance(900);
    client.grant();
    w.tasks.run();
    w.advance(900);
    expect(client.ending).to.equal(undefined);
    w.say(backend, "data: 2\n\n");
    expect(sentTo(client)).to.contain("data: 2\n\n");
  });

  it("the time for the answer counts anew on the connection that replaces a dead one", () => {
    const w = world();
    const { client, backend } = w.asked(GET);
    w.say(backend, OK);
    w.say(client, GET);
    w.advance(60);
    w.reset(backend);
    w.advance(60);
    const fresh = w.backend(1);
    w.advance(60);
    w.say(fresh, OK);
    expect(w.requests.map(({ status }) => status)).to.deep.equal([200, 200]);
  });
});
