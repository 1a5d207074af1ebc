import type { Socket } from "node:net";
import { expect } from "chai";
import { closeAfterEach } from "../../support/close-after-each.ts";
import { Gathered, within } from "../../support/gathered.ts";
import { HttpBalancer } from "../../support/http/http-balancer.ts";
import { fieldOf, type HttpClient, requestText } from "../../support/http/http-client.ts";
import { startWebBackend } from "../../support/http/web-backend.ts";
import { SteppedClock } from "../../support/stepped-clock.ts";
import { TestBackend } from "../../support/test-backend.ts";

const DEADLINE_MS = 5_000;

describe("http mode, limits of time", () => {
  const later = closeAfterEach();

  /** A backend that is told of every piece of what it is sent on a connection, and of all of that so far. */
  async function startBackend(onPiece: (socket: Socket, soFar: string) => void): Promise<TestBackend> {
    const backend = await TestBackend.start("app", (socket) => {
      let soFar = "";
      socket.on("data", (piece: Buffer) => {
        soFar += piece.toString("latin1");
        onPiece(socket, soFar);
      });
    });
    later(() => backend.kill());
    return backend;
  }

  /** The first line of the next head, which is read to its end. */
  async function headOf(client: HttpClient): Promise<string> {
    const first = await client.wire.line();
    for (let line = first; line !== "\r"; line = await client.wire.line());
    return first;
  }

  /** Sends one byte after the other every few ms until it is told otherwise. */
  function trickle(client: HttpClient, text: string, everyMs: number): void {
    let at = 0;
    const sendOne = (): void => client.send(text[at++ % text.length] ?? "");
    sendOne();
    const timer = setInterval(sendOne, everyMs);
    const stop = (): void => clearInterval(timer);
    client.wire.socket.on("close", stop);
    later(stop);
  }

  it("HTTP_HEAD_TIMEOUT: a head that comes byte by byte gets 408 when its time is over, as first request and as a later one", async () => {
    const lengket = await HttpBalancer.start(later, [await startWebBackend(later, "app")], {
      HTTP_HEAD_TIMEOUT: "250ms",
    });
    for (const isFirst of [true, false]) {
      // The first head has to come in that time after the connection, later ones after their first byte.
      const connectedMs = performance.now();
      const client = await lengket.open();
      if (!isFirst) await client.ask({});
      const startedMs = isFirst ? connectedMs : performance.now();
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
      expect(record.totalMs).to.be.within(0, DEADLINE_MS);
    }
  });

  it("HTTP_HEAD_TIMEOUT: who connects and says nothing is closed without a word", async () => {
    const lengket = await HttpBalancer.start(later, [await startWebBackend(later, "app")], {
      HTTP_HEAD_TIMEOUT: "100ms",
    });
    const client = await lengket.open();
    expect(await within(DEADLINE_MS, "the end", client.rest())).to.equal("");
    expect((await lengket.records.atLeast(1))[0]).to.include({ cause: "head-timeout", requests: 0, state: "cR" });
    expect(lengket.requests.items).to.have.length(0);
  });

  it("HTTP_KEEPALIVE_TIMEOUT: an idle connection is closed, which is a normal end; one in use is not", async () => {
    const clock = new SteppedClock();
    const flags = { HTTP_KEEPALIVE_TIMEOUT: "300ms", HTTP_HEAD_TIMEOUT: "0" };
    const lengket = await HttpBalancer.start(later, [await startWebBackend(later, "app")], flags, { clock });
    const client = await lengket.open();
    for (let i = 0; i < 4; i++) {
      expect((await client.ask({})).status).to.equal(200);
      clock.advance(299);
    }
    expect(lengket.balancer.gauges.open, "not before").to.equal(1);
    clock.advance(1);
    expect(await within(DEADLINE_MS, "the end", client.rest())).to.equal("");
    expect(await client.ended).to.equal("fin");
    client.wire.end();
    expect((await lengket.records.atLeast(1))[0]).to.include({ cause: "keep-alive-timeout", state: "--" });
  });

  it("HTTP_RESPONSE_TIMEOUT: 504 and record sH; the backend connection is closed, the client's goes on", async () => {
    const clock = new SteppedClock();
    const arrived = new Gathered<string>();
    const backend = await startWebBackend(later, "app", (seen, response) => {
      if (seen.target !== "/slow") response.end("fast");
      else arrived.push(seen.method);
    });
    const lengket = await HttpBalancer.start(later, [backend], { HTTP_RESPONSE_TIMEOUT: "100ms" }, { clock });
    const client = await lengket.open();
    await client.ask({ target: "/fast" });
    for (const [before, ask] of [{ target: "/slow" }, { target: "/slow", method: "POST", body: "b" }].entries()) {
      client.send(ask);
      await arrived.atLeast(before + 1);
      clock.advance(99);
      expect(lengket.balancer.gauges.leases, "not before").to.equal(1);
      clock.advance(1);
      const received = await within(DEADLINE_MS, "the 504", client.answer());
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
    const clock = new SteppedClock();
    const bodies = new Gathered<string>();
    let answering: Socket | undefined;
    const backend = await startBackend((socket, soFar) => {
      const [, body = ""] = soFar.split("\r\n\r\n");
      if (body.length === 40) {
        answering = socket;
        socket.write(`HTTP/1.1 200 OK\r\nContent-Length: 49\r\n\r\n${body} and `);
      }
      bodies.push(body);
    });
    const lengket = await HttpBalancer.start(later, [backend], { HTTP_RESPONSE_TIMEOUT: "150ms" }, { clock });
    const client = await lengket.open();
    client.send("POST / HTTP/1.1\r\nHost: shop\r\nContent-Length: 40\r\n\r\n");
    for (let sent = 1; sent <= 40; sent++) {
      client.send("x");
      await bodies.first(`${sent} bytes`, (body) => body.length === sent);
      if (sent < 40) clock.advance(100);
    }
    expect(await headOf(client)).to.contain(" 200 ");
    expect(`${await client.wire.read(45)}`).to.equal(`${"x".repeat(40)} and `);
    clock.advance(1000);
    answering?.write("more");
    expect(`${await client.wire.read(4)}`).to.equal("more");
  });

  it("IDLE_TIMEOUT: a body that stops coming gets 408, an answer that stops coming is cut", async () => {
    const clock = new SteppedClock();
    const bodies = new Gathered<string>();
    const backend = await startBackend((socket, soFar) => {
      bodies.push(soFar.split("\r\n\r\n")[1] ?? "");
      if (soFar.startsWith("GET /2 ")) socket.write("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n/2");
    });
    const lengket = await HttpBalancer.start(later, [backend], { IDLE_TIMEOUT: "100ms" }, { clock });
    const sender = await lengket.open();
    sender.send("POST /1 HTTP/1.1\r\nHost: shop\r\nContent-Length: 5\r\n\r\nab");
    await bodies.first("two bytes", (body) => body === "ab");
    clock.advance(99);
    expect(lengket.requests.items, "not before").to.deep.equal([]);
    clock.advance(1);
    expect((await within(DEADLINE_MS, "the 408", sender.answer())).status).to.equal(408);
    expect(await lengket.requestOf("/1")).to.include({ cause: "idle-timeout", state: "cHNN" });

    const reader = await lengket.open();
    reader.send({ target: "/2" });
    expect(await headOf(reader)).to.contain(" 200 ");
    expect(`${await reader.wire.read(2)}`).to.equal("/2");
    clock.advance(99);
    expect(lengket.requests.items, "not before").to.have.length(1);
    clock.advance(1);
    expect(await within(DEADLINE_MS, "the end", reader.ended)).to.equal("reset");
    expect(await lengket.requestOf("/2")).to.include({ cause: "idle-timeout", state: "sDNI" });
  });

  it("UPGRADE_IDLE_TIMEOUT ends a tunnel in which nothing moves, and only that; the other limits do not count there", async () => {
    const clock = new SteppedClock();
    // Speaks in echoes after its 101.
    const backend = await TestBackend.start("app", (socket) => {
      socket.once("data", () => {
        socket.write("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n");
        socket.pipe(socket);
      });
    });
    later(() => backend.kill());
    const flags = {
      ...{ UPGRADE_IDLE_TIMEOUT: "400ms", IDLE_TIMEOUT: "50ms" },
      ...{ HTTP_KEEPALIVE_TIMEOUT: "50ms", HTTP_HEAD_TIMEOUT: "50ms", HTTP_RESPONSE_TIMEOUT: "50ms" },
    };
    const lengket = await HttpBalancer.start(later, [backend], flags, { clock });
    const client = await lengket.open();
    client.send(requestText({ fields: ["Connection: Upgrade", "Upgrade: echo"] }));
    expect((await client.answer()).status).to.equal(101);
    for (let i = 0; i < 8; i++) {
      clock.advance(399);
      client.send(`${i}\n`);
      expect(await client.wire.line()).to.equal(`${i}`);
    }
    clock.advance(399);
    expect(lengket.balancer.gauges.open, "not before").to.equal(1);
    clock.advance(1);
    await within(DEADLINE_MS, "the end", client.ended);
    const record = await lengket.requestOf("/");
    expect(record).to.include({ status: 101, upgraded: true, cause: "idle-timeout", phase: "relay" });
    expect(record.state).to.match(/^[cs]DNI$/);
    expect((await lengket.records.atLeast(1))[0]).to.include({ cause: "idle-timeout", requests: 1 });
    expect(lengket.balancer.gauges).to.include({ open: 0, leases: 0, idleUpstreams: 0, buffersLent: 0 });
  });
});
