import { setting } from "../setting.ts";
import { duration } from "../types/duration.ts";

const section = "Timeouts";

/** How long a connection may take for what. */
export const timeouts = {
  connectTimeoutMs: setting(duration({ min: "10ms", max: "5m" }), {
    name: "CONNECT_TIMEOUT",
    section,
    default: "3s",
    example: "1s",
    meaning: "one attempt to connect to a backend",
    live: false,
  }),
  idleTimeoutMs: setting(duration({ min: "10ms", zero: "off" }), {
    name: "IDLE_TIMEOUT",
    section,
    default: "10m",
    example: "1h",
    meaning: "a connection without a byte either way ends after this long",
    live: false,
  }),
  halfClosedTimeoutMs: setting(duration({ min: "10ms" }), {
    name: "HALF_CLOSED_TIMEOUT",
    section,
    default: "30s",
    example: "2m",
    meaning: "after one side has ended, the other one has this long",
    live: false,
  }),
  httpHeadTimeoutMs: setting(duration({ min: "10ms", max: "1h", zero: "off" }), {
    name: "HTTP_HEAD_TIMEOUT",
    section,
    default: "10s",
    example: "5s",
    meaning: "http: the head of a request must be complete by then; a slow client gets 408",
    live: false,
  }),
  httpKeepAliveTimeoutMs: setting(duration({ min: "10ms", zero: "off" }), {
    name: "HTTP_KEEPALIVE_TIMEOUT",
    section,
    default: "60s",
    example: "75s",
    meaning: "http: a client connection without a request ends after this long",
    live: false,
  }),
  httpResponseTimeoutMs: setting(duration({ min: "10ms", zero: "off" }), {
    name: "HTTP_RESPONSE_TIMEOUT",
    section,
    default: "0",
    example: "30s",
    meaning: "http: from the end of a request to the head of its answer; a slow backend makes a 504",
    live: false,
  }),
  upgradeIdleTimeoutMs: setting(duration({ min: "10ms", zero: "off" }), {
    name: "UPGRADE_IDLE_TIMEOUT",
    section,
    default: "1h",
    example: "10m",
    meaning: "http: a tunnel, such as a WebSocket, without a byte either way ends after this long",
    live: false,
  }),
};
