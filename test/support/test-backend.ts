import { once } from "node:events";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { resetConnection } from "../../src/platform/socket-quirks.ts";

export type OnConnection = (socket: Socket, backend: TestBackend) => void;

/** Says its name in a line, as the first to speak, then echoes, and ends when the client has ended. */
function nameAndEcho(socket: Socket, backend: TestBackend): void {
  socket.write(`${backend.id}\n`);
  socket.pipe(socket);
}

/** A server on a port of its own that can be killed and brought back on the same port. */
export class TestBackend {
  readonly id: string;
  readonly host: string;
  readonly sockets = new Set<Socket>();
  port = 0;
  /** Connections accepted so far. */
  accepted = 0;
  readonly #onConnection: OnConnection;
  #server: Server | undefined;

  private constructor(id: string, host: string, onConnection: OnConnection) {
    this.id = id;
    this.host = host;
    this.#onConnection = onConnection;
  }

  static async start(
    id: string,
    onConnection: OnConnection = nameAndEcho,
    host: string = "127.0.0.1",
  ): Promise<TestBackend> {
    const backend = new TestBackend(id, host, onConnection);
    await backend.revive();
    return backend;
  }

  /** As an element of BACKENDS, with options such as `weight=2`. */
  setting(...options: readonly string[]): string {
    const host = this.host.includes(":") ? `[${this.host}]` : this.host;
    return [`${this.id}=${host}:${this.port}`, ...options].join(";");
  }

  /** Listens, on the port it had before if it had one. */
  async revive(): Promise<void> {
    const server = createServer({ allowHalfOpen: true }, (socket) => {
      this.accepted++;
      this.sockets.add(socket);
      socket.on("close", () => this.sockets.delete(socket));
      socket.on("error", () => {});
      this.#onConnection(socket, this);
    });
    server.listen(this.port, this.host, 4096);
    await once(server, "listening");
    this.port = (server.address() as AddressInfo).port;
    this.#server = server;
  }

  /** As a process that dies: refuses connections from now on, and resets those it has. */
  async kill(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    if (server === undefined) return;
    for (const socket of this.sockets) resetConnection(socket);
    server.close();
    await once(server, "close");
  }
}

/** `count` backends, app1 …, which name themselves and echo. */
export function startBackends(count: number, onConnection?: OnConnection): Promise<readonly TestBackend[]> {
  return Promise.all(Array.from({ length: count }, (_, i) => TestBackend.start(`app${i + 1}`, onConnection)));
}

/** The value of BACKENDS. */
export function settingOf(backends: readonly TestBackend[]): string {
  return backends.map((backend) => backend.setting()).join(",");
}
