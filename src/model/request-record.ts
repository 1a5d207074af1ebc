import type { BackendId } from "./backend.ts";
import type { ChoiceReason } from "./choice.ts";
import type { Endpoint } from "./client-key.ts";
import type { Cause, EndedBy, Phase } from "./connection-record.ts";

/**
 * What the client's cookie said. `off`: no cookie persistence · `none`: no cookie · `invalid`: not ours, forged, or from the
 * future · `unknown`: of our form, but no backend answers to it · `down`: its backend cannot be used · `unused`: something
 * else chose the backend.
 */
export type CookieIn = "off" | "none" | "invalid" | "unknown" | "down" | "valid" | "expired" | "old" | "unused";

/**
 * What became of the cookie in the answer. `none`: nobody set one · `inserted`: by us · `updated`: its date, form or secret,
 * by us · `provided`: by the backend, passed on · `rewritten`: by the backend, changed by us (prefix) · `deleted`: by the
 * backend, removed by us.
 */
export type CookieOut = "off" | "none" | "inserted" | "updated" | "provided" | "rewritten" | "deleted";

/** The one line every request of http mode leaves behind. Durations in ms; -1 = the step was not reached. */
export interface RequestRecord {
  /** Unique in this process, counting from 1; a connection's requests may have others between them. */
  readonly id: number;
  /** The client connection it came on (`ConnectionRecord.id`). */
  readonly connectionId: number;
  /** 1 = the first request of its connection. */
  readonly index: number;
  /** Wall clock, ms since the epoch, when the first byte of the request was there. */
  readonly startedAtMs: number;
  readonly listener: string;
  /** From the socket, a PROXY header, or a forwarding header of a trusted hop. */
  readonly client: Endpoint;
  /** The peer of the socket when `client` came from elsewhere. */
  readonly via: Endpoint | undefined;
  /** The client prefix; empty when the request was refused before it was looked at. */
  readonly key: string;
  /** Empty when the request line could not be read. At most 64 characters. */
  readonly method: string;
  /** As it came, latin1, at most 2048 characters; empty when the request line could not be read. */
  readonly target: string;
  /** Minor version of HTTP/1.x. */
  readonly minorVersion: number;
  /** The status sent to the client; -1 when none was. */
  readonly status: number;
  /** Why the message was refused, the client's (4xx, 501, 505) or the backend's (502): a code of the message layer. */
  readonly refusal: string | undefined;
  readonly backend: BackendId | undefined;
  readonly home: BackendId | undefined;
  readonly reason: ChoiceReason | undefined;
  /** Connections to a backend that were tried or reused for it, 0 when none. */
  readonly attempts: number;
  /** An attempt failed on one backend and another one was used. */
  readonly redispatched: boolean;
  /** It was sent on a backend connection that had served a request before. */
  readonly reused: boolean;
  /** The connection became a tunnel (101). */
  readonly upgraded: boolean;
  readonly cookieIn: CookieIn;
  readonly cookieOut: CookieOut;
  readonly endedBy: EndedBy;
  readonly phase: Phase;
  readonly cause: Cause;
  /** HAProxy's four termination letters (configuration.txt 8.5), e.g. `--VN`. */
  readonly state: string;
  /** First byte → head complete. */
  readonly headMs: number;
  /** Time spent waiting for a slot or for the bound backend. */
  readonly queueMs: number;
  /** Chosen → connected, all attempts together; 0 on a reused connection. */
  readonly connectMs: number;
  /** Sent → head of the answer. */
  readonly responseMs: number;
  /** First byte → ended. */
  readonly totalMs: number;
  /** Bytes of the request's body (of a tunnel: from the client). */
  readonly bytesIn: number;
  /** Bytes sent to the client, heads included. */
  readonly bytesOut: number;
  /** Client connections and requests in flight on the backend when this one ended, itself included. */
  readonly openProcess: number;
  readonly openListener: number;
  readonly openBackend: number;
  readonly snapshotVersion: number;
}
