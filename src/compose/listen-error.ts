import { existsSync, lstatSync } from "node:fs";
import { dirname } from "node:path";
import type { OpenablePlace } from "../path/listen.ts";

/** A listening place could not be opened. */
export class ListenError extends Error {
  override readonly name = "ListenError";
  /** The listener's name, e.g. `:8080`. */
  readonly listener: string;
  /** Node's code, e.g. `EADDRINUSE`. */
  readonly code: string;

  constructor(listener: string, code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.listener = listener;
    this.code = code;
  }
}

const TCP_HINTS: ReadonlyMap<string, string> = new Map([
  ["EADDRINUSE", "another process listens there"],
  ["EACCES", "this user may not listen there; ports below 1024 need privileges or socket activation"],
  ["EADDRNOTAVAIL", "this machine does not have that address"],
  ["EAFNOSUPPORT", "this machine does not speak that IP version"],
  ["ENOTFOUND", "no address is known for that name"],
  ["EAI_AGAIN", "the name server did not answer"],
]);

const UNIX_HINTS: ReadonlyMap<string, string> = new Map([
  ["EACCES", "this user may not make a socket in that directory"],
  ["ENOENT", "the directory does not exist"],
  ["ENOTDIR", "a part of the path is not a directory"],
  ["EROFS", "the file system is read-only"],
]);

function tcpHint(host: string, code: string): string | undefined {
  // fe80::/10 means nothing without a link (RFC 4007 section 11).
  if (code === "EINVAL" && /^fe[89ab][0-9a-f]:[^%]*$/i.test(host)) {
    return `a link-local address needs its interface, e.g. [${host}%eth0]`;
  }
  return TCP_HINTS.get(code);
}

function unixHint(path: string, code: string): string | undefined {
  if (code === "EADDRINUSE") {
    const isSocket = lstatSync(path, { throwIfNoEntry: false })?.isSocket() === true;
    return isSocket ? "another process listens there" : "something that is no socket has that path; it is left alone";
  }
  // libuv says EACCES for both (uv_pipe_bind).
  const isMissing = code === "EACCES" && !existsSync(dirname(path));
  return UNIX_HINTS.get(isMissing ? "ENOENT" : code);
}

const NO_SOCKET = "no listening socket was inherited as that descriptor";
const FD_HINTS: ReadonlyMap<string, string> = new Map([
  ["EBADF", NO_SOCKET],
  ["EINVAL", NO_SOCKET],
  ["ENOTSOCK", NO_SOCKET],
]);

function hintFor(place: OpenablePlace, code: string): string | undefined {
  switch (place.kind) {
    case "tcp":
      return tcpHint(place.host ?? "", code);
    case "unix":
      return unixHint(place.path, code);
    case "fd":
      return FD_HINTS.get(code);
  }
}

/** What Node said, in words that help. */
export function listenError(name: string, place: OpenablePlace, error: unknown): ListenError {
  if (error instanceof ListenError) return error;
  const code = (error as NodeJS.ErrnoException).code ?? "unknown";
  const hint = hintFor(place, code);
  const message = `cannot listen on ${name}: ${hint === undefined ? String(error) : `${hint} (${code})`}`;
  return new ListenError(name, code, message, { cause: error });
}
