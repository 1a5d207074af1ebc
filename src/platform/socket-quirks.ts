import { readSync } from "node:fs";
import type net from "node:net";

/**
 * On one machine a connection to a port that nobody listens on may meet itself, when the kernel picks that very port for
 * our side (simultaneous open, RFC 9293 §3.5). It would send every client its own bytes, and keep the backend from coming
 * back to its port.
 */
function isConnectedToItself(socket: net.Socket, dialedPort: number): boolean {
  // The port first: asking the kernel who we are costs a microsecond, and asking who the peer is another one.
  return socket.localPort === dialedPort && socket.localAddress === socket.remoteAddress;
}

/**
 * Resets a socket that has just connected to itself and says, as the kernel would have, that nobody listens there.
 * Closed in good order it would keep the port in TIME_WAIT, where the backend could not listen for a minute.
 * Undefined for every other socket, which is left alone.
 */
export function endedSelfConnection(socket: net.Socket, dialedPort: number): Error | undefined {
  if (!isConnectedToItself(socket, dialedPort)) return undefined;
  socket.resetAndDestroy();
  return Object.assign(new Error("nobody listens there: connected to itself"), { code: "ECONNREFUSED" });
}

/**
 * The reset that libuv has reported as the end of the stream: it does so when it finds data and a reset together
 * (`uv__stream_io`: POLLHUP after a partial read). Passed on as an end, it would make half an answer look whole. The kernel
 * knows better: after a FIN read(2) returns 0, even if a reset has come since; after a reset alone it fails.
 */
export function hiddenReset(socket: net.Socket): Error | undefined {
  const { _handle: handle } = socket as unknown as { _handle?: { readonly fd?: number } | null };
  if (handle?.fd === undefined || handle.fd < 0) return undefined;
  try {
    readSync(handle.fd, Buffer.allocUnsafe(1));
    return undefined;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code !== "EAGAIN" ? error : undefined;
  }
}

/**
 * Closes a connection with a reset, at once. One that cannot be reset is closed: a unix socket, and one whose FIN is on its
 * way. libuv refuses to reset that (EINVAL, `uv_tcp_close_reset`), and Node would forget its handle without closing it: the
 * descriptor would stay, and a process that ends of itself would wait for it for ever, computing.
 */
export function resetConnection(socket: net.Socket): void {
  const finPending = socket.writableEnded && !socket.writableFinished;
  if (finPending || socket.remoteAddress === undefined) socket.destroy();
  else socket.resetAndDestroy();
}

/** What is read of it at most: more than an answer to a request that was not even looked at. */
const LAST_WORDS_BYTES = 64 * 1024;

/**
 * What the peer of `socket` has said and nobody has read yet. To be asked before the socket is closed because a write has
 * failed: who answers before he has heard everything, and closes, is heard no more by Node, although the kernel has his answer.
 */
export function lastWords(socket: net.Socket): Buffer | undefined {
  const { _handle: handle } = socket as unknown as { _handle?: { readonly fd?: number } | null };
  // What lies in the stream comes before it, and goes with the stream.
  if (handle?.fd === undefined || handle.fd < 0 || socket.readableLength > 0) return undefined;
  const words = Buffer.allocUnsafe(LAST_WORDS_BYTES);
  let length = 0;
  try {
    for (let read = -1; read !== 0 && length < words.length; length += read) {
      read = readSync(handle.fd, words, length, words.length - length, null);
    }
  } catch {
    // Nothing more, or the reset itself.
  }
  return length === 0 ? undefined : words.subarray(0, length);
}

/** Whether the socket is TCP, not a unix socket. */
export function isTcp(socket: net.Socket): boolean {
  const { _handle: handle } = socket as unknown as { _handle?: { readonly getpeername?: unknown } | null };
  return typeof handle?.getpeername === "function";
}
