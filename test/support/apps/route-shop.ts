import { createServer, type Server } from "node:http";
import type { CartView } from "./shoppers.ts";

/** The cookie of servlet containers. */
export const JSESSIONID = "JSESSIONID";

/** Also tells where the cart is for a visitor without cookies. */
export interface RoutedCartView extends CartView {
  readonly link: string;
}

/**
 * A shop that treats sessions as a servlet container with a jvmRoute does: the id ends with the name of the server, comes
 * in a cookie or in the path (`;jsessionid=`, Servlet specification, section 7.1), and an unknown one gets a new session.
 */
export function routeShop(route: string): Server {
  const carts = new Map<string, string[]>();
  let sessions = 0;
  return createServer((request, response) => {
    const [path = "", parameter = ""] = (request.url ?? "").split(";");
    const { cookie = "" } = request.headers;
    const named = new RegExp(`(?:^|; )${JSESSIONID}=([^;]*)`).exec(cookie)?.[1];
    let id = named ?? parameter.replace(/^jsessionid=/, "");
    if (!carts.has(id)) {
      id = `${(++sessions).toString(16).toUpperCase().padStart(32, "0")}.${route}`;
      carts.set(id, []);
      response.setHeader("Set-Cookie", `${JSESSIONID}=${id}; Path=/; HttpOnly`);
    }
    const items = carts.get(id) ?? [];
    if (path.startsWith("/add/")) items.push(path.slice("/add/".length));
    const link = named === id ? "/cart" : `/cart;jsessionid=${id}`;
    const view: RoutedCartView = { server: route, items, cookie, link };
    response.setHeader("Content-Type", "application/json");
    response.end(JSON.stringify(view));
  });
}
