/** Why a request is refused, with the status that answers it: one code a rule, so that each can be counted and tested. */
const REQUEST_STATUS = {
  // What is not HTTP/1.1 at all.
  "tls-hello": 400,
  "http2-preface": 505,
  // Before and in the request line (RFC 9112, sections 2.2 and 3).
  "leading-lines": 400, // more empty lines ahead of the request than are put up with
  method: 400,
  target: 400, // a byte that no target may hold, or none at all
  "target-form": 400, // neither a path nor an http URI; `*` without OPTIONS
  connect: 405, // no tunnels to places of the client's choice
  version: 400,
  "http-0.9": 400,
  "version-unsupported": 505,
  "request-line-too-long": 414,
  // Field lines (RFC 9112, section 5; RFC 9110, section 5).
  "bare-lf": 400,
  "bare-cr": 400,
  nul: 400,
  "end-of-head": 400, // the empty line is not CR LF
  "obs-fold": 400,
  "field-name": 400,
  "field-value": 400,
  "head-too-large": 431,
  "too-many-fields": 431,
  // Host (RFC 9112, section 3.2).
  "host-missing": 400,
  "host-repeated": 400,
  "host-invalid": 400,
  // How long the body is (RFC 9112, sections 6 and 7).
  "content-length": 400,
  "content-length-repeated": 400,
  "content-length-too-large": 413,
  "transfer-encoding": 400,
  "transfer-encoding-repeated": 400,
  "transfer-encoding-and-length": 400,
  "transfer-encoding-in-1.0": 400,
  "transfer-coding-unknown": 501,
  connection: 400, // a connection option that is no token, or too many of them
  // Inside a chunked body.
  "chunk-size": 400,
  "chunk-size-too-large": 413,
  "chunk-extension": 400,
  "chunk-extensions-too-large": 413,
  "chunk-line-too-long": 400,
  "chunk-end": 400, // no CR LF where the announced data ends
  "trailers-too-large": 413,
  // Only in responses, where every status is 502.
  "status-line": 502,
  "status-line-too-long": 502,
  "unasked-upgrade": 502, // 101 to a request that asked for no upgrade
} as const;

export type RefusalCode = keyof typeof REQUEST_STATUS;
export type RefusalStatus = (typeof REQUEST_STATUS)[RefusalCode];

/** A message that is not passed on. The connection it came on is not read any further. */
export interface Refusal {
  /** What the client is to be told; 502 when the message came from a backend. */
  readonly status: RefusalStatus;
  readonly code: RefusalCode;
}

/** Who sent the message. */
export type Direction = "request" | "response";

export const REFUSAL_CODES = Object.keys(REQUEST_STATUS) as readonly RefusalCode[];

function refusals(statusOf: (code: RefusalCode) => RefusalStatus): Readonly<Record<RefusalCode, Refusal>> {
  const entries = REFUSAL_CODES.map((code) => [code, Object.freeze({ status: statusOf(code), code })] as const);
  return Object.freeze(Object.fromEntries(entries) as Record<RefusalCode, Refusal>);
}

const OF_REQUESTS = refusals((code) => REQUEST_STATUS[code]);
const OF_RESPONSES = refusals(() => 502);

/** The refusal for `code`, always the same object: refusing allocates nothing. */
export function refusal(direction: Direction, code: RefusalCode): Refusal {
  return direction === "request" ? OF_REQUESTS[code] : OF_RESPONSES[code];
}
