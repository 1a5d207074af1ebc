import { once } from "node:events";
import { readdirSync, readlinkSync } from "node:fs";
import net from "node:net";
import { type ReadMode, type RelaySocket, wrapAccepted } from "../../src/platform/relay-socket.ts";
import type { Later } from "./close-after-each.ts";
import { RecordingHandler } from "./recording-handler.ts";

/** A socket of ours and what it told. */
export interface Recorded {
  readonly socket: RelaySocket;
  readonly handler: RecordingHandler;
}

/** An ordinary socket, and the accepted one of ours that it is connected to. */
export interface SocketPair extends Recorded {
  readonly server: net.Server;
  readonly peer: net.Socket;
  readonly port: number;
}

export const loopback = { port: 0, host: "127.0.0.1" };

/** A server that makes sockets as a listener does. Not listening yet. */
export function relayServer(): net.Server {
  return net.createServer({ allowHalfOpen: true, pauseOnConnect: true, highWaterMark: 1 } as net.ServerOpts);
}

/** Makes real sockets; what they leave open is closed after the test. */
export class SocketPairs {
  readonly #later: Later;

  constructor(later: Later) {
    this.#later = later;
  }

  async listening(
    server: net.Server,
    at: { readonly port: number; readonly host: string } | string,
  ): Promise<net.Server> {
    server.listen(at);
    await once(server, "listening");
    this.#later(() => server.listening && server.close());
    return server;
  }

  /** The next connection that `server` accepts, wrapped. */
  async accepting(server: net.Server, mode: ReadMode): Promise<Recorded> {
    const [accepted] = (await once(server, "connection")) as [net.Socket];
    const handler = new RecordingHandler();
    const socket = wrapAccepted(accepted, mode, handler);
    this.#later(() => socket.close());
    return { socket, handler };
  }

  async pair(mode: ReadMode, host = "127.0.0.1"): Promise<SocketPair> {
    const server = await this.listening(relayServer(), { port: 0, host });
    const coming = this.accepting(server, mode);
    const { port } = server.address() as net.AddressInfo;
    const peer = net.connect({ port, host, allowHalfOpen: true });
    this.#later(() => peer.destroy());
    const [ours] = await Promise.all([coming, once(peer, "connect")]);
    return { server, peer, port, ...ours };
  }
}

/** Sockets that this process has open. */
export function openSockets(): number {
  return readdirSync("/proc/self/fd").filter((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`).startsWith("socket:");
    } catch {
      return false;
    }
  }).length;
}

/** Lets the event loop turn until `isSo`, `turns` times at most. */
export async function loopUntil(isSo: () => boolean, turns = 2000): Promise<void> {
  for (let i = 0; i < turns && !isSo(); i++) await new Promise((resolve) => setImmediate(resolve));
}

/** Enough turns of the loop for anything that is about to happen to happen. */
export function aWhile(): Promise<void> {
  return loopUntil(() => false, 50);
}

/** The error code that a socket dies of; undefined when it closes without one. */
export function failureOf(peer: net.Socket): Promise<string | undefined> {
  return new Promise((resolve) => {
    peer.on("error", (error: NodeJS.ErrnoException) => resolve(error.code));
    peer.on("close", () => resolve(undefined));
  });
}
