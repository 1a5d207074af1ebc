import { once } from "node:events";
import { readSync } from "node:fs";
import { connect, type NetConnectOpts, type Socket } from "node:net";
import { resetConnection } from "../../src/platform/socket-quirks.ts";

/** How the other side ended the connection. */
export type Ending = "fin" | "reset";

const NEW_LINE = 10;

/** A client of the balancer, which reads what it wants when it wants. Sends FIN only when told to. */
export class TestClient {
  readonly socket: Socket;
  /** How the other side ended it, or undefined while it has not. Resolves only while it is being read. */
  readonly ended: Promise<Ending>;
  #received = Buffer.alloc(0);
  #over = false;
  #wake: () => void = () => {};

  private constructor(socket: Socket) {
    this.socket = socket;
    this.ended = new Promise((resolve) => {
      const finish = (ending: Ending): void => {
        this.#over = true;
        this.#wake();
        resolve(ending);
      };
      socket.on("end", () => finish(isReset(socket) ? "reset" : "fin"));
      socket.on("error", () => finish("reset"));
    });
    socket.on("data", (chunk) => {
      this.#received = Buffer.concat([this.#received, chunk]);
      this.#wake();
    });
  }

  /** Resolves when connected; rejects with Node's error when that fails. */
  static async open(options: NetConnectOpts): Promise<TestClient> {
    const socket = connect({ ...options, allowHalfOpen: true } as NetConnectOpts);
    const client = new TestClient(socket);
    await once(socket, "connect");
    return client;
  }

  write(data: string | Uint8Array): void {
    this.socket.write(data);
  }

  /** Sends FIN; may still receive. */
  end(data = ""): void {
    this.socket.end(data);
  }

  /** Closes with RST. */
  reset(): void {
    resetConnection(this.socket);
  }

  close(): void {
    this.socket.destroy();
  }

  /** The next `length` bytes. Rejects when the connection ends before. */
  async read(length: number): Promise<Buffer> {
    await this.#until(() => this.#received.length >= length);
    return this.#take(length);
  }

  /** The next line, without its end. */
  async line(): Promise<string> {
    await this.#until(() => this.#received.includes(NEW_LINE));
    const line = this.#take(this.#received.indexOf(NEW_LINE) + 1);
    return line.toString("latin1", 0, line.length - 1);
  }

  /** Everything up to the end of the connection. */
  async rest(): Promise<string> {
    await this.ended;
    return this.#take(this.#received.length).toString("latin1");
  }

  #take(length: number): Buffer {
    const taken = this.#received.subarray(0, length);
    this.#received = this.#received.subarray(length);
    return taken;
  }

  async #until(enough: () => boolean): Promise<void> {
    while (!enough()) {
      if (this.#over) throw new Error(`the connection ended after "${this.#received.toString("latin1", 0, 200)}"`);
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }
}

/** Node reports an end of the stream also for a reset that comes together with data; read(2) tells them apart. */
export function isReset(socket: Socket): boolean {
  const { _handle: handle } = socket as unknown as { readonly _handle: { readonly fd: number } | null };
  if (handle === null) return false;
  try {
    readSync(handle.fd, Buffer.alloc(1));
    return false;
  } catch {
    return true;
  }
}

/** How a connection that is not to be served ends. A reset may come before the client has noticed that it was connected. */
export async function turnedAway(options: NetConnectOpts): Promise<Ending> {
  const client = await TestClient.open(options).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "ECONNRESET") throw error;
    return undefined;
  });
  if (client === undefined) return "reset";
  try {
    return await client.ended;
  } finally {
    client.close();
  }
}

/** Connects, reads the first line (the name of the backend, see `TestBackend`), and leaves in good order. */
export async function visit(options: NetConnectOpts): Promise<string> {
  const client = await TestClient.open(options);
  try {
    const name = await client.line();
    client.end();
    await client.rest();
    return name;
  } finally {
    client.close();
  }
}

/** The `index`-th loopback address: 127.1.0.1, 127.1.0.2 … up to 65,000 different ones. */
export function loopback(index: number): string {
  return `127.${1 + Math.floor(index / 64_000)}.${Math.floor(index / 250) % 256}.${1 + (index % 250)}`;
}
