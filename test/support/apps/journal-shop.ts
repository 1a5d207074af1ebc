import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";

/** Requests that a page of the shop makes at once. */
export const PARTS = 6;

/** A request, as the shop's servers saw it. */
export interface Entry {
  readonly visitor: string;
  readonly server: string;
  readonly path: string;
}

/** What all servers of a shop saw, in order, and who waits for whom. */
export class Journal {
  readonly entries: Entry[] = [];
  /** By visitor and load: how to answer the parts that have come. */
  readonly #waiting = new Map<string, (() => void)[]>();

  /** The servers that answered this visitor, in order, from the entry `from` on. */
  serversOf(visitor: string, from = 0): readonly string[] {
    return this.entries.slice(from).flatMap((entry) => (entry.visitor === visitor ? [entry.server] : []));
  }

  /**
   * Answers the parts of a load when all of them are here, on whatever servers: none of them can carry a cookie that an
   * answer to another one has set.
   */
  together(load: string, answer: () => void): void {
    const waiting = [...(this.#waiting.get(load) ?? []), answer];
    if (waiting.length < PARTS) {
      this.#waiting.set(load, waiting);
      return;
    }
    this.#waiting.delete(load);
    for (const one of waiting) one();
  }
}

/**
 * A server of the shop: carts in its own memory, by the parameter `visitor` of the query or the cookie of that name.
 * `/page/LOAD` is a page, `/part/LOAD/N` a part of one, `/add/ITEM` fills the cart, `/cart` shows it.
 */
export function journalShop(id: string, journal: Journal): Server {
  const carts = new Map<string, string[]>();
  const answer = (request: IncomingMessage, response: ServerResponse): void => {
    const { url: path = "", headers } = request;
    const inQuery = /\?visitor=(.*)$/.exec(path)?.[1];
    const visitor = inQuery ?? /(?:^|; )visitor=([^;]*)/.exec(headers.cookie ?? "")?.[1] ?? "";
    journal.entries.push({ visitor, server: id, path });
    // Pages come from elsewhere, and what they ask for is never to come out of a cache.
    response.setHeader("Access-Control-Allow-Origin", headers.origin ?? "null");
    response.setHeader("Access-Control-Allow-Credentials", "true");
    response.setHeader("Cache-Control", "no-store");
    const [, verb, argument = ""] = path.replace(/\?.*/, "").split("/");
    if (verb === "page") {
      response.setHeader("Content-Type", "text/html");
      response.end(pageOf(Number(headers.host?.split(":")[1]), argument, inQuery));
      return;
    }
    if (verb === "part") {
      journal.together(`${visitor}/${argument}`, () => response.end(id));
      return;
    }
    const items = carts.get(visitor) ?? [];
    if (verb === "add") carts.set(visitor, [...items, argument]);
    response.setHeader("Content-Type", "application/json");
    response.end(JSON.stringify({ server: id, items: carts.get(visitor) ?? [] }));
  };
  return createServer(answer);
}

/**
 * A page whose parts come from the shop at `port`, all at once: of different kinds, as pages have them. The script stands
 * first, because a script waits for the stylesheets in front of it.
 *
 * @param visitor for whom, if no cookie says so
 */
export function pageOf(port: number, load: string, visitor?: string): string {
  const query = visitor === undefined ? "" : `?visitor=${visitor}`;
  const part = (n: number): string => `http://127.0.0.1:${port}/part/${load}/${n}${query}`;
  return `<!doctype html>
<title>shop</title>
<script>
  window.whole = Promise.all([
    fetch("${part(1)}", { credentials: "include" }).then((answer) => answer.text()),
    fetch("${part(2)}", { credentials: "include" }).then((answer) => answer.text()),
  ]);
</script>
<script async src="${part(3)}"></script>
<link rel="stylesheet" href="${part(4)}">
<img src="${part(5)}" alt=""><img src="${part(6)}" alt="">`;
}
