import type { BackendId } from "../../model/backend.ts";
import type { Visitor } from "./cast.ts";
import type { Door } from "./doors.ts";
import type { CartAnswer } from "./shop.ts";
import { Visit } from "./visit.ts";

/** Where a visitor came out, and the cart that was there. */
export interface Landing {
  readonly visitor: Visitor;
  /** Undefined when the visitor was not served. */
  readonly server: BackendId | undefined;
  readonly cart: readonly string[];
}

/** A landing whose connection is still open. */
export interface Stay extends Landing {
  readonly visit: Visit;
}

/** Connects and makes one request; the connection stays open. A visitor who is not served is a landing too. */
export async function arrive(visitor: Visitor, door: Door, act: (visit: Visit) => Promise<CartAnswer>): Promise<Stay> {
  const visit = new Visit(visitor, door);
  try {
    const { server, cart } = await act(visit);
    return { visitor, server, cart, visit };
  } catch {
    return { visitor, server: undefined, cart: [], visit };
  }
}

/** The visitors come one after the other, each on a new connection that ends with the answer. */
export async function comeAndGo(
  visitors: readonly Visitor[],
  door: Door,
  act: (visit: Visit) => Promise<CartAnswer>,
): Promise<readonly Landing[]> {
  const landings: Landing[] = [];
  for (const visitor of visitors) {
    const { server, cart, visit } = await arrive(visitor, door, act);
    visit.leave();
    landings.push({ visitor, server, cart });
  }
  return landings;
}

/** Those who came out at `server`, in their order. */
export function at(server: BackendId, landings: readonly Landing[]): readonly Landing[] {
  return landings.filter((landing) => landing.server === server);
}

/** Those who found all of `items` in their cart. */
export function having(items: readonly string[], landings: readonly Landing[]): readonly Landing[] {
  return landings.filter(({ cart }) => items.every((item) => cart.includes(item)));
}

/** The names of those who were served by another server before; in the order of `after`. */
export function moved(before: readonly Landing[], after: readonly Landing[]): readonly string[] {
  const servers = serverOf(before);
  return namesOf(after.filter(({ visitor, server }) => servers.get(visitor.name) !== server));
}

/** Where everybody is, by name. */
export function serverOf(landings: readonly Landing[]): ReadonlyMap<string, BackendId | undefined> {
  return new Map(landings.map(({ visitor, server }) => [visitor.name, server]));
}

export function namesOf(landings: readonly Landing[]): readonly string[] {
  return landings.map(({ visitor }) => visitor.name);
}

/** Whether the same people are named, in whatever order. */
export function samePeople(some: readonly string[], others: readonly string[]): boolean {
  return some.length === others.length && new Set([...some, ...others]).size === new Set(some).size;
}
