import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { BackendId } from "../../model/backend.ts";

/** What a shop says to every good request. */
export interface CartAnswer {
  readonly server: BackendId;
  readonly visitor: string;
  readonly cart: readonly string[];
}

/** Everybody who shows no cookie is the same person to the shop. */
const GUEST = "guest";
const LONGEST_ITEM = 64;
const HOST = "127.0.0.1";

/**
 * One server of the shop. It keeps the carts in its own memory and nowhere else, as many real applications do: `GET /cart`
 * shows a cart, `POST /cart/add?item=…` fills it. Visitors are told apart by their cookie `visitor=…`, never by address.
 */
export class Shop {
  readonly id: BackendId;
  readonly #server: Server;
  readonly #carts = new Map<string, string[]>();
  #port = 0;

  constructor(id: BackendId) {
    this.id = id;
    this.#server = createServer((request, response) => send(response, this.#reply(request)));
    // A visitor may stay as long as the story needs.
    this.#server.keepAliveTimeout = 0;
  }

  /** 0 before the first `open`. */
  get port(): number {
    return this.#port;
  }

  get host(): string {
    return HOST;
  }

  /**
   * Opens on a free port of loopback; after `die`, on the same port as before.
   * @throws the error of listen(2) when another program has taken that port meanwhile.
   */
  async open(): Promise<void> {
    this.#server.listen(this.#port, HOST);
    await once(this.#server, "listening");
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  /** Stops listening, cuts every connection and loses every cart. Harmless when it is dead already. */
  async die(): Promise<void> {
    this.#carts.clear();
    if (!this.#server.listening) return;
    const closed = once(this.#server, "close");
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }

  /** Empties all carts and stays open. */
  emptyCarts(): void {
    this.#carts.clear();
  }

  #reply(request: IncomingMessage): Reply {
    const visitor = visitorOf(request);
    // Not `new URL`: it throws on targets such as `//`, which anybody may send.
    const [path, query] = (request.url ?? "").split("?", 2);
    if (request.method === "GET" && path === "/cart") return this.#cart(visitor);
    if (request.method !== "POST" || path !== "/cart/add") {
      return this.#refusal(404, "there are GET /cart and POST /cart/add?item=tea");
    }
    const item = new URLSearchParams(query).get("item") ?? "";
    if (item === "" || item.length > LONGEST_ITEM) {
      return this.#refusal(400, `item= must have 1 to ${LONGEST_ITEM} characters`);
    }
    this.#carts.set(visitor, [...(this.#carts.get(visitor) ?? []), item]);
    return this.#cart(visitor);
  }

  #cart(visitor: string): Reply {
    const body: CartAnswer = { server: this.id, visitor, cart: this.#carts.get(visitor) ?? [] };
    return { status: 200, body };
  }

  #refusal(status: number, problem: string): Reply {
    return { status, body: { server: this.id, problem } };
  }
}

interface Reply {
  readonly status: number;
  readonly body: object;
}

function visitorOf({ headers }: IncomingMessage): string {
  return /(?:^|;\s*)visitor=([\w-]{1,64})(?:;|$)/.exec(headers.cookie ?? "")?.[1] ?? GUEST;
}

function send(response: ServerResponse, { status, body }: Reply): void {
  // The line end is for people with curl.
  response.writeHead(status, { "content-type": "application/json" }).end(`${JSON.stringify(body)}\n`);
}
