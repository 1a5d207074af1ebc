import { createServer, type RequestListener, type Server } from "node:http";
import { TestBackend } from "../test-backend.ts";

/**
 * A backend that serves HTTP by `server`, which must not listen by itself: it is given its connections, so that it can be
 * killed and revived with its memory. The caller kills it.
 */
export function startHttpApp(id: string, server: Server | RequestListener): Promise<TestBackend> {
  const http = typeof server === "function" ? createServer(server) : server;
  return TestBackend.start(id, (socket) => {
    // As a server that listens by itself does.
    socket.setNoDelay(true);
    http.emit("connection", socket);
  });
}

/** `count` of them: app1, app2 … */
export function startHttpApps(
  count: number,
  serverOf: (id: string) => Server | RequestListener,
): Promise<readonly TestBackend[]> {
  return Promise.all(Array.from({ length: count }, (_, i) => startHttpApp(`app${i + 1}`, serverOf(`app${i + 1}`))));
}
