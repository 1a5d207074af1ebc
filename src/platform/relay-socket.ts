import net from "node:net";
import type { Endpoint } from "../model/client-key.ts";
import {
  destroyAfterLastWords,
  NodeRelaySocket,
  type OwnedSocket,
  onConnect,
  onStreamData,
  owner,
} from "./node-relay-socket.ts";
import type { WriteBatch } from "./write-batch.ts";

/** What a socket tells its owner. Exactly one `onClosed` ends the sequence; nothing follows it. */
export interface SocketHandler {
  /**
   * Where the next bytes should be read to. Asked when the socket is made and after every `onData`, so the answer must
   * stay valid until the next `onData`. Not asked of a socket that reads through ordinary streams.
   */
  readBuffer(): Buffer;
  /**
   * `length` bytes were read to the front of `buffer`. When `buffer` is the one that `readBuffer` gave, it is read into
   * again afterwards; otherwise it is the receiver's. Return false to stop reading until `resume`.
   */
  onData(buffer: Buffer, length: number): boolean;
  /** The peer will send no more (FIN). */
  onEnd(): void;
  /** Everything written so far has been handed to the kernel, after a time when it had not. */
  onDrain(): void;
  onConnected(): void;
  /** @param lastWords of a dialed socket a write to which has failed: what the peer had said by then and nobody has read */
  onError(error: Error, lastWords?: Buffer): void;
  onClosed(): void;
}

/** One side of a connection, as the data path uses it. */
export interface RelaySocket {
  handler: SocketHandler;
  /** Undefined when the peer had left before anybody asked the kernel who it was. */
  readonly remote: Endpoint | undefined;
  readonly local: Endpoint;
  /** Bytes written and not yet handed to the kernel. */
  readonly unsent: number;
  /** What is left of the current write; it shrinks while a slow peer takes bytes, `unsent` only when all are taken. */
  readonly writeBacklog: number;
  /** `bytes` belong to the socket until `unsent` is 0 again. */
  write(bytes: Uint8Array): void;
  /** Writes each char code as one byte, of memory of its own. May be held back until the end of this turn, and counts as sent. */
  writeLatin1(text: string): void;
  /** Sends what is left, then FIN. */
  end(): void;
  /** Sends what is left, then closes. */
  endAndClose(): void;
  /** Starts reading, or goes on after `onData` returned false. */
  resume(): void;
  /** Closes with RST where the transport has one. */
  reset(): void;
  /** Closes at once. */
  close(): void;
}

/** How reads arrive: `direct` = into the handler's buffers (Node's `onread`), `stream` = as chunks that Node allocates. */
export type ReadMode = "direct" | "stream";

/** Above it a write announces its `drain`: with the default of 16 KiB a small unflushed one would stop the reading side for ever. */
const HIGH_WATER_MARK = 1;

/** Node sets these in a copy of the options, where each makes a new shape of object unless it is there already. */
const SOCKET_DEFAULTS = { emitClose: false, autoDestroy: true, decodeStrings: false };

function onReadOptions(reader: () => SocketHandler): net.OnReadOpts {
  let readTo: Uint8Array | undefined;
  return {
    buffer: () => {
      const next = reader().readBuffer();
      // Given nothing, Node reads to the same memory again, and need not tell libuv where that is.
      return next === readTo ? (undefined as unknown as Uint8Array) : next;
    },
    callback: (length, buffer) => {
      readTo = buffer;
      return reader().onData(buffer as Buffer, length);
    },
  };
}

/** The internals of an accepted socket that `direct` reads rely on. */
interface AcceptedInternals {
  _handle: { useUserBuffer?: unknown; readStart?: unknown } | null;
  _server: net.Server | null;
  server: net.Server | null;
}

/** Whether Node's internals look as `wrapAccepted` needs them. Tested on Node 20, 22, 24 and 26. */
export function supportsDirectReads(server: net.Server): boolean {
  const handle = (server as unknown as Partial<AcceptedInternals>)._handle;
  return typeof handle?.useUserBuffer === "function" && typeof handle.readStart === "function";
}

/**
 * Takes over a socket that a `net.Server` accepted with `pauseOnConnect` and `allowHalfOpen`.
 *
 * `net.Server` has no `onread` option, so in `direct` mode the connection's handle moves to a new `net.Socket` that has
 * one. Node counts a server's connections by `_server` of their sockets; that moves along, so `server.close()` still
 * waits for it. Falls back to `stream` when the internals are not as expected.
 */
export function wrapAccepted(
  accepted: net.Socket,
  mode: ReadMode,
  handler: SocketHandler,
  batch?: WriteBatch,
): RelaySocket {
  const internals = accepted as unknown as AcceptedInternals;
  const handle = internals._handle;
  if (mode === "stream" || handle === null || typeof handle?.useUserBuffer !== "function") {
    const relaySocket = new NodeRelaySocket(accepted, handler, batch);
    accepted.on("data", onStreamData);
    accepted.pause();
    return relaySocket;
  }
  const socket = socketAround(handle, handler);
  const moved = socket as unknown as AcceptedInternals;
  moved._server = internals._server;
  moved.server = internals.server;
  internals._server = null;
  internals._handle = null;
  return new NodeRelaySocket(socket, handler, batch);
}

/** A socket that reads directly, around the handle of an accepted connection. */
export function openAccepted(handle: object, handler: SocketHandler, batch?: WriteBatch): RelaySocket {
  return new NodeRelaySocket(socketAround(handle, handler), handler, batch);
}

function socketAround(handle: object, handler: SocketHandler): net.Socket {
  // Node asks for the first buffer while the socket is being made.
  let made: OwnedSocket | undefined;
  const options = {
    handle,
    allowHalfOpen: true,
    highWaterMark: HIGH_WATER_MARK,
    // Without it Node reads at once, before the connection has somewhere to send the bytes.
    pauseOnCreate: true,
    ...SOCKET_DEFAULTS,
    onread: onReadOptions(() => made?.[owner]?.handler ?? handler),
  };
  made = new net.Socket(options as net.SocketConstructorOpts);
  return made;
}

export interface DialOptions {
  readonly host: string;
  readonly port: number;
  readonly localAddress?: string;
  readonly noDelay: boolean;
  /** 0 = no keep-alive probes. */
  readonly keepAliveMs: number;
  readonly readMode: ReadMode;
  /** Where small writes wait for the end of the turn; undefined = they do not. */
  readonly batch?: WriteBatch | undefined;
}

/** How connections are opened: {@link dial}, or what a test puts in its place. */
export type Dial = (options: DialOptions, handler: SocketHandler) => RelaySocket;

/**
 * Opens a connection. `handler.onConnected` follows, or `onError` and `onClosed`. The caller owns the socket and keeps
 * the deadline. With `stream` reads nothing is read before `resume`; with `direct` reads data may follow `onConnected`.
 */
export function dial(options: DialOptions, handler: SocketHandler): RelaySocket {
  let relaySocket: RelaySocket | undefined;
  const socket = net.connect({
    host: options.host,
    port: options.port,
    ...(options.localAddress === undefined ? {} : { localAddress: options.localAddress }),
    allowHalfOpen: true,
    noDelay: options.noDelay,
    keepAlive: options.keepAliveMs > 0,
    keepAliveInitialDelay: options.keepAliveMs,
    highWaterMark: HIGH_WATER_MARK,
    ...SOCKET_DEFAULTS,
    ...(options.readMode === "direct" ? { onread: onReadOptions(() => relaySocket?.handler ?? handler) } : {}),
  } as net.NetConnectOpts);
  relaySocket = new NodeRelaySocket(socket, handler, options.batch, options.port);
  socket.on("connect", onConnect);
  socket._destroy = destroyAfterLastWords;
  if (options.readMode === "stream") {
    socket.on("data", onStreamData);
    socket.pause();
  }
  return relaySocket;
}
