import { expect } from "chai";
import { closeAfterEach } from "../../support/close-after-each.ts";
import { within } from "../../support/gathered.ts";
import { HttpBalancer } from "../../support/http/http-balancer.ts";
import { fieldOf, type HttpClient, requestText } from "../../support/http/http-client.ts";
import { type Serve, startWebBackend } from "../../support/http/web-backend.ts";
import { TestBackend } from "../../support/test-backend.ts";

const LIMIT_MS = 100;
const LIMIT = `${LIMIT_MS}ms`;
const DEADLINE_MS = 5_000;

describe("http mode, limits of time", () => {
  const later = closeAfterEach();

  async function start(flags: Record<string, string>, serve?: Serve): Promise<HttpBalancer> {
    return HttpBalancer.start(later, [await startWebBackend(later, "app", serve)], flags);
  }

  /** Sends one byte after the other every few ms until it is told otherwise. */
  function trickle(client: HttpClient, text: string, everyMs: number): void {
    let at = 0;
    const timer = setInterval(() => {
      client.send(text[at++ % text.length] ?? "");
    }, everyMs);
    const stop = (): void => clearInterval(timer);
    client.wire.socket.on("close", stop);
    later(stop);
  }

  it("HTTP_HEAD_TIMEOUT: a head that comes byte by byte gets 408 when its time is over, as first request and as a later one", async () => {
    const lengket = await start({ HTTP_HEAD_TIMEOUT: "250ms" });
    for (const isFirst of [true, false]) {
      const client = await lengket.open();
      if (!isFirst) await client.ask({});
      const startedMs = performance.now();
      trickle(client, `GET / HTTP/1.1\r\nX: ${"slow".repeat(500)}`, 10);
      const received = await within(DEADLINE_MS, "the 408", client.answer());
      expect(received.status).to.equal(408);
      expect(performance.now() - startedMs).to.be.above(240);
      expect(fieldOf(received, "connection")).to.equal("close");
      client.wire.end();
      await within(DEADLINE_MS, "the end", client.ended);
    }
    const late = (await lengket.requests.atLeast(3)).filter(({ status }) => status === 408);
    expect(late).to.have.length(2);
    for (const record of late) {
      expect(record).to.include({ cause: "head-timeout", endedBy: "balancer", phase: "request", state: "cR--" });
      expect(record.totalMs).to.be.within(200, 5000);
    }
  });

  it("HTTP_HEAD_TIMEOUT: who connects and says nothing is closed without a word", async () => {
    const lengket = await start({ HTTP_HEAD_TIMEOUT: LIMIT });
    const client = await lengket.open();
    expect(await within(DEADLINE_MS, "the end", client.rest())).to.equal("");
    expect((await lengket.records.atLeast(1))[0]).to.include({ cause: "head-timeout", requests: 0, state: "cR" });
    expect(lengket.requests.items).to.have.length(0);
  });

  it("HTTP_KEEPALIVE_TIMEOUT: an idle connection is closed, which is a normal end; one in use is not", async () => {
    const lengket = await start({ HTTP_KEEPALIVE_TIMEOUT: "300ms", HTTP_HEAD_TIMEOUT: "0" });
    const client = await lengket.open();
    const startedMs = performance.now();
    while (performance.now() - startedMs < 600) expect((await client.ask({})).status).to.equal(200);
    const idleFromMs = performance.now();
    expect(await within(DEADLINE_MS, "the end", client.rest())).to.equal("");
    expect(performance.now() - idleFromMs).to.be.above(280);
    expect(await client.ended).to.equal("fin");
    expect((await lengket.records.atLeast(1))[0]).to.include({ cause: "keep-alive-timeout", state: "--" });
  });

  it("HTTP_RESPONSE_TIMEOUT: 504 and record sH; the backend connection is closed, the client's goes on", async () => {
    const lengket = await start({ HTTP_RESPONSE_TIMEOUT: LIMIT }, (seen, response) => {
      if (seen.target !== "/slow") response.end("fast");
    });
    const client = await lengket.open();
    await client.ask({ target: "/fast" });
    for (const ask of [{ target: "/slow" }, { target: "/slow", method: "POST", body: "b" }]) {
      const received = await within(DEADLINE_MS, "the 504", client.ask(ask));
      expect(received.status).to.equal(504);
      expect(fieldOf(received, "connection")).to.equal(undefined);
    }
    expect((await client.ask({ target: "/fast" })).body).to.equal("fast");
    const [, slow, post] = await lengket.requests.atLeast(4);
    for (const record of [slow, post]) {
      expect(record).to.include({ cause: "response-timeout", endedBy: "balancer", phase: "response", status: 504 });
      // A cookie was not asked for and none was set.
      expect(record?.state).to.equal("sHNN");
    }
    expect(lengket.balancer.gauges).to.include({ leases: 0, idleUpstreams: 1 });
  });

  it("HTTP_RESPONSE_TIMEOUT does not count while the client still sends, nor when the head of the answer is there", async () => {
    const lengket = await start({ HTTP_RESPONSE_TIMEOUT: "150ms" }, (seen, response) => {
      response.write(`${seen.body} and `);
      setTimeout(() => response.end("more"), 400);
    });
    const client = await lengket.open();
    client.send("POST / HTTP/1.1\r\nHost: shop\r\nContent-Length: 40\r\n\r\n");
    const startedMs = performance.now();
    await new Promise<void>((resolve) => {
      let sent = 0;
      const timer = setInterval(() => {
        client.send("x");
        if (++sent < 40) return;
        clearInterval(timer);
        resolve();
      }, 10);
    });
    expect(performance.now() - startedMs).to.be.above(380);
    expect((await within(DEADLINE_MS, "the answer", client.answer())).body).to.equal(`${"x".repeat(40)} and more`);
  });

  it("IDLE_TIMEOUT: a body that stops coming gets 408, an answer that stops coming is cut", async () => {
    const lengket = await start({ IDLE_TIMEOUT: LIMIT }, (seen, response) => {
      response.setHeader("Content-Length", 10);
      response.write(seen.target);
    });
    const sender = await lengket.open();
    sender.send("POST /1 HTTP/1.1\r\nHost: shop\r\nContent-Length: 5\r\n\r\nab");
    expect((await within(DEADLINE_MS, "the 408", sender.answer())).status).to.equal(408);
    expect(await lengket.requestOf("/1")).to.include({ cause: "idle-timeout", state: "cHNN" });

    const reader = await lengket.open();
    reader.send({ target: "/2" });
    expect(await within(DEADLINE_MS, "the end", reader.ended)).to.equal("reset");
    expect(await lengket.requestOf("/2")).to.include({ cause: "idle-timeout", state: "sDNI" });
  });

  /** Speaks in echoes after its 101. */
  async function startTunnels(flags: Record<string, string>): Promise<HttpBalancer> {
    const backend = await TestBackend.start("app", (socket) => {
      socket.once("data", () => {
        socket.write("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n");
        socket.pipe(socket);
      });
    });
    later(() => backend.kill());
    return HttpBalancer.start(later, [backend], flags);
  }

  it("UPGRADE_IDLE_TIMEOUT ends a tunnel in which nothing moves, and only that; the other limits do not count there", async () => {
    const lengket = await startTunnels({
      ...{ UPGRADE_IDLE_TIMEOUT: "400ms", IDLE_TIMEOUT: "50ms" },
      ...{ HTTP_KEEPALIVE_TIMEOUT: "50ms", HTTP_HEAD_TIMEOUT: "50ms", HTTP_RESPONSE_TIMEOUT: "50ms" },
    });
    const client = await lengket.open();
    client.send(requestText({ fields: ["Connection: Upgrade", "Upgrade: echo"] }));
    const received = await client.answer();
    expect(received.status).to.equal(101);
    const startedMs = performance.now();
    for (let i = 0; performance.now() - startedMs < 800; i++) {
      client.send(`${i}\n`);
      expect(await client.wire.line()).to.equal(`${i}`);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    const idleFromMs = performance.now();
    await within(DEADLINE_MS, "the end", client.ended);
    expect(performance.now() - idleFromMs).to.be.above(250);
    const record = await lengket.requestOf("/");
    expect(record).to.include({ status: 101, upgraded: true, cause: "idle-timeout", phase: "relay" });
    expect(record.state).to.match(/^[cs]DNI$/);
    expect((await lengket.records.atLeast(1))[0]).to.include({ cause: "idle-timeout", requests: 1 });
    expect(lengket.balancer.gauges).to.include({ open: 0, leases: 0, idleUpstreams: 0, buffersLent: 0 });
  });
});
