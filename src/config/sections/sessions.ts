import { setting } from "../setting.ts";
import { optional } from "../setting-type.ts";
import { duration } from "../types/duration.ts";
import { fieldSourceList } from "../types/field-source.ts";
import { integer } from "../types/number.ts";
import { text } from "../types/text.ts";

const section = "Cookie persistence";

/** Session ids that the application made: COOKIE_MODE=learn and route. */
export const sessions = {
  learnFrom: setting(optional(fieldSourceList("cookie", "header")), {
    name: "LEARN_FROM",
    section,
    default: "",
    unset: "the cookie COOKIE_NAME",
    example: "header:Mcp-Session-Id",
    meaning: "learn: where an answer names a new session",
    live: false,
  }),
  learnLookup: setting(optional(fieldSourceList("cookie", "header", "query")), {
    name: "LEARN_LOOKUP",
    section,
    default: "",
    unset: "as LEARN_FROM",
    example: "query:sid, cookie:io",
    meaning: "learn: where a request names its session; the first that is known counts",
    live: false,
  }),
  learnTtlMs: setting(duration({ min: "1s" }), {
    name: "LEARN_TTL",
    section,
    default: "1h",
    example: "1d",
    meaning: "learn: a session that was idle for longer is forgotten",
    live: false,
  }),
  learnMax: setting(integer({ min: 1, max: 10_000_000 }), {
    name: "LEARN_MAX",
    section,
    default: "100000",
    example: "1000000",
    meaning: "learn: sessions remembered; of more the one that was idle longest is forgotten",
    live: false,
  }),
  routeSeparator: setting(
    text({ allowed: "1 to 8 characters that a cookie value may have", pattern: /^[!#-+\--:<-[\]-~]{1,8}$/ }),
    {
      name: "ROUTE_SEPARATOR",
      section,
      default: ".",
      example: "!",
      meaning: "route: what stands between the application's session id and the id of the backend",
      live: false,
    },
  ),
};
