import { once } from "node:events";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";

/** Size of the buffer that all connections of a backend read into. */
export const READ_BUFFER_BYTES = 262_144;

/** The servers behind the balancers. Whoever started them closes them. */
export interface BackendServers {
  /** One per host asked for, in the same order. */
  readonly ports: readonly number[];
  close(): Promise<void>;
}

/** One connection to a backend, which reads and writes by itself once it serves. */
export interface BackendConnection {
  serve(accepted: Socket): void;
  close(): void;
}

/**
 * Listens on a free port of each host.
 * @param connectionTo makes the connection for the `backend`-th host (from 0); it calls `forget` when it is over
 */
export async function startServers(
  hosts: readonly string[],
  connectionTo: (backend: number, forget: () => void) => BackendConnection,
): Promise<BackendServers> {
  const connections = new Set<BackendConnection>();
  const servers: Server[] = [];
  for (const [backend, host] of hosts.entries()) {
    const server = createServer({ allowHalfOpen: true, noDelay: true, pauseOnConnect: true }, (socket) => {
      const connection = connectionTo(backend, () => connections.delete(connection));
      connections.add(connection);
      connection.serve(socket);
    });
    // More than the 511 of Node: connections come in bursts.
    server.listen({ host, port: 0, backlog: 4096 });
    await once(server, "listening");
    servers.push(server);
  }
  return {
    ports: servers.map((server) => (server.address() as AddressInfo).port),
    close: async () => {
      for (const connection of connections) connection.close();
      await Promise.all(servers.map((server) => once(server.close(), "close")));
    },
  };
}
