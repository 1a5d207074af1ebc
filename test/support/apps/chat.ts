import { createServer } from "node:http";
import { type ServerOptions, Server as SocketServer } from "socket.io";
import { io, type ManagerOptions, type SocketOptions } from "socket.io-client";
import { within } from "../gathered.ts";
import { startHttpApp } from "./http-app.ts";
import type { Listed } from "./http-balancer.ts";

/** Pages of this origin may talk to the chat (CORS), with credentials. */
export const CHAT_ORIGIN = "http://shop.example";

/** What a client has said so far on its connection, and who heard it. */
export interface Heard {
  readonly server: string;
  readonly words: readonly string[];
  readonly transport: string;
  /** The connection went on where another one of this client had been cut off (connection state recovery). */
  readonly recovered: boolean;
}

export interface Chat extends Listed {
  /** As a process that dies: with its connections, and with the sessions that wait for their clients. */
  readonly kill: () => Promise<void>;
}

/** A Socket.IO server that remembers what each connection said, with the sessions of its transports in its memory. */
async function startChat(id: string, options: Partial<ServerOptions>): Promise<Chat> {
  const server = createServer();
  const chat = new SocketServer(server, {
    cors: { origin: CHAT_ORIGIN, credentials: true },
    ...options,
  });
  let sessions = 0;
  // The same ids in every run: where an unknown one goes is a matter of its hash.
  chat.engine.generateId = () => `${id}-${++sessions}`;
  chat.on("connection", (socket) => {
    const words: string[] = [];
    // What a client has got last is where its connection can be recovered from.
    socket.emit("welcome");
    socket.on("say", (word: string, acknowledge: (heard: Heard) => void) => {
      words.push(word);
      const { recovered } = socket;
      acknowledge({ server: id, words, transport: socket.conn.transport.name, recovered });
    });
  });
  const backend = await startHttpApp(id, server);
  return {
    setting: (...options) => backend.setting(...options),
    kill: async () => {
      await backend.kill();
      chat.engine.close();
    },
  };
}

/** Three of them: app1, app2, app3. The caller kills them. */
export function startChats(options: Partial<ServerOptions> = {}): Promise<readonly Chat[]> {
  return Promise.all(["app1", "app2", "app3"].map((id) => startChat(id, options)));
}

export type ClientOptions = Partial<ManagerOptions & SocketOptions>;

/** What came of a conversation: what the server heard at last, or why it was cut off. */
export type Conversation = { readonly heard: Heard } | { readonly lost: string };

/**
 * Connects, says the words one after the other, waits until the transport is `until`, and leaves. A client does not try
 * again: what a browser would hide by reconnecting is to be seen here.
 */
export async function converse(
  port: number,
  words: readonly string[],
  { until, ...options }: ClientOptions & { readonly until?: string } = {},
): Promise<Conversation> {
  const socket = io(`http://127.0.0.1:${port}`, {
    reconnection: false,
    forceNew: true,
    autoConnect: false,
    extraHeaders: { origin: CHAT_ORIGIN },
    ...options,
  });
  const talk = async (): Promise<Conversation> => {
    await new Promise<void>((resolve) => socket.once("connect", resolve));
    const { engine } = socket.io;
    if (until !== undefined && engine.transport.name !== until) {
      await new Promise<void>((resolve) => engine.once("upgrade", () => resolve()));
    }
    let heard: Heard | undefined;
    for (const word of words) heard = (await socket.emitWithAck("say", word)) as Heard;
    if (heard === undefined) throw new Error("nothing was said");
    return { heard };
  };
  const cut = new Promise<Conversation>((resolve) => {
    socket.once("connect_error", (error) => resolve({ lost: error.message }));
    socket.once("disconnect", (reason) => resolve({ lost: reason }));
  });
  const talked = talk().catch((error: unknown): Conversation => ({ lost: String(error) }));
  socket.connect();
  try {
    return await within(10_000, "a conversation", Promise.race([talked, cut]));
  } finally {
    socket.disconnect();
  }
}
