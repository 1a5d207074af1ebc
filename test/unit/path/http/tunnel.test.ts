import { expect } from "chai";
import { HttpWorld, message, OK, requestOf, sentTo } from "../../../support/http-world.ts";
import { ALL_ZERO } from "../../../support/path-world.ts";

const UPGRADE = ["Connection: Upgrade", "Upgrade: chat"];
const ASKED = requestOf("GET /chat", UPGRADE);
const SWITCHING = message(["HTTP/1.1 101 Switching Protocols", "Connection: Upgrade", "Upgrade: chat"]);

describe("Tunnel", () => {
  it("behind 101 both directions carry any bytes, early ones first", () => {
    const w = new HttpWorld();
    const client = w.accept();
    w.say(client, ASKED);
    w.say(client, "early ");
    const backend = w.backend(0);
    const head = sentTo(backend);
    expect(head).to.match(/^GET \/chat HTTP\/1\.1\r\n.*Upgrade: chat\r\n\r\n$/s);
    w.say(backend, `${SWITCHING}hello `);
    w.say(client, "GET / HTTP/1.1\r\n\r\n");
    w.say(backend, "client");
    expect(sentTo(backend)).to.equal(`${head}early GET / HTTP/1.1\r\n\r\n`);
    expect(sentTo(client)).to.match(/^HTTP\/1\.1 101 .*\r\n\r\nhello client$/s);
    w.fin(client);
    expect(backend.finSent).to.equal(true);
    w.fin(backend);
    const bytesIn = "early GET / HTTP/1.1\r\n\r\n".length;
    expect(w.lastRequest).to.deep.include({ status: 101, upgraded: true, cause: "finished", bytesIn });
    expect(w.lastRequest.bytesOut).to.equal(sentTo(client).length);
    expect([w.requests.length, w.records.length]).to.deep.equal([1, 1]);
    expect(w.endGauges()).to.deep.equal({ ...ALL_ZERO, idle: 0 });
  });

  it("early bytes behind another verdict are the next request", () => {
    const w = new HttpWorld();
    const { client, backend } = w.asked(ASKED + requestOf("GET /next"));
    w.say(backend, OK);
    expect(sentTo(backend)).to.match(/GET \/next HTTP\/1\.1\r\nHost: shop\r\n\r\n$/);
    w.say(backend, OK);
    w.fin(client);
    expect(w.requests.map(({ status, upgraded }) => [status, upgraded])).to.deep.equal([
      [200, false],
      [200, false],
    ]);
  });

  it("101 that was not asked for is a bad answer", () => {
    const w = new HttpWorld();
    const { client, backend } = w.asked(requestOf("GET /", ["Upgrade: chat"]));
    w.say(backend, SWITCHING);
    expect(sentTo(client)).to.match(/^HTTP\/1\.1 502 /);
    expect(w.lastRequest).to.deep.include({ cause: "bad-response", refusal: "unasked-upgrade" });
    expect(backend.ending).to.equal("closed");
  });

  it("101 in the middle of the request's body is one, too: what follows would be no tunnel's bytes", () => {
    const w = new HttpWorld({ path: { bufferBytes: 128 * 1024 } });
    const { client, backend } = w.asked(requestOf("POST /chat", [...UPGRADE, "Content-Length: 500000"]));
    // Fills one read after the other, so that the next one goes to a buffer of the pool.
    w.say(client, "x".repeat(80_000));
    w.say(backend, SWITCHING);
    expect(sentTo(client)).to.match(/^HTTP\/1\.1 502 .*Connection: close/s);
    w.say(client, "y".repeat(200_000));
    expect(sentTo(backend)).to.not.contain("y");
    w.fin(client);
    expect(w.lastRequest).to.deep.include({ status: 502, upgraded: false, cause: "bad-response" });
    expect(w.endGauges()).to.deep.equal({ ...ALL_ZERO, idle: 0 });
  });

  it("has a patience of its own, and the one for answers does not end it", () => {
    const w = new HttpWorld({ http: { responseTimeoutMs: 100, upgradeIdleTimeoutMs: 5000 } });
    const { client, backend } = w.asked(ASKED);
    w.say(backend, SWITCHING);
    w.advance(4999);
    w.say(backend, "ping");
    w.advance(4999);
    expect(client.ending).to.equal(undefined);
    w.advance(1);
    expect([client.ending, backend.ending]).to.deep.equal(["reset", "reset"]);
    expect(w.lastRequest).to.deep.include({ cause: "idle-timeout", upgraded: true });
    expect(w.endGauges()).to.deep.equal({ ...ALL_ZERO, idle: 0 });
  });

  it("a client that had sent its FIN with the request may still listen", () => {
    const w = new HttpWorld();
    const client = w.accept();
    w.say(client, ASKED);
    w.fin(client);
    const backend = w.backend(0);
    w.say(backend, `${SWITCHING}news`);
    expect(backend.finSent).to.equal(true);
    w.fin(backend);
    expect(sentTo(client)).to.match(/news$/);
    expect(w.endGauges()).to.deep.equal({ ...ALL_ZERO, idle: 0 });
  });

  it("closing the backend ends it", () => {
    const w = new HttpWorld();
    const { client, backend } = w.asked(ASKED);
    w.say(backend, SWITCHING);
    w.path.closeBackend(0, "operator", "drain-deadline", true);
    w.tasks.run();
    expect([client.finSent, backend.finSent]).to.deep.equal([true, true]);
    expect(w.lastRequest).to.deep.include({ endedBy: "operator", cause: "drain-deadline", upgraded: true });
    expect(w.endGauges()).to.deep.equal({ ...ALL_ZERO, idle: 0 });
  });
});
