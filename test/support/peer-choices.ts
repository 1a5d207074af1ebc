import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import type { Random } from "../../src/platform/random.ts";
import { formatAddress } from "../../src/proxy-protocol/address-text.ts";
import type { PeerClient, PeerServer } from "../../src/skew/peers/peer.ts";
import { peerServer } from "../../src/skew/peers/peer.ts";

const END_OF_HEAD = "\r\n\r\n";
const ANSWER = /@(\d+);/g;

/** HTTP servers on 127.0.0.1, each of which answers every request with its own number. Whoever started them closes them. */
export class NumberedBackends {
  readonly #servers: readonly Server[];
  readonly #sockets = new Set<Socket>();

  private constructor(count: number) {
    this.#servers = Array.from({ length: count }, (_, index) => createServer((socket) => this.#answer(socket, index)));
  }

  static async start(count: number): Promise<NumberedBackends> {
    const backends = new NumberedBackends(count);
    for (const server of backends.#servers) {
      server.listen(0, "127.0.0.1");
      await once(server, "listening");
    }
    return backends;
  }

  /** The servers as lines of a configuration; `given` says for each what is special about it. */
  lines(given: (index: number) => Partial<PeerServer> = () => ({})): readonly PeerServer[] {
    return this.#servers.map((server, index) =>
      peerServer(`127.0.0.1:${(server.address() as AddressInfo).port}`, given(index)),
    );
  }

  async close(): Promise<void> {
    for (const server of this.#servers) server.close();
    for (const socket of this.#sockets) socket.destroy();
    await Promise.all(this.#servers.map((server) => once(server, "close")));
  }

  #answer(socket: Socket, index: number): void {
    const body = `@${index};`;
    const response = `HTTP/1.1 200 OK\r\nContent-Length: ${body.length}${END_OF_HEAD}${body}`;
    let unread = "";
    this.#sockets.add(socket);
    socket.setEncoding("latin1").on("data", (text: string) => {
      const heads = (unread + text).split(END_OF_HEAD);
      unread = heads.pop() ?? "";
      socket.write(response.repeat(heads.length));
    });
    socket.on("error", () => socket.destroy()).on("close", () => this.#sockets.delete(socket));
  }
}

/** Where a peer listens. */
export interface Target {
  readonly host: string;
  readonly port: number;
}

/** A connection through a peer, and the numbers of the backends that answered. */
export interface Asked {
  readonly answers: readonly number[];
  close(): void;
}

/** Connects from the address `from` and asks for all of `paths` on one connection, which the caller closes. */
export function ask({ host, port }: Target, from: string, paths: readonly string[]): Promise<Asked> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, localAddress: from, noDelay: true });
    let text = "";
    socket.setEncoding("latin1").on("data", (chunk: string) => {
      text += chunk;
      const answers = Array.from(text.matchAll(ANSWER), ([, index]) => Number(index));
      if (answers.length >= paths.length) resolve({ answers, close: () => socket.destroy() });
    });
    socket.on("error", reject);
    socket.on("close", () => reject(new Error(`closed before all of ${paths.length} answers: ${text}`)));
    socket.write(paths.map((path) => `GET ${path} HTTP/1.1\r\nHost: peer${END_OF_HEAD}`).join(""));
  });
}

/** Addresses of 127.0.0.0/8 that clients can be bound to: `scattered` ones, all different, and those of one /24. */
export function loopbackClients(scattered: number, random: Random): readonly PeerClient[] {
  const byte = (lowest: number, beyond: number): number => lowest + Math.floor(random.next() * (beyond - lowest));
  const clients = new Map<string, PeerClient>();
  const add = (...rest: readonly [number, number, number]): void => {
    const bytes = Uint8Array.of(127, ...rest);
    clients.set(formatAddress(bytes), { bytes, text: formatAddress(bytes) });
  };
  for (let host = 1; host < 255; host++) add(7, 7, host);
  const count = clients.size + scattered;
  while (clients.size < count) add(byte(0, 255), byte(0, 256), byte(1, 255));
  return [...clients.values()];
}
