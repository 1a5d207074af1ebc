import { expect } from "chai";
import { clusterOf } from "../../../support/clusters.ts";
import { GET, HttpWorld, message, OK, postOf, requestOf, sentTo } from "../../../support/http-world.ts";
import { ALL_ZERO } from "../../../support/path-world.ts";

const CLOSING = requestOf("GET /", ["Connection: close"]);
const DOWN = { snapshot: clusterOf({ a: { health: "unhealthy" } }) };

describe("Goodbye", () => {
  it("a client that is still sending gets the answer and the FIN, and is listened to until it closes", () => {
    const w = new HttpWorld(DOWN);
    const client = w.accept();
    w.say(client, postOf(1000, "only a part"));
    expect(sentTo(client)).to.match(/^HTTP\/1\.1 503 .*Connection: close/s);
    expect([client.finSent, client.ending, w.records.length]).to.deep.equal([true, undefined, 0]);
    w.say(client, "more, which nobody looks at\r\n\r\nGET / HTTP/1.1\r\n\r\n");
    expect(client.unread).to.equal(0);
    w.fin(client);
    expect([client.isClosed, w.records.length, w.requests.length]).to.deep.equal([true, 1, 1]);
    expect(w.endGauges()).to.deep.equal({ ...ALL_ZERO, idle: 0 });
  });

  it("is given two seconds, and is not reset, so that the kernel goes on sending what it has", () => {
    const w = new HttpWorld(DOWN);
    const client = w.accept();
    w.say(client, postOf(1000, "only a part"));
    w.advance(1999);
    expect(client.ending).to.equal(undefined);
    w.advance(1);
    expect([client.ending, w.records.length]).to.deep.equal(["closed", 1]);
    expect(w.endGauges()).to.deep.equal({ ...ALL_ZERO, idle: 0 });
  });

  it("is given no more than that when everybody is sent away meanwhile", () => {
    const w = new HttpWorld(DOWN);
    const client = w.accept();
    w.say(client, postOf(1000, "only a part"));
    w.advance(1500);
    w.path.closeAll("shutdown", true);
    expect(client.ending).to.equal(undefined);
    w.advance(500);
    expect([client.ending, w.records.length, w.requests.length]).to.deep.equal(["closed", 1, 1]);
    expect(w.endGauges()).to.deep.equal({ ...ALL_ZERO, idle: 0 });
  });

  it("behind an answer that the client asked to be the last, nothing is waited for", () => {
    const w = new HttpWorld();
    const { client, backend } = w.asked(CLOSING);
    w.say(backend, OK);
    expect([client.isClosed, client.finSent]).to.deep.equal([true, true]);
    expect(w.lastRecord).to.deep.include({ endedBy: "client", cause: "finished", requests: 1 });
  });

  it("when the end was our wish the client may have sent another request: it still gets its answer whole", () => {
    const w = new HttpWorld();
    const { client, backend } = w.asked(GET);
    w.path.leave(true);
    w.say(backend, OK);
    expect(sentTo(client)).to.match(/^HTTP\/1\.1 200 .*Connection: close.*ok$/s);
    expect([client.finSent, client.ending]).to.deep.equal([true, undefined]);
    w.say(client, GET);
    expect([client.unread, w.dialed.length]).to.deep.equal([0, 1]);
    w.fin(client);
    expect(w.endGauges()).to.deep.equal({ ...ALL_ZERO, idle: 0 });
  });

  describe("a client that does not even take the last answer cannot stay for ever", () => {
    const ends: readonly (readonly [string, (w: HttpWorld) => void])[] = [
      ["behind its last request", (w) => w.say(w.accept("192.0.2.1", { room: 0 }), CLOSING)],
      ["behind a malformed one", (w) => w.say(w.accept("192.0.2.1", { room: 0 }), "GET /\r\n\r\n")],
      [
        "when it has sent its FIN",
        (w) => {
          const client = w.accept("192.0.2.1", { room: 0 });
          w.say(client, GET);
          w.fin(client);
        },
      ],
      ["between two requests", (w) => w.say(w.accept("192.0.2.1", { room: 0 }), GET)],
      [
        "when everybody has to leave",
        (w) => {
          w.say(w.accept("192.0.2.1", { room: 0 }), GET);
          w.path.leave(true);
        },
      ],
      [
        "when it is sent away",
        (w) => {
          w.say(w.accept("192.0.2.1", { room: 0 }), GET);
          w.path.closeAll("shutdown", true);
        },
      ],
    ];
    for (const [when, happens] of ends) {
      it(when, () => {
        const w = new HttpWorld({ ...DOWN, http: { keepAliveTimeoutMs: 5000 } });
        happens(w);
        w.advance(20_000);
        expect([w.clients[0]?.ending, w.records.length]).to.deep.equal(["reset", 1]);
        expect(w.gauges()).to.deep.equal(ALL_ZERO);
      });
    }
  });

  it("what ends everything at once ends this, too", () => {
    const w = new HttpWorld(DOWN);
    const client = w.accept();
    w.say(client, postOf(1000, "only a part"));
    expect(w.endGauges()).to.deep.equal({ ...ALL_ZERO, idle: 0 });
    expect([client.ending, w.records.length], "the kernel has the whole answer").to.deep.equal(["closed", 1]);
  });

  it("also when it has not taken the last answer", () => {
    const w = new HttpWorld(DOWN);
    const client = w.accept("192.0.2.1", { room: 0 });
    w.say(client, postOf(1000, "only a part"));
    expect(w.endGauges()).to.deep.equal({ ...ALL_ZERO, idle: 0 });
    expect([client.ending, w.records.length]).to.deep.equal(["reset", 1]);
  });

  it("a polite end lets out an answer that is complete", () => {
    const w = new HttpWorld();
    const client = w.accept("192.0.2.1", { room: 100 });
    w.say(client, GET);
    const body = "x".repeat(30_000);
    w.say(w.backend(0), message(["HTTP/1.1 200 OK", "Content-Length: 30000"], body));
    w.path.closeAll("shutdown", true);
    w.advance(1000);
    client.grant();
    w.tasks.run();
    w.fin(client);
    expect(sentTo(client).endsWith(`\r\n\r\n${body}`)).to.equal(true);
    expect([client.finSent, client.violations]).to.deep.equal([true, []]);
    expect(w.endGauges()).to.deep.equal({ ...ALL_ZERO, idle: 0 });
  });

  it("and cuts one that is not, visibly", () => {
    const w = new HttpWorld();
    const { client, backend } = w.asked(GET);
    w.say(backend, message(["HTTP/1.1 200 OK", "Content-Length: 10"], "12345"));
    w.path.closeAll("shutdown", true);
    w.tasks.run();
    expect([client.ending, client.finSent]).to.deep.equal(["reset", false]);
    expect(w.lastRequest).to.deep.include({ status: 200, endedBy: "operator", cause: "shutdown" });
  });
});
