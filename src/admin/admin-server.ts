import { unlinkSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { ownerOnly } from "../platform/owner-only.ts";
import { isStaleSocket } from "../platform/stale-socket.ts";
import { isLoopbackHost } from "./loopback-host.ts";
import { BadQuestion } from "./question.ts";

/** A place that only this machine can reach. */
export type AdminPlace =
  | { readonly kind: "tcp"; readonly host: string; readonly port: number }
  | { readonly kind: "unix"; readonly path: string };

/** Answers a question with something that becomes JSON. Changes nothing. @throws BadQuestion */
export type Resource = (query: URLSearchParams) => unknown;

export interface AdminServerParts {
  readonly place: AdminPlace;
  /** By path: `/api/route`. */
  readonly resources: ReadonlyMap<string, Resource>;
  /** A resource threw something else than BadQuestion: a bug. */
  readonly onBug: (error: unknown) => void;
}

/** People and programs that ask come one at a time. */
const MOST_CONNECTIONS = 32;
const LONGEST_HEAD_BYTES = 8 * 1024;
const REQUEST_TIMEOUT_MS = 5000;

const HEADERS = {
  "Content-Type": "application/json; charset=utf-8",
  "Cache-Control": "no-store",
  "Content-Security-Policy": "default-src 'none'",
  "X-Content-Type-Options": "nosniff",
  // One question a connection: nobody holds one.
  Connection: "close",
} as const;

/**
 * Answers questions about the running balancer, as JSON, on a place of its own. Only GET, and nothing can be changed. On a
 * loopback address whoever is on this machine may ask; on a unix socket only this user (mode 0600).
 */
export class AdminServer {
  readonly #parts: AdminServerParts;
  #server: Server | undefined;
  #isClosed = false;

  constructor(parts: AdminServerParts) {
    this.#parts = parts;
  }

  /** Where it listens: `host:port` with the real port, or `unix:/path`. */
  get address(): string {
    const { place } = this.#parts;
    if (place.kind === "unix") return `unix:${place.path}`;
    const bound = this.#server?.address();
    const port = typeof bound === "object" && bound !== null ? bound.port : place.port;
    return place.host.includes(":") ? `[${place.host}]:${port}` : `${place.host}:${port}`;
  }

  /** Listens, unless it is closed meanwhile. Rejects with Node's error (`EADDRINUSE`, …). */
  async start(): Promise<void> {
    const { place } = this.#parts;
    try {
      await this.#listen();
    } catch (error) {
      if (place.kind !== "unix" || !(await isStaleSocket(place.path, error))) throw error;
      unlinkSync(place.path);
      await this.#listen();
    }
  }

  /** Ends at once, and removes the file of a unix socket. */
  close(): void {
    this.#isClosed = true;
    this.#server?.close();
    this.#server?.closeAllConnections();
    this.#server = undefined;
  }

  async #listen(): Promise<void> {
    const { place } = this.#parts;
    const server = createServer(
      {
        maxHeaderSize: LONGEST_HEAD_BYTES,
        headersTimeout: REQUEST_TIMEOUT_MS,
        requestTimeout: REQUEST_TIMEOUT_MS,
        connectionsCheckingInterval: REQUEST_TIMEOUT_MS / 5,
      },
      (request, response) => this.#answer(request, response),
    );
    server.maxConnections = MOST_CONNECTIONS;
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      const onListening = (): void => {
        server.removeListener("error", reject);
        resolve();
      };
      // Node binds before `listen` returns.
      if (place.kind === "unix") ownerOnly(() => server.listen(place.path, onListening));
      else server.listen({ host: place.host, port: place.port }, onListening);
    });
    if (this.#isClosed) server.close();
    else this.#server = server;
    // Out of descriptors: who asked asks again.
    server.on("error", () => {});
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const { place, resources, onBug } = this.#parts;
    const { method, url = "", headers } = request;
    if (place.kind === "tcp" && !isLoopbackHost(headers.host)) {
      send(response, 403, { error: "ask with this machine's own name: Host must be localhost, 127.0.0.1 or [::1]" });
      return;
    }
    const [path = "", query = ""] = url.split(/\?(.*)/s);
    const resource = resources.get(path);
    if (resource === undefined) {
      send(response, 404, { error: `nothing is here; there are ${[...resources.keys()].join(" and ")}` });
      return;
    }
    if (method !== "GET") {
      send(response, 405, { error: "only GET is allowed: nothing can be changed here" }, { Allow: "GET" });
      return;
    }
    let answer: unknown;
    try {
      answer = resource(new URLSearchParams(query));
    } catch (error) {
      if (error instanceof BadQuestion) send(response, 400, { error: error.message });
      else {
        onBug(error);
        send(response, 500, { error: "a bug; the log of the balancer has more" });
      }
      return;
    }
    send(response, 200, answer);
  }
}

function send(
  response: ServerResponse,
  status: number,
  body: unknown,
  more: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, { ...HEADERS, ...more });
  response.end(`${JSON.stringify(body)}\n`);
}
