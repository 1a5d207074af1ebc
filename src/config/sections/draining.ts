import { setting } from "../setting.ts";
import { duration } from "../types/duration.ts";
import { boolean, oneOf } from "../types/words.ts";

const section = "Draining, slow start, shutdown";

/** How backends and the balancer itself come and go. */
export const draining = {
  drainTimeoutMs: setting(duration({ min: "1s", zero: "wait for ever" }), {
    name: "DRAIN_TIMEOUT",
    section,
    default: "0",
    example: "1h",
    meaning: "connections of a draining backend are closed after this long",
    live: false,
  }),
  drainCookies: setting(boolean(), {
    name: "DRAIN_COOKIES",
    section,
    default: "true",
    example: "false",
    meaning: "http: sessions of a draining backend stay with it; false moves them at once",
    live: false,
  }),
  slowStartMs: setting(duration({ min: "100ms", max: "1d", zero: "off" }), {
    name: "SLOW_START",
    section,
    default: "0",
    example: "30s",
    meaning: "a backend that is new or back gets its share of clients gradually over this time",
    live: false,
  }),
  onDownSessions: setting(oneOf("keep", "close"), {
    name: "ON_DOWN_SESSIONS",
    section,
    default: "keep",
    example: "close",
    meaning: "what happens to the connections of a backend that went down",
    live: false,
  }),
  shutdownMinMs: setting(duration({ min: "1ms", max: "1h", zero: "none" }), {
    name: "SHUTDOWN_MIN",
    section,
    default: "5s",
    example: "10s",
    meaning: "after SIGTERM the listeners stay open at least this long",
    live: false,
  }),
  shutdownQuietMs: setting(duration({ min: "1ms", max: "1h", zero: "none" }), {
    name: "SHUTDOWN_QUIET",
    section,
    default: "2s",
    example: "5s",
    meaning:
      "and until no new connection has come for this long, but at most half way from SHUTDOWN_MIN to SHUTDOWN_TIMEOUT",
    live: false,
  }),
  shutdownTimeoutMs: setting(duration({ min: "1ms", max: "1d", zero: "end at once" }), {
    name: "SHUTDOWN_TIMEOUT",
    section,
    default: "30s",
    example: "5m",
    meaning: "hard end after SIGTERM; a second signal ends at once",
    live: false,
  }),
};
