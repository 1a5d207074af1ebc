import { once } from "node:events";
import { createServer as createHttpServer, type RequestListener } from "node:http";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import type { ProbeOutcome } from "../../src/control/health/check-result.ts";
import { createProbe, type ProbeOptions } from "../../src/control/health/create-probe.ts";
import type { Backend } from "../../src/model/backend.ts";

const defaults: ProbeOptions = {
  kind: "http",
  method: "GET",
  path: "/up",
  host: undefined,
  port: undefined,
  expect: [{ from: 200, to: 399 }],
  expectBody: undefined,
  drainOn: undefined,
  proxyHeader: undefined,
};

/** A port nobody listens on. */
export async function deadPort(): Promise<number> {
  const server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

export interface Asked {
  readonly options?: Partial<ProbeOptions>;
  readonly backend?: Partial<Backend>;
  readonly signal?: AbortSignal;
}

/** One probe of 127.0.0.1:`port`, by HTTP unless told otherwise. */
export function probe(
  port: number,
  { options = {}, backend = {}, signal = new AbortController().signal }: Asked = {},
): Promise<ProbeOutcome> {
  const target: Backend = { id: "a", host: "127.0.0.1", port, weight: 1, backup: false, maxConnections: 0, ...backend };
  return createProbe({ ...defaults, ...options })(target, signal);
}

/** Makes the servers of one test file; `sockets` are the connections to them that are open now. */
export function probeServers() {
  const servers: Server[] = [];
  const sockets = new Set<Socket>();

  async function listening(server: Server, host = "127.0.0.1"): Promise<number> {
    servers.push(server);
    server.on("connection", (socket: Socket) => {
      sockets.add(socket);
      socket.on("error", () => {});
      socket.on("close", () => sockets.delete(socket));
    });
    server.listen(0, host);
    await once(server, "listening");
    return (server.address() as AddressInfo).port;
  }

  function tcpServer(
    onConnection: (socket: Socket) => void = (socket) => socket.resume(),
    host?: string,
  ): Promise<number> {
    return listening(createServer(onConnection), host);
  }

  function httpServer(answer: RequestListener): Promise<number> {
    return listening(createHttpServer(answer));
  }

  /** A server that sends these bytes to whoever asks something, and ends. */
  function rawServer(...pieces: readonly string[]): Promise<number> {
    return tcpServer((socket) => {
      socket.once("data", () => {
        for (const piece of pieces) socket.write(piece, "latin1");
        socket.end();
      });
    });
  }

  /** Ends everything that the last test left. */
  async function closeAll(): Promise<void> {
    for (const socket of sockets) socket.destroy();
    const closed = servers.splice(0).map((server) => once(server.close(), "close"));
    await Promise.all(closed);
  }

  return { sockets, tcpServer, httpServer, rawServer, closeAll };
}
