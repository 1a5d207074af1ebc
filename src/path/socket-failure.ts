import type { Cause } from "../model/connection-record.ts";

/** The only place that knows Node's and the kernel's error codes. */
const ESTABLISHED: ReadonlyMap<string, Cause> = new Map([
  ["ECONNRESET", "reset"],
  ["EPIPE", "reset"],
  ["ECONNABORTED", "reset"],
  ["ENOTCONN", "reset"],
  ["ETIMEDOUT", "timed-out"],
  ["EHOSTUNREACH", "unreachable"],
  ["ENETUNREACH", "unreachable"],
  ["ENETDOWN", "unreachable"],
  ["ENOBUFS", "out-of-memory"],
  ["ENOMEM", "out-of-memory"],
]);

const CONNECTING: ReadonlyMap<string, Cause> = new Map([
  ["ECONNREFUSED", "connect-refused"],
  ["ECONNRESET", "connect-reset"],
  ["ECONNABORTED", "connect-reset"],
  ["ETIMEDOUT", "connect-timeout"],
  ["EHOSTUNREACH", "connect-unreachable"],
  ["ENETUNREACH", "connect-unreachable"],
  ["EHOSTDOWN", "connect-unreachable"],
  ["ENETDOWN", "connect-unreachable"],
  ["EACCES", "connect-unreachable"],
  ["EPERM", "connect-unreachable"],
  ["ENOTFOUND", "name-not-found"],
  ["EAI_AGAIN", "name-not-found"],
  ["EAI_FAIL", "name-not-found"],
  ["EAI_NONAME", "name-not-found"],
  ["EADDRNOTAVAIL", "source-address"],
  ["EADDRINUSE", "source-address"],
  ["EMFILE", "out-of-descriptors"],
  ["ENFILE", "out-of-descriptors"],
  ["ENOBUFS", "out-of-memory"],
  ["ENOMEM", "out-of-memory"],
]);

/** How deep `AggregateError`s (happy eyeballs) and `cause` chains are followed. */
const MAX_DEPTH = 4;

function lookUp(error: unknown, table: ReadonlyMap<string, Cause>, depth: number): Cause | undefined {
  if (!(error instanceof Error) || depth > MAX_DEPTH) return undefined;
  const { code } = error as NodeJS.ErrnoException;
  const known = code === undefined ? undefined : table.get(code);
  if (known !== undefined) return known;
  if (error instanceof AggregateError) {
    for (const inner of error.errors) {
      const cause = lookUp(inner, table, depth + 1);
      if (cause !== undefined) return cause;
    }
  }
  return lookUp(error.cause, table, depth + 1);
}

/** The cause behind an error of an established socket. */
export function causeOfSocketError(error: Error): Cause {
  return lookUp(error, ESTABLISHED, 0) ?? "unknown-error";
}

/** Whether the peer cut an established connection, and no write of ours was lost by it. */
export function isResetByPeer(error: Error): boolean {
  return causeOfSocketError(error) === "reset" && (error as NodeJS.ErrnoException).syscall !== "write";
}

/** The cause behind a failed attempt to connect. */
export function causeOfConnectError(error: Error): Cause {
  return lookUp(error, CONNECTING, 0) ?? "unknown-error";
}

const LOCAL: ReadonlySet<Cause> = new Set<Cause>(["source-address", "out-of-descriptors", "out-of-memory"]);

/** Whether a connect failure is ours rather than the backend's: trying another backend would not help much, and the backend is not to blame. */
export function isLocalFailure(cause: Cause): boolean {
  return LOCAL.has(cause);
}
