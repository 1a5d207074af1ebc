import type { ProbeOutcome } from "./check-result.ts";

/** What the backend or the way to it did wrong, by Node's error code. */
const FAILED: ReadonlyMap<string, string> = new Map([
  ["ECONNREFUSED", "connect refused"],
  ["ECONNRESET", "connection reset"],
  ["EPIPE", "connection reset"],
  ["ETIMEDOUT", "connect timed out"],
  ["EHOSTUNREACH", "host unreachable"],
  ["EHOSTDOWN", "host unreachable"],
  ["ENETUNREACH", "network unreachable"],
  ["ENOTFOUND", "name not found"],
]);

/** What this machine lacks, or a resolver that does not answer: no backend is to blame. */
const UNDECIDED: ReadonlyMap<string, string> = new Map([
  ["EMFILE", "no file descriptor left for the check"],
  ["ENFILE", "no file descriptor left for the check"],
  ["ENOBUFS", "no memory left for the check"],
  ["ENOMEM", "no memory left for the check"],
  ["EADDRNOTAVAIL", "no local port left for the check"],
  ["EAI_AGAIN", "the name server does not answer"],
]);

/** Turns what a socket reported into an outcome. A name with several addresses fails with an error that holds others. */
export function probeFailure(error: Error): ProbeOutcome {
  const code = errorCode(error);
  const undecided = UNDECIDED.get(code);
  if (undecided !== undefined) return { verdict: "undecided", detail: undecided };
  return { verdict: "fail", detail: FAILED.get(code) ?? (code || error.message) };
}

/** Node's code of an error, or of the first one inside an AggregateError; empty when there is none. */
export function errorCode(error: unknown): string {
  if (!(error instanceof Error)) return "";
  if ("code" in error && typeof error.code === "string") return error.code;
  return error instanceof AggregateError ? errorCode(error.errors[0]) : "";
}
