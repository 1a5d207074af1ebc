import type net from "node:net";
import {
  openAccepted,
  type ReadMode,
  type RelaySocket,
  type SocketHandler,
  supportsDirectReads,
  wrapAccepted,
} from "./relay-socket.ts";
import type { WriteBatch } from "./write-batch.ts";

export interface AcceptOptions {
  readonly noDelay: boolean;
  /** 0 = no keep-alive probes. */
  readonly keepAliveMs: number;
  /** Where small writes wait for the end of the turn; undefined = they do not. */
  readonly batch?: WriteBatch | undefined;
}

/** Makes a socket of an accepted connection, around the handler it is given. */
export type Opener = (handler: SocketHandler) => RelaySocket;

/** A handle that may take TCP options; that of a unix socket has none. */
interface TcpOptionsHandle {
  /** 0, or the negative number of an error; as below. */
  setNoDelay?(on: boolean): number;
  setKeepAlive?(on: boolean, delayS: number): number;
}

/** The handle of an accepted connection. */
interface AcceptedHandle extends TcpOptionsHandle {
  readonly useUserBuffer?: unknown;
}

type OnConnection = (this: unknown, error: number, handle: AcceptedHandle | undefined) => void;

/** The internals of a listening server that accepting relies on. Tested on Node 20, 22, 24 and 26. */
interface ListeningInternals {
  readonly _handle: (TcpOptionsHandle & { onconnection?: OnConnection }) | null;
}

/**
 * Hands over the connections that a listening `server` accepts.
 *
 * With `direct` reads they are taken as bare handles, before Node has made a socket of them: it would make one without
 * `onread`, which had to be taken apart again, and two sockets cost twice as much as one. Errors of accepting still reach the
 * server's `error` event.
 *
 * @returns how reads arrive: `stream` when `direct` was asked for and Node's internals are not as expected
 */
export function acceptConnections(
  server: net.Server,
  mode: ReadMode,
  options: AcceptOptions,
  onConnection: (open: Opener) => void,
): ReadMode {
  const listening = (server as unknown as ListeningInternals)._handle;
  const original = listening?.onconnection;
  if (mode === "stream" || listening === null || typeof original !== "function" || !supportsDirectReads(server)) {
    server.on("connection", (socket) =>
      onConnection((handler) => wrapAccepted(socket, "stream", handler, options.batch)),
    );
    return "stream";
  }
  // On Linux a connection has the options that its listening socket had when it came: five system calls less for each.
  const areInherited = process.platform === "linux" && setTcpOptions(listening, options);
  listening.onconnection = function (error, handle) {
    if (handle === undefined || typeof handle.useUserBuffer !== "function") {
      original.call(this, error, handle);
      return;
    }
    if (!areInherited) setTcpOptions(handle, options);
    onConnection((handler) => openAccepted(handle, handler, options.batch));
  };
  // A handle that is not as expected comes this way.
  server.on("connection", (socket) =>
    onConnection((handler) => wrapAccepted(socket, "stream", handler, options.batch)),
  );
  return "direct";
}

/** @returns whether the kernel took them all */
function setTcpOptions(handle: TcpOptionsHandle, { noDelay, keepAliveMs }: AcceptOptions): boolean {
  const noDelayStatus = noDelay ? handle.setNoDelay?.(true) : 0;
  const keepAliveStatus = keepAliveMs > 0 ? handle.setKeepAlive?.(true, Math.floor(keepAliveMs / 1000)) : 0;
  return noDelayStatus === 0 && keepAliveStatus === 0;
}
