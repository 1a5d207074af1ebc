import { Agent, createServer, type ServerResponse } from "node:http";
import { createProxyServer } from "http-proxy-3";
import { COOKIE_NAME } from "./shop.ts";

// Sticky sessions as one builds them with http-proxy-3: a map from the cookie to the backend, an agent that keeps connections.
//
// node http-proxy-process.js HOST PORT BACKEND_HOST:BACKEND_PORT…

const [host = "127.0.0.1", port = "0", ...addresses] = process.argv.slice(2);
const COOKIE = new RegExp(`(?:^|; *)${COOKIE_NAME}=([^;]*)`);

const backends = new Map(addresses.map((address, i) => [`s${i + 1}`, `http://${address}`]));
const ids = [...backends.keys()];
let turn = 0;

const proxy = createProxyServer({
  agent: new Agent({ keepAlive: true, maxSockets: Number.POSITIVE_INFINITY }),
  // Otherwise the client's own `Connection: close` would go to the backend and end a connection that could be kept.
  headers: { connection: "keep-alive" },
  xfwd: true,
});
proxy.on("error", (_error, _request, response) => {
  response?.destroy();
});

createServer((request, response) => {
  const known = backends.get(COOKIE.exec(request.headers.cookie ?? "")?.[1] ?? "");
  proxy.web(request, response, { target: known ?? newSession(response) });
}).listen({ host, port: Number(port), backlog: 4096 });

function newSession(response: ServerResponse): string {
  const id = ids[turn++ % ids.length] ?? "";
  response.setHeader("Set-Cookie", `${COOKIE_NAME}=${id}; Path=/; HttpOnly`);
  response.setHeader("Cache-Control", "private");
  return backends.get(id) ?? "";
}
