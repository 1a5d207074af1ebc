import type { ForwardedOut } from "../../http/forwarding-out.ts";
import type { BodyLimits, HeadLimits } from "../../http/message-limits.ts";
import type { CookieAttributes } from "../../http/set-cookie.ts";

/** UPSTREAM_*: what becomes of a backend connection behind its request. */
export interface UpstreamOptions {
  /**
   * `never`: one request each · `client`: kept for the client connection that opened it · `shared`: as `client`, and another
   * client's may take an idle one for a request that can be sent again.
   */
  readonly reuse: "never" | "client" | "shared";
  /** Idle connections kept per backend. */
  readonly idlePerBackend: number;
  /** Closed after this long idle; 0 = never. */
  readonly idleTimeoutMs: number;
  /** Requests on one connection; 0 = no limit. */
  readonly maxRequests: number;
}

/** A part of a request or of an answer that holds a session id, or what a request is hashed by. Names as they are configured. */
export interface FieldSource {
  readonly kind: "cookie" | "header" | "query";
  readonly name: string;
}

export type CookieMode = "insert" | "passive" | "prefix" | "route" | "learn" | "off";
export type NewSession = "hash" | "least_conn" | "p2c" | "round_robin";

/** COOKIE_*, LEARN_*, NEW_SESSION*: how a request finds its backend again. */
export interface AffinityOptions {
  readonly mode: CookieMode;
  readonly cookie: CookieAttributes;
  readonly value: "opaque" | "id";
  /** Refuse a cookie that was idle for longer, or is older; 0 = no limit. */
  readonly idleMs: number;
  readonly lifeMs: number;
  /** Backends do not see our cookie. */
  readonly hide: boolean;
  /** `Cache-Control: private` where our cookie is set. */
  readonly noCache: boolean;
  /** A cookie of our name that the backend sets is left alone. */
  readonly preserve: boolean;
  readonly invalid: "repin" | "reject";
  /** A cookie for a draining backend still counts. */
  readonly drainCookies: boolean;
  readonly newSession: NewSession;
  /** 0 = off. */
  readonly newSessionHintMs: number;
  readonly learnFrom: readonly FieldSource[];
  readonly learnLookup: readonly FieldSource[];
  /** Idle life of a learned session. */
  readonly learnTtlMs: number;
  readonly learnMax: number;
  readonly routeSeparator: string;
  /** HASH_KEY=header:…, cookie:…, query:…; undefined = the client's address. */
  readonly hashKey: FieldSource | undefined;
}

export interface HttpOptions {
  readonly requestHead: HeadLimits;
  readonly responseHead: HeadLimits;
  readonly body: BodyLimits;
  /** From the first byte (of a connection's first request: from accept) until the head is complete; 0 = no limit. */
  readonly headTimeoutMs: number;
  /** Between requests; 0 = no limit. */
  readonly keepAliveTimeoutMs: number;
  /** From the end of the request until the head of the answer; 0 = no limit. */
  readonly responseTimeoutMs: number;
  /** No byte either way in a tunnel; 0 = no limit. */
  readonly upgradeIdleTimeoutMs: number;
  readonly upstream: UpstreamOptions;
  readonly affinity: AffinityOptions;
  /** Where trusted hops say who the client is. */
  readonly forwardedHeader: "x-forwarded-for" | "forwarded" | "none";
  readonly forwardedOut: ForwardedOut;
  /** In lower case. */
  readonly realIpHeader: string | undefined;
}
