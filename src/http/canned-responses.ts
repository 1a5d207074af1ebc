import type { Refusal, RefusalStatus } from "./refusal.ts";

/** The answers that are ours: what a request is told that no backend will answer, or that no backend could. */
export type CannedKind =
  | "bad-request"
  | "cookie-refused"
  | "http2-preface"
  | "tls-hello"
  | "forbidden"
  | "method-not-allowed"
  | "request-timeout"
  | "content-too-large"
  | "uri-too-long"
  | "expectation-failed"
  | "fields-too-large"
  | "internal-error"
  | "not-implemented"
  | "bad-gateway"
  | "service-unavailable"
  | "gateway-timeout"
  | "version-not-supported";

/** One answer, complete, in its forms. The bytes are shared: they may be sent, never changed. */
export interface CannedResponse {
  readonly status: number;
  /** Head and body; the connection closes after it. */
  readonly closing: Buffer;
  /** For HEAD: the same head without the body (RFC 9110, section 9.3.2). */
  readonly closingHead: Buffer;
  /** Head and body for a client whose own framing is intact: an HTTP/1.1 connection may go on. */
  readonly keeping: Buffer;
  readonly keepingHead: Buffer;
}

interface Wording {
  readonly status: number;
  readonly reason: string;
  readonly text: string;
  /** A header that the status asks for. */
  readonly extra?: string;
}

const NOT_HTTP1 = "this port speaks HTTP/1.1 without TLS; use MODE=tcp to pass it through";

/** Never a byte of the request or of a backend: what is reflected can be made to say anything. */
const WORDINGS: Readonly<Record<CannedKind, Wording>> = {
  "bad-request": { status: 400, reason: "Bad Request", text: "the request is malformed or ambiguous" },
  "cookie-refused": { status: 400, reason: "Bad Request", text: "the cookie that names a server is not valid" },
  "http2-preface": { status: 505, reason: "HTTP Version Not Supported", text: NOT_HTTP1 },
  "tls-hello": { status: 400, reason: "Bad Request", text: NOT_HTTP1 },
  forbidden: { status: 403, reason: "Forbidden", text: "this client is not let in" },
  "method-not-allowed": {
    status: 405,
    reason: "Method Not Allowed",
    text: "CONNECT is not possible here",
    // RFC 9110, section 15.5.6: a 405 must say what is allowed.
    extra: "Allow: GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS, TRACE",
  },
  "request-timeout": { status: 408, reason: "Request Timeout", text: "the request did not arrive in time" },
  "content-too-large": { status: 413, reason: "Content Too Large", text: "the body of the request is too large" },
  "uri-too-long": { status: 414, reason: "URI Too Long", text: "the target of the request is too long" },
  "expectation-failed": { status: 417, reason: "Expectation Failed", text: "only Expect: 100-continue is understood" },
  "fields-too-large": {
    status: 431,
    reason: "Request Header Fields Too Large",
    text: "the header of the request is too large",
  },
  "internal-error": { status: 500, reason: "Internal Server Error", text: "the load balancer has a fault" },
  "not-implemented": { status: 501, reason: "Not Implemented", text: "the transfer coding is not known here" },
  "bad-gateway": {
    status: 502,
    reason: "Bad Gateway",
    text: "the server behind the load balancer gave no valid answer",
  },
  "service-unavailable": { status: 503, reason: "Service Unavailable", text: "no server can take the request now" },
  "gateway-timeout": {
    status: 504,
    reason: "Gateway Timeout",
    text: "the server behind the load balancer did not answer in time",
  },
  "version-not-supported": {
    status: 505,
    reason: "HTTP Version Not Supported",
    text: "only HTTP/1.0 and HTTP/1.1 are spoken here",
  },
};

/** Every kind there is. */
export const CANNED_KINDS = Object.keys(WORDINGS) as readonly CannedKind[];

/** What a refused request, or an answer that could not be passed on, is told when its code has no answer of its own. */
const BY_STATUS: Readonly<Record<RefusalStatus, CannedKind>> = {
  400: "bad-request",
  405: "method-not-allowed",
  413: "content-too-large",
  414: "uri-too-long",
  431: "fields-too-large",
  501: "not-implemented",
  502: "bad-gateway",
  505: "version-not-supported",
};

/** The answer to a message that was refused. */
export function answerTo({ status, code }: Refusal): CannedKind {
  return code === "http2-preface" || code === "tls-hello" ? code : BY_STATUS[status];
}

/**
 * Makes all answers, once at start. They are complete messages with Content-Length, are not to be cached, and carry no Date:
 * they are constant, and whoever passes them on may add one (RFC 9110, section 6.6.1).
 */
export function buildCannedResponses(): ReadonlyMap<CannedKind, CannedResponse> {
  return new Map(CANNED_KINDS.map((kind) => [kind, build(WORDINGS[kind])]));
}

function build(wording: Wording): CannedResponse {
  const { status, reason, text, extra } = wording;
  const body = `${status} ${reason}: ${text}\n`;
  const head = (connection: readonly string[]): string =>
    [
      `HTTP/1.1 ${status} ${reason}`,
      "Content-Type: text/plain; charset=utf-8",
      `Content-Length: ${body.length}`,
      "Cache-Control: no-store",
      ...(extra === undefined ? [] : [extra]),
      ...connection,
      "\r\n",
    ].join("\r\n");
  const closing = head(["Connection: close"]);
  const keeping = head([]);
  return {
    status,
    closing: Buffer.from(closing + body, "latin1"),
    closingHead: Buffer.from(closing, "latin1"),
    keeping: Buffer.from(keeping + body, "latin1"),
    keepingHead: Buffer.from(keeping, "latin1"),
  };
}
