import type { BackendId } from "./backend.ts";
import type { ChoiceReason } from "./choice.ts";
import type { Endpoint } from "./client-key.ts";
import type { Mode } from "./listen-address.ts";

/**
 * The steps of a connection's life, in order. Those of a request are `request` (its head is read), `choose`, `connect`,
 * `response` (waiting for the head of the answer) and `relay` (bodies; tunnels).
 */
export type Phase = "accept" | "identify" | "request" | "choose" | "connect" | "response" | "relay";

/** Whose act ended the connection first. */
export type EndedBy = "client" | "backend" | "balancer" | "operator";

/** What ended the connection. Codes are public: log readers match on them. */
export type Cause =
  | "finished" // both sides said goodbye in good order
  | "reset" // a side reset the connection
  | "closed-early" // a side left before the relay began
  | "idle-timeout" // no byte either way for IDLE_TIMEOUT
  | "half-closed-timeout" // one side ended, the other did not within HALF_CLOSED_TIMEOUT
  | "denied" // ALLOW / DENY
  | "connection-limit" // MAX_CONNECTIONS
  | "client-limit" // MAX_CONNECTIONS_PER_CLIENT
  | "client-rate" // RATE_PER_CLIENT
  | "proxy-header-missing"
  | "proxy-header-malformed"
  | "proxy-header-untrusted"
  | "proxy-header-timeout"
  | "no-backends" // the list is empty
  | "none-eligible" // every backend is down, draining or full
  | "home-down" // ON_DOWN=reject
  | "home-full" // ON_DOWN=reject or wait, and the backend has no free slot
  | "queue-timeout"
  | "connect-refused"
  | "connect-reset"
  | "connect-timeout"
  | "connect-unreachable"
  | "name-not-found"
  | "source-address" // the local address for backend connections cannot be used or has no free port
  | "out-of-descriptors" // EMFILE, ENFILE
  | "out-of-memory" // ENOBUFS, ENOMEM
  | "timed-out" // the kernel gave up on an established connection (ETIMEDOUT)
  | "unreachable" // the network vanished under an established connection
  | "backend-went-down" // ON_DOWN_SESSIONS=close
  | "drain-deadline" // DRAIN_TIMEOUT
  | "bad-request" // the request is malformed or ambiguous; the record says why in `refusal`
  | "not-http" // TLS or HTTP/2 on a port that speaks HTTP/1.1
  | "forbidden" // ALLOW / DENY, by the address that a trusted hop told
  | "cookie-refused" // COOKIE_INVALID=reject
  | "head-timeout" // HTTP_HEAD_TIMEOUT
  | "keep-alive-timeout" // HTTP_KEEPALIVE_TIMEOUT: idle between requests, the normal end
  | "response-timeout" // HTTP_RESPONSE_TIMEOUT
  | "backend-closed" // the backend closed before the answer began, and the request could not be sent again
  | "bad-response" // the answer is malformed; the record says why in `refusal`
  | "response-cut" // the backend ended in the middle of its answer
  | "shutdown"
  | "unknown-error";

/** The one line every connection leaves behind. Durations in ms; -1 = the step was not reached. */
export interface ConnectionRecord {
  /** Unique in this process, counting from 1. */
  readonly id: number;
  /** Wall clock, ms since the epoch, when the connection was accepted. */
  readonly acceptedAtMs: number;
  readonly listener: string;
  /** The listener's. */
  readonly mode: Mode;
  /** http: requests that were begun on it, each with a `RequestRecord` of its own; 0 for tcp. */
  readonly requests: number;
  readonly client: Endpoint;
  /** The peer of the socket when `client` came from a PROXY header. */
  readonly via: Endpoint | undefined;
  /** The client prefix used for placement; empty when the client was not identified. */
  readonly key: string;
  readonly backend: BackendId | undefined;
  /** The client's first choice in the table; differs from `backend` when the client was moved. */
  readonly home: BackendId | undefined;
  readonly reason: ChoiceReason | undefined;
  /** Connect attempts made, 0 when none. */
  readonly attempts: number;
  /** An attempt failed on one backend and another one was used. */
  readonly redispatched: boolean;
  readonly endedBy: EndedBy;
  readonly phase: Phase;
  readonly cause: Cause;
  /** HAProxy's two termination letters (configuration.txt 8.5), `--` = normal. */
  readonly state: string;
  /** Accepted → client known (PROXY header read). */
  readonly identifyMs: number;
  /** Time spent waiting for a slot or for the home backend. */
  readonly queueMs: number;
  /** Chosen → connected, all attempts together. */
  readonly connectMs: number;
  /** Accepted → ended. */
  readonly totalMs: number;
  /** Bytes from the client; of http mode those of bodies and tunnels, without heads. */
  readonly bytesIn: number;
  /** Bytes to the client. */
  readonly bytesOut: number;
  /** Open connections when this one ended, itself included. */
  readonly openProcess: number;
  readonly openListener: number;
  readonly openBackend: number;
  /** Version of the snapshot that the last choice was made on; 0 when none was made. */
  readonly snapshotVersion: number;
}
