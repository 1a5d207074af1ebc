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

/** What a shop with a door to the street has besides its carts. All servers of the shop have the same. */
export interface ShopFront {
  /** The page at `/`. */
  readonly page: ShopPage;
  /** A name for a visitor who opens the page without one. */
  newName(): string;
  /** Somebody who came through a balancer in http mode is about to be answered. */
  onServed(visit: ServedVisit): void;
}

export interface ShopPage {
  readonly html: string;
  /** Value of Content-Security-Policy. */
  readonly policy: string;
}

export interface ServedVisit {
  readonly server: BackendId;
  readonly visitor: string;
  readonly method: string;
  readonly target: string;
}

/** Everybody who shows no cookie is the same person to the shop. */
export const GUEST = "guest";
const LONGEST_ITEM = 64;
const MOST_ITEMS = 99;
const HOST = "127.0.0.1";

/**
 * One server of the shop. It keeps the carts in its own memory and nowhere else, as many real applications do: `GET /cart`
 * shows a cart, `POST /cart/add?item=…` fills it, `POST /cart/remove?item=…` takes one such item out. Visitors are told apart
 * by their cookie `visitor=…`, never by address.
 */
export class Shop {
  readonly id: BackendId;
  readonly #server: Server;
  readonly #carts = new Map<string, readonly string[]>();
  #front: ShopFront | undefined;
  #port = 0;

  constructor(id: BackendId) {
    this.id = id;
    this.#server = createServer((request, response) => this.#answer(request, response));
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

  /** Whether it is alive. */
  get isOpen(): boolean {
    return this.#server.listening;
  }

  /** From now on people can come with a browser. */
  furnish(front: ShopFront): void {
    this.#front = front;
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

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const { method = "", url = "", headers } = request;
    const known = visitorOf(request);
    // Not `new URL`: it throws on targets such as `//`, which anybody may send.
    const [path = "", query] = url.split("?", 2);
    const front = method === "GET" && path === "/" ? this.#front : undefined;
    const visitor = known ?? front?.newName() ?? GUEST;
    // Lengket writes this line in http mode only.
    if (headers["x-forwarded-for"] !== undefined) {
      this.#front?.onServed({ server: this.id, visitor, method, target: url });
    }
    if (front === undefined) send(response, this.#reply(`${method} ${path}`, query, visitor));
    else sendPage(response, front.page, known === undefined ? visitor : undefined);
  }

  #reply(call: string, query: string | undefined, visitor: string): Reply {
    if (call === "GET /cart") return this.#cart(visitor);
    if (call !== "POST /cart/add" && call !== "POST /cart/remove") {
      return this.#refusal(404, "there are GET /cart, POST /cart/add?item=tea and POST /cart/remove?item=tea");
    }
    const item = new URLSearchParams(query).get("item") ?? "";
    if (item === "" || item.length > LONGEST_ITEM) {
      return this.#refusal(400, `item= must have 1 to ${LONGEST_ITEM} characters`);
    }
    const cart = this.#carts.get(visitor) ?? [];
    if (call === "POST /cart/remove") {
      const at = cart.lastIndexOf(item);
      this.#carts.set(visitor, at < 0 ? cart : cart.toSpliced(at, 1));
    } else {
      if (cart.length === MOST_ITEMS) return this.#refusal(409, `a cart has room for ${MOST_ITEMS} items`);
      this.#carts.set(visitor, [...cart, item]);
    }
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

function visitorOf({ headers }: IncomingMessage): string | undefined {
  return /(?:^|;\s*)visitor=([\w-]{1,64})(?:;|$)/.exec(headers.cookie ?? "")?.[1];
}

function send(response: ServerResponse, { status, body }: Reply): void {
  // The line end is for people with curl.
  response
    .writeHead(status, { "content-type": "application/json", "cache-control": "no-store" })
    .end(`${JSON.stringify(body)}\n`);
}

/** @param name given to a visitor who has none */
function sendPage(response: ServerResponse, page: ShopPage, name: string | undefined): void {
  if (name !== undefined) response.setHeader("set-cookie", `visitor=${name}; Path=/; HttpOnly; SameSite=Lax`);
  response
    .writeHead(200, {
      "content-type": "text/html; charset=utf-8",
      "cache-control": "no-store",
      "content-security-policy": page.policy,
      "referrer-policy": "no-referrer",
      "x-content-type-options": "nosniff",
    })
    .end(page.html);
}
