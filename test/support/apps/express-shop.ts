import { createServer, type Server } from "node:http";
import express from "express";
import session from "express-session";
import type { CartView } from "./shoppers.ts";

declare module "express-session" {
  interface SessionData {
    items: string[];
  }
}

/** The cookie of express-session unless told otherwise. */
export const CONNECT_SID = "connect.sid";

/**
 * A shop on express that keeps its carts in sessions, and these in its own memory (express-session's MemoryStore).
 *
 * @param id its name; also makes its session ids, so that they are the same in every run
 */
export function expressShop(id: string): Server {
  const app = express();
  let sessions = 0;
  app.use(
    session({
      secret: "the same on all servers of the shop",
      genid: () => `${id}-${++sessions}`,
      resave: false,
      saveUninitialized: false,
    }),
  );
  const view = (request: express.Request): CartView => ({
    server: id,
    items: request.session.items ?? [],
    cookie: request.headers.cookie ?? "",
  });
  app.post("/add/:item", (request, response) => {
    request.session.items = [...(request.session.items ?? []), request.params.item];
    response.json(view(request));
  });
  app.get("/cart", (request, response) => {
    response.json(view(request));
  });
  return createServer(app);
}
