import { sharedConnections, WebClient } from "./web-client.ts";

/** What every shop of these tests answers to `POST /add/ITEM` and `GET /cart`. */
export interface CartView {
  /** The backend that answered. */
  readonly server: string;
  /** What is in the visitor's cart, in the order in which it came. */
  readonly items: readonly string[];
  /** The Cookie header that it saw. */
  readonly cookie: string;
}

/** How it went for one visitor. */
export interface Shopping {
  readonly visitor: WebClient;
  /** The cart at checkout. */
  readonly items: readonly string[];
  /** The backends that answered, in order, one for each request. */
  readonly servers: readonly string[];
  /** What the application saw of the visitor's cookies, in the same order. */
  readonly cookies: readonly string[];
}

export const SHOPPING_LIST = ["apples", "bread", "cheese"] as const;

export interface ShoppersOptions {
  readonly port: number;
  /** Ten unless given. Not a multiple of the backends: each would meet the same one in turn, also without stickiness. */
  readonly count?: number;
  /** What a visitor adds; `SHOPPING_LIST` unless given. */
  readonly list?: readonly string[];
  /** What a visitor does before. */
  readonly first?: (visitor: WebClient, index: number) => unknown;
}

/**
 * Visitors fill their carts in turns, an item each, over two connections that they share, as behind a proxy: whoever routes
 * connections instead of requests mixes them up. The connections are closed at the end.
 */
export async function sendShoppers({
  port,
  count = 10,
  list = SHOPPING_LIST,
  first,
}: ShoppersOptions): Promise<Shopping[]> {
  const agent = sharedConnections(2);
  try {
    const visitors = Array.from({ length: count }, () => new WebClient({ port, agent }));
    for (const [index, visitor] of visitors.entries()) await first?.(visitor, index);
    return await shopInTurns(visitors, list);
  } finally {
    agent.destroy();
  }
}

/** These visitors fill their carts in turns, and look at them in the end. */
export async function shopInTurns(visitors: readonly WebClient[], list: readonly string[]): Promise<Shopping[]> {
  const views = new Map<WebClient, CartView[]>(visitors.map((visitor) => [visitor, []]));
  for (const item of list) {
    for (const [visitor, seen] of views) seen.push(await viewOf(visitor, "POST", `/add/${item}`));
  }
  for (const [visitor, seen] of views) seen.push(await viewOf(visitor, "GET", "/cart"));
  return [...views].map(([visitor, seen]) => ({
    visitor,
    items: seen.at(-1)?.items ?? [],
    servers: seen.map(({ server }) => server),
    cookies: seen.map(({ cookie }) => cookie),
  }));
}

/** Asks a shop for something. */
export async function viewOf(visitor: WebClient, method: string, path: string): Promise<CartView> {
  const { status, body } = await visitor.request(method, path);
  if (status !== 200) throw new Error(`${method} ${path}: ${status} ${body}`);
  return JSON.parse(body) as CartView;
}
