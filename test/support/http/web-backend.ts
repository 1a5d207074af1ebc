import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:http";
import type { Later } from "../close-after-each.ts";
import { TestBackend } from "../test-backend.ts";
import type { FieldLines, Received } from "./http-client.ts";

/** What a backend got. */
export interface Seen {
  readonly backend: string;
  /** The number of its connection, counting from 1. */
  readonly connection: number;
  readonly method: string;
  readonly target: string;
  readonly fields: FieldLines;
  /** latin1 */
  readonly body: string;
}

/** What a backend does with a request, whose body it has read. */
export type Serve = (seen: Seen, response: ServerResponse, request: IncomingMessage) => void;

/** Tells what it got. */
export const mirror: Serve = (seen, response) => {
  response.setHeader("Content-Type", "application/json");
  response.end(JSON.stringify(seen));
};

/** What `mirror` has told. */
export function seenIn({ body, status }: Received): Seen {
  if (status !== 200) throw new Error(`status ${status}: ${body}`);
  return JSON.parse(body);
}

/** Node's own limits are off, so that the balancer's show. */
const WITHOUT_LIMITS = { keepAliveTimeout: 0, requestTimeout: 0, headersTimeout: 0, maxHeaderSize: 1 << 20 };

/** A web server as a backend. It is killed after the test. */
export async function startWebBackend(
  later: Later,
  id: string,
  serve: Serve = mirror,
  host: string = "127.0.0.1",
): Promise<TestBackend> {
  const http = createServer(WITHOUT_LIMITS, (request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const { method = "", url: target = "", rawHeaders } = request;
      const fields = rawHeaders.flatMap((name, i) => (i % 2 === 0 ? [[name, rawHeaders[i + 1] ?? ""] as const] : []));
      const connection = numbers.get(request.socket) ?? 0;
      const body = Buffer.concat(chunks).toString("latin1");
      serve({ backend: id, connection, method, target, fields, body }, response, request);
    });
  });
  const numbers = new WeakMap<object, number>();
  const backend = await TestBackend.start(
    id,
    (socket, { accepted }) => {
      socket.setNoDelay(true);
      numbers.set(socket, accepted);
      http.emit("connection", socket);
    },
    host,
  );
  later(() => backend.kill());
  return backend;
}

/** `count` of them: app1, app2 … */
export function startWebBackends(later: Later, count: number, serve?: Serve): Promise<readonly TestBackend[]> {
  return Promise.all(Array.from({ length: count }, (_, i) => startWebBackend(later, `app${i + 1}`, serve)));
}
