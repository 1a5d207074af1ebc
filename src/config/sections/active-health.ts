import { setting } from "../setting.ts";
import { optional } from "../setting-type.ts";
import { duration } from "../types/duration.ts";
import { decimal, integer } from "../types/number.ts";
import { statusRanges } from "../types/status-ranges.ts";
import { text } from "../types/text.ts";
import { boolean, oneOf } from "../types/words.ts";

const section = "Active health";

/** How backends are asked whether they are well. */
export const activeHealth = {
  health: setting(oneOf("tcp", "http", "off"), {
    name: "HEALTH",
    section,
    default: "tcp",
    example: "http",
    meaning: "check by connecting, by an HTTP request, or not at all",
    live: false,
  }),
  healthPath: setting(
    text({ allowed: "a path of visible ASCII characters that starts with /", pattern: /^\/[\x21-\x7e]{0,2047}$/ }),
    {
      name: "HEALTH_PATH",
      section,
      default: "/",
      example: "/ready",
      meaning: "path of the HTTP check",
      live: false,
    },
  ),
  healthMethod: setting(oneOf("GET", "HEAD", "OPTIONS"), {
    name: "HEALTH_METHOD",
    section,
    default: "GET",
    example: "HEAD",
    meaning: "method of the HTTP check",
    live: false,
  }),
  healthHost: setting(
    optional(text({ allowed: "a host name with an optional port", pattern: /^[A-Za-z0-9._:[\]-]{1,255}$/ })),
    {
      name: "HEALTH_HOST",
      section,
      default: "",
      unset: "the address of the backend",
      example: "shop.example.com",
      meaning: "Host header of the HTTP check",
      live: false,
    },
  ),
  healthPort: setting(optional(integer({ min: 1, max: 65_535 })), {
    name: "HEALTH_PORT",
    section,
    default: "",
    unset: "the port of the backend",
    example: "8081",
    meaning: "port of the check, unless the backend says health=",
    live: false,
  }),
  healthExpect: setting(statusRanges(), {
    name: "HEALTH_EXPECT",
    section,
    default: "200-399",
    example: "200,204",
    meaning: "status codes that mean healthy",
    live: false,
  }),
  healthExpectBody: setting(
    optional(text({ allowed: "1 to 1024 printable characters", pattern: /^[^\p{C}]{1,1024}$/u })),
    {
      name: "HEALTH_EXPECT_BODY",
      section,
      default: "",
      unset: "any body",
      example: '"status":"up"',
      meaning: "text that the body of a healthy answer holds",
      live: false,
    },
  ),
  healthDrainOn: setting(optional(statusRanges()), {
    name: "HEALTH_DRAIN_ON",
    section,
    default: "",
    unset: "none",
    example: "404",
    meaning: "status codes by which a backend asks to be drained; stronger than HEALTH_EXPECT",
    live: false,
  }),
  healthIntervalMs: setting(duration({ min: "10ms", max: "1h" }), {
    name: "HEALTH_INTERVAL",
    section,
    default: "2s",
    example: "5s",
    meaning: "time between two checks of a backend",
    live: false,
  }),
  healthTimeoutMs: setting(duration({ min: "10ms", max: "5m" }), {
    name: "HEALTH_TIMEOUT",
    section,
    default: "1s",
    example: "500ms",
    meaning: "a check that takes longer has failed",
    live: false,
  }),
  healthRise: setting(integer({ min: 1, max: 100 }), {
    name: "HEALTH_RISE",
    section,
    default: "2",
    example: "3",
    meaning: "successes in a row that make a backend healthy",
    live: false,
  }),
  healthFall: setting(integer({ min: 1, max: 100 }), {
    name: "HEALTH_FALL",
    section,
    default: "3",
    example: "2",
    meaning: "failures in a row that make a backend unhealthy",
    live: false,
  }),
  healthFastIntervalMs: setting(duration({ min: "10ms", max: "1h" }), {
    name: "HEALTH_FAST_INTERVAL",
    section,
    default: "500ms",
    example: "200ms",
    meaning: "time between two checks while the state is changing",
    live: false,
  }),
  healthJitter: setting(decimal({ min: 0, max: 0.9 }), {
    name: "HEALTH_JITTER",
    section,
    default: "0.2",
    example: "0.5",
    meaning: "share of the interval by which checks are spread, so that replicas do not beat together",
    live: false,
  }),
  healthInitial: setting(oneOf("check", "up", "down"), {
    name: "HEALTH_INITIAL",
    section,
    default: "check",
    example: "up",
    meaning: "state at the start; check = the first check decides before listening",
    live: false,
  }),
  healthProxyProtocol: setting(optional(boolean()), {
    name: "HEALTH_PROXY_PROTOCOL",
    section,
    default: "",
    unset: "true when PROXY_PROTOCOL_OUT is on",
    example: "false",
    meaning: "checks send the PROXY header of PROXY_PROTOCOL_OUT too",
    live: false,
  }),
};
