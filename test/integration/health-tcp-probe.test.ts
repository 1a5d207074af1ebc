import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";
import { expect } from "chai";
import { endedSelfConnection } from "../../src/platform/socket-quirks.ts";
import { deadPort, probe, probeServers } from "./health-probe-rig.ts";

const { tcpServer, closeAll } = probeServers();

const tcp = { options: { kind: "tcp" } } as const;

describe("tcp probe", () => {
  afterEach(closeAll);

  it("passes when the connection is accepted, on both address families", async () => {
    expect(await probe(await tcpServer(), tcp)).to.deep.equal({ verdict: "pass", detail: "connected" });
    const v6 = await tcpServer(undefined, "::1");
    expect(await probe(v6, { ...tcp, backend: { host: "::1" } })).to.deep.equal({
      verdict: "pass",
      detail: "connected",
    });
  });

  it("fails when the connection is refused", async () => {
    expect(await probe(await deadPort(), tcp)).to.deep.equal({ verdict: "fail", detail: "connect refused" });
  });

  it("goes to the port of the setting, or to the one of the backend's own target", async () => {
    const dead = await deadPort();
    const alive = await tcpServer();
    expect((await probe(dead, { options: { kind: "tcp", port: alive } })).verdict).to.equal("pass");
    expect((await probe(dead, { ...tcp, backend: { health: { port: alive } } })).verdict).to.equal("pass");
    expect((await probe(alive, { ...tcp, backend: { health: { port: dead } } })).verdict).to.equal("fail");
  });

  it("ends the connection in good order: the backend sees an end, no error", async () => {
    const seen: string[] = [];
    const closed = new Promise<void>((resolve) => {
      void tcpServer((socket) => {
        socket.on("error", (error) => seen.push(error.message));
        socket.on("end", () => seen.push("end"));
        socket.on("close", () => resolve());
        socket.resume();
      }).then((port) => probe(port, tcp));
    });
    await closed;
    expect(seen).to.deep.equal(["end"]);
  });

  it("sends the PROXY header whole before it leaves", async () => {
    const header = Buffer.from("PROXY UNKNOWN\r\n");
    const received = new Promise<string>((resolve) => {
      const onConnection = (socket: Socket): void => {
        const pieces: Buffer[] = [];
        socket.on("data", (piece) => pieces.push(piece));
        socket.on("close", () => resolve(Buffer.concat(pieces).toString()));
      };
      void tcpServer(onConnection).then(async (port) => {
        const outcome = await probe(port, { options: { kind: "tcp", proxyHeader: () => header } });
        expect(outcome.verdict).to.equal("pass");
      });
    });
    expect(await received).to.equal("PROXY UNKNOWN\r\n");
  });

  it("gives up at once when its signal is aborted", async () => {
    const port = await tcpServer();
    const abort = new AbortController();
    // No connection is made before the event loop turns, so the abort comes first.
    const outcome = probe(port, { ...tcp, signal: abort.signal });
    abort.abort("timeout after 1s");
    expect(await outcome).to.deep.equal({ verdict: "fail", detail: "timeout after 1s, connecting" });
    const late = await probe(port, { ...tcp, signal: abort.signal });
    expect(late.detail).to.equal("timeout after 1s, connecting");
    expect((await probe(port, { signal: abort.signal })).detail).to.equal("timeout after 1s, connecting");
  });

  it("tells a connection that met itself from one that met a server, and leaves no trace of it on the port", async () => {
    const port = await deadPort();
    const lonely = connect({ host: "127.0.0.1", port, localPort: port });
    await once(lonely, "connect");
    expect(endedSelfConnection(lonely, port)).to.include({ code: "ECONNREFUSED" });
    const servedPort = await tcpServer();
    const served = connect({ host: "127.0.0.1", port: servedPort });
    await once(served, "connect");
    expect(endedSelfConnection(served, servedPort)).to.equal(undefined);
    if (!lonely.closed) await once(lonely, "close");
    await once(served.destroy(), "close");
    // In TIME_WAIT the port could not be listened on.
    const backend = createServer().listen(port, "127.0.0.1");
    await once(backend, "listening");
    await once(backend.close(), "close");
  });

  it("resolves names and says what is wrong with all of their addresses", async () => {
    const named = { ...tcp, backend: { host: "localhost" } };
    expect((await probe(await tcpServer(), named)).verdict).to.equal("pass");
    expect(await probe(await deadPort(), named)).to.deep.equal({ verdict: "fail", detail: "connect refused" });
  });
});
