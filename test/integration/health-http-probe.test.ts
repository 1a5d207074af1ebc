import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { once } from "node:events";
import type { RequestListener } from "node:http";
import { expect } from "chai";
import type { ProbeOutcome } from "../../src/control/health/check-result.ts";
import type { ProbeOptions } from "../../src/control/health/create-probe.ts";
import { resetConnection } from "../../src/platform/socket-quirks.ts";
import { deadPort, probe, probeServers } from "./health-probe-rig.ts";

const { sockets, tcpServer, httpServer, rawServer, closeAll } = probeServers();

describe("http probe", () => {
  afterEach(closeAll);

  async function outcomeOf(status: number, more: Partial<ProbeOptions> = {}, body = ""): Promise<ProbeOutcome> {
    const port = await httpServer((_request, response) => response.writeHead(status).end(body));
    return probe(port, { options: more });
  }

  it("passes within the expected statuses; a redirect is an answer", async () => {
    expect(await outcomeOf(200)).to.deep.equal({ verdict: "pass", detail: "HTTP 200" });
    expect(await outcomeOf(204)).to.deep.equal({ verdict: "pass", detail: "HTTP 204" });
    expect(await outcomeOf(302)).to.deep.equal({ verdict: "pass", detail: "HTTP 302" });
  });

  it("fails outside of them and says what was expected", async () => {
    expect(await outcomeOf(503)).to.deep.equal({ verdict: "fail", detail: "HTTP 503, expected 200-399" });
    const only = [
      { from: 200, to: 200 },
      { from: 204, to: 204 },
    ];
    expect((await outcomeOf(201, { expect: only })).detail).to.equal("HTTP 201, expected 200,204");
  });

  it("asks for draining by status, even by one that would pass", async () => {
    const drainOn = [{ from: 404, to: 404 }];
    expect(await outcomeOf(404, { drainOn })).to.deep.equal({ verdict: "drain", detail: "HTTP 404" });
    expect((await outcomeOf(200, { drainOn: [{ from: 200, to: 200 }] })).verdict).to.equal("drain");
    expect((await outcomeOf(200, { drainOn })).verdict).to.equal("pass");
    expect((await outcomeOf(404)).verdict).to.equal("fail");
  });

  it("asks as it is told", async () => {
    const seen: unknown[] = [];
    const port = await httpServer(({ method, url, headers, httpVersion }, response) => {
      seen.push([method, url, headers.host, headers.connection, httpVersion]);
      response.end();
    });
    await probe(port);
    await probe(port, { options: { method: "HEAD", host: "shop.example" }, backend: { health: { path: "/own?x=1" } } });
    expect(seen).to.deep.equal([
      ["GET", "/up", `127.0.0.1:${port}`, "close", "1.1"],
      ["HEAD", "/own?x=1", "shop.example", "close", "1.1"],
    ]);
  });

  it("looks for a text in the body, across chunks and however late", async () => {
    const port = await httpServer((_request, response) => {
      response.write('{"status":');
      response.end('"up"}');
    });
    const options = { expectBody: '"status":"up"' };
    expect(await probe(port, { options })).to.deep.equal({ verdict: "pass", detail: "HTTP 200" });
    expect(await probe(port, { options: { expectBody: "down" } })).to.deep.equal({
      verdict: "fail",
      detail: 'HTTP 200, but the body lacks "down"',
    });
    expect((await outcomeOf(503, options, '"status":"up"')).detail).to.equal("HTTP 503, expected 200-399");
  });

  it("reads no more than 64 KiB of an endless body", async () => {
    const endless: RequestListener = (_request, response) => {
      const more = (): void => {
        while (response.write(Buffer.alloc(16_384, "x")));
      };
      response.on("drain", more);
      more();
    };
    const lacking = await probe(await httpServer(endless), { options: { expectBody: "ok" } });
    expect(lacking.detail).to.equal('HTTP 200, but the first 64 KiB of the body lacks "ok"');
    expect((await probe(await httpServer(endless))).verdict).to.equal("pass");
  });

  it("holds to its verdict when the deadline comes in the middle of a slow body", async () => {
    for (const [expectBody, expected] of [
      [undefined, { verdict: "pass", detail: "HTTP 200" }],
      ["begin", { verdict: "pass", detail: "HTTP 200" }],
      ["ending", { verdict: "fail", detail: "timeout after 1s, reading the body" }],
    ] as const) {
      const abort = new AbortController();
      // Head and first piece come in one segment: when the head was read, the piece is at hand.
      const port = await tcpServer((socket) => {
        socket.once("data", () => socket.write("HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\nbeginning"));
      });
      const headRead = new Promise<void>((resolve) => {
        const onHead = (): void => {
          unsubscribe("http.client.response.finish", onHead);
          setImmediate(resolve);
        };
        subscribe("http.client.response.finish", onHead);
      });
      const outcome = probe(port, { options: { expectBody }, signal: abort.signal });
      await headRead;
      abort.abort("timeout after 1s");
      expect(await outcome).to.deep.equal(expected);
    }
  });

  it("fails when there is no answer by the deadline", async () => {
    const abort = new AbortController();
    const port = await tcpServer((socket) => socket.once("data", () => abort.abort("timeout after 1s")));
    const outcome = await probe(port, { signal: abort.signal });
    expect(outcome).to.deep.equal({ verdict: "fail", detail: "timeout after 1s, waiting for the answer" });
  });

  it("fails when nobody listens", async () => {
    expect(await probe(await deadPort())).to.deep.equal({ verdict: "fail", detail: "connect refused" });
  });

  it("fails on what is not HTTP, whole or in part", async () => {
    expect((await probe(await rawServer("SSH-2.0-OpenSSH_9.2\r\n"))).detail).to.equal("the answer is not HTTP");
    expect((await probe(await rawServer("HTTP/1.1 200 OK\r\nBad Header: x\r\n\r\n"))).detail).to.equal(
      "the answer is not HTTP",
    );
    const huge = `HTTP/1.1 200 OK\r\nx: ${"y".repeat(20_000)}\r\n\r\n`;
    expect((await probe(await rawServer(huge))).detail).to.equal("the head of the answer is above 16 KiB");
  });

  it("fails when the connection ends before the answer", async () => {
    const expected = { verdict: "fail", detail: "connection closed while waiting for the answer" };
    expect(await probe(await rawServer())).to.deep.equal(expected);
    expect(await probe(await rawServer("HTTP/1.1 200 OK\r\ncontent-le"))).to.deep.equal(expected);
    const reset = await tcpServer((socket) => socket.once("data", () => resetConnection(socket)));
    expect(await probe(reset)).to.deep.equal({ verdict: "fail", detail: "connection reset" });
  });

  it("needs the whole body only when it looks for something there", async () => {
    const half = "HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf";
    expect(await probe(await rawServer(half))).to.deep.equal({ verdict: "pass", detail: "HTTP 200" });
    expect(await probe(await rawServer(half), { options: { expectBody: "whole" } })).to.deep.equal({
      verdict: "fail",
      detail: "connection closed while reading the body",
    });
  });

  it("sends the PROXY header before the request", async () => {
    const port = await tcpServer((socket) => {
      socket.once("data", (piece) => {
        const good = piece.toString("latin1").startsWith("PROXY UNKNOWN\r\nGET /up HTTP/1.1\r\n");
        socket.end(`HTTP/1.1 ${good ? 200 : 400} x\r\ncontent-length: 0\r\n\r\n`);
      });
    });
    const options = { proxyHeader: () => Buffer.from("PROXY UNKNOWN\r\n") };
    expect(await probe(port, { options })).to.deep.equal({ verdict: "pass", detail: "HTTP 200" });
    expect((await probe(port)).detail).to.equal("HTTP 400, expected 200-399");
  });

  it("decides nothing when it cannot even ask", async () => {
    const port = await tcpServer();
    const outcome = await probe(port, { backend: { health: { path: "/with space" } } });
    expect(outcome.verdict).to.equal("undecided");
    expect(outcome.detail).to.include("the request cannot be sent");
  });

  it("leaves no connection open", async () => {
    const port = await httpServer((_request, response) => response.end("ok"));
    await probe(port);
    const closed = [...sockets].map((socket) => once(socket, "close"));
    await Promise.all(closed);
    expect(sockets.size).to.equal(0);
  });
});
