import { once } from "node:events";
import { type AddressInfo, connect, createServer } from "node:net";

/** A TCP port of `host` that was free a moment ago. Another process may take it first: whoever binds it must be ready to ask again. */
export async function freePort(host: string): Promise<number> {
  const server = createServer();
  server.listen(0, host);
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

/** Whether something accepts connections at `host:port` now. The probing connection is reset, so that it leaves nothing behind. */
export function accepts(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    socket.on("error", () => resolve(false));
    socket.on("connect", () => {
      // On loopback a connection from an ephemeral port to itself succeeds without any listener (simultaneous open, RFC 9293 3.5).
      const toItself = socket.localPort === port;
      socket.resetAndDestroy();
      resolve(!toItself);
    });
  });
}
