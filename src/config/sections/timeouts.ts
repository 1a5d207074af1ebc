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
};
