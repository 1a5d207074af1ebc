import { setting } from "../setting.ts";
import { optional } from "../setting-type.ts";
import { duration } from "../types/duration.ts";
import { integer } from "../types/number.ts";
import { oneOf } from "../types/words.ts";

const section = "Upstream connections";

/** What becomes of backend connections between requests of http mode. */
export const upstream = {
  upstreamReuse: setting(optional(oneOf("never", "client", "shared")), {
    name: "UPSTREAM_REUSE",
    section,
    default: "",
    unset: "shared; client with PROXY_PROTOCOL_OUT",
    example: "client",
    meaning: "who may use one again: nobody, its client, or every client for requests that may be sent twice",
    live: false,
  }),
  upstreamIdle: setting(integer({ min: 1, max: 100_000 }), {
    name: "UPSTREAM_IDLE",
    section,
    default: "64",
    example: "256",
    meaning: "kept per backend; raise it to the requests in flight there: what is above is closed after its answer",
    live: false,
  }),
  upstreamIdleTimeoutMs: setting(duration({ min: "10ms", zero: "never" }), {
    name: "UPSTREAM_IDLE_TIMEOUT",
    section,
    default: "30s",
    example: "4s",
    meaning: "an idle one is closed after this long; best shorter than what the backends themselves wait",
    live: false,
  }),
  upstreamMaxRequests: setting(integer({ min: 0, max: 1_000_000_000 }), {
    name: "UPSTREAM_MAX_REQUESTS",
    section,
    default: "0",
    example: "1000",
    meaning: "requests on one connection, then it is closed; 0 = no limit",
    live: false,
  }),
};
