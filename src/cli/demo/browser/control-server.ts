import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Clock, Timer } from "../../../platform/clock.ts";
import { whyRefused } from "./control-guard.ts";

/** What the page can ask for. */
export interface Controls {
  /** What there is to show to a visitor, as JSON. */
  state(visitor: string): string;
  /**
   * Does what was asked for.
   * @returns false when there is no such thing
   * @throws Error when it cannot be done
   */
  act(what: string, query: URLSearchParams): Promise<boolean>;
}

const HOST = "127.0.0.1";
/** Changes that come together are told together. */
const GATHER_MS = 25;
const MOST_READERS = 32;
/** A reader who is so far behind is not there any more. */
const MOST_UNREAD_BYTES = 1_000_000;

/**
 * The way from the page to this process: `GET /events?visitor=…` is a stream of states (server-sent events), every POST asks
 * for something. Listens on a free port of loopback and obeys the page of the shop only. Whoever opened it closes it.
 */
export class ControlServer {
  readonly #server: Server;
  readonly #controls: Controls;
  readonly #clock: Clock;
  readonly #shopPort: number;
  readonly #readers = new Map<ServerResponse, string>();
  #timer: Timer | undefined;

  constructor(controls: Controls, shopPort: number, clock: Clock) {
    this.#controls = controls;
    this.#shopPort = shopPort;
    this.#clock = clock;
    this.#server = createServer((request, response) => this.#answer(request, response));
  }

  /** @throws the error of listen(2) */
  async open(): Promise<void> {
    this.#server.listen(0, HOST);
    await once(this.#server, "listening");
  }

  get port(): number {
    return (this.#server.address() as AddressInfo | null)?.port ?? 0;
  }

  /** Something has changed: every reader gets the new state soon. */
  changed(): void {
    this.#timer ??= this.#clock.after(GATHER_MS, () => {
      this.#timer = undefined;
      for (const [response, visitor] of this.#readers) this.#send(response, visitor);
    });
  }

  close(): void {
    this.#timer?.cancel();
    this.#server.close();
    this.#server.closeAllConnections();
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const { method, headers } = request;
    const refused = whyRefused({ method, host: headers.host, origin: headers.origin }, this.port, this.#shopPort);
    if (refused !== undefined) {
      end(response, 403, refused);
      return;
    }
    response.setHeader("access-control-allow-origin", headers.origin ?? "");
    response.setHeader("vary", "origin");
    response.setHeader("cache-control", "no-store");
    const [path = "", text] = (request.url ?? "").split("?", 2);
    const query = new URLSearchParams(text);
    if (method === "POST") this.#act(response, path.slice(1), query);
    else if (path === "/events") this.#tell(response, query.get("visitor") ?? "");
    else end(response, 404, "there is GET /events");
  }

  #act(response: ServerResponse, what: string, query: URLSearchParams): void {
    this.#controls.act(what, query).then(
      (isKnown) => (isKnown ? response.writeHead(204).end() : end(response, 404, "there is no such thing")),
      (error: unknown) => end(response, 409, error instanceof Error ? error.message : String(error)),
    );
  }

  #tell(response: ServerResponse, visitor: string): void {
    if (this.#readers.size === MOST_READERS) {
      end(response, 503, "too many pages are open");
      return;
    }
    this.#readers.set(response, visitor);
    response.on("close", () => this.#readers.delete(response));
    response.writeHead(200, { "content-type": "text/event-stream" });
    this.#send(response, visitor);
  }

  #send(response: ServerResponse, visitor: string): void {
    if (response.writableLength > MOST_UNREAD_BYTES) response.destroy();
    else response.write(`data: ${this.#controls.state(visitor)}\n\n`);
  }
}

function end(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { "content-type": "text/plain" }).end(`${text}\n`);
}
