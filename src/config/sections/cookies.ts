import { setting } from "../setting.ts";
import { optional } from "../setting-type.ts";
import { cookieDomain, cookieName, cookiePath } from "../types/cookie-attribute.ts";
import { duration } from "../types/duration.ts";
import { secretList } from "../types/secret.ts";
import { path } from "../types/text.ts";
import { boolean, oneOf } from "../types/words.ts";

const section = "Cookie persistence";

/** Browsers keep a cookie for 400 days at most (RFC 6265bis, section 5.5). */
const LONGEST = "400d";

/** How a request of http mode finds its backend again. */
export const cookies = {
  cookieMode: setting(oneOf("insert", "passive", "prefix", "route", "learn", "off"), {
    name: "COOKIE_MODE",
    section,
    default: "insert",
    example: "learn",
    meaning:
      "insert sets our own cookie; passive hashes the application's; prefix, route and learn bind by it; off: none",
    live: false,
  }),
  cookieName: setting(cookieName(), {
    name: "COOKIE_NAME",
    section,
    default: "lengket",
    example: "JSESSIONID",
    meaning: "the cookie that is set, or of the application that is watched",
    live: false,
  }),
  cookiePath: setting(cookiePath(), {
    name: "COOKIE_PATH",
    section,
    default: "/",
    example: "/shop",
    meaning: "paths that the browser sends our cookie to",
    live: false,
  }),
  cookieDomain: setting(optional(cookieDomain()), {
    name: "COOKIE_DOMAIN",
    section,
    default: "",
    unset: "the host that answered",
    example: "example.com",
    meaning: "domain that the browser sends our cookie to, subdomains included",
    live: false,
  }),
  cookieSecure: setting(oneOf("auto", "on", "off"), {
    name: "COOKIE_SECURE",
    section,
    default: "auto",
    example: "on",
    meaning:
      "Secure; auto = when a trusted hop says https, and always where browsers insist (SameSite none, __Host-, __Secure-)",
    live: false,
  }),
  cookieHttpOnly: setting(boolean(), {
    name: "COOKIE_HTTPONLY",
    section,
    default: "true",
    example: "false",
    meaning: "HttpOnly: scripts of the page cannot read our cookie",
    live: false,
  }),
  cookieSameSite: setting(oneOf("lax", "strict", "none"), {
    name: "COOKIE_SAMESITE",
    section,
    default: "lax",
    example: "none",
    meaning: "SameSite: with which requests from other sites our cookie comes; none is for iframes and CORS",
    live: false,
  }),
  cookiePartitioned: setting(boolean(), {
    name: "COOKIE_PARTITIONED",
    section,
    default: "false",
    example: "true",
    meaning: "Partitioned (CHIPS): an own cookie for every site that embeds the application; needs SameSite none",
    live: false,
  }),
  cookieMaxAgeMs: setting(duration({ min: "1s", max: LONGEST, zero: "until the browser ends", wholeSeconds: true }), {
    name: "COOKIE_MAX_AGE",
    section,
    default: "0",
    example: "7d",
    meaning: "how long the browser keeps our cookie, in whole seconds",
    live: false,
  }),
  cookieIdleMs: setting(duration({ min: "1s", max: LONGEST, zero: "no limit" }), {
    name: "COOKIE_IDLE",
    section,
    default: "0",
    example: "30m",
    meaning: "a cookie that was idle for longer does not count; its date is in the value (HAProxy's maxidle)",
    live: false,
  }),
  cookieLifeMs: setting(duration({ min: "1s", max: LONGEST, zero: "no limit" }), {
    name: "COOKIE_LIFE",
    section,
    default: "0",
    example: "8h",
    meaning: "an older cookie does not count, however busy its client (HAProxy's maxlife)",
    live: false,
  }),
  cookieValue: setting(oneOf("opaque", "id"), {
    name: "COOKIE_VALUE",
    section,
    default: "opaque",
    example: "id",
    meaning: "a token that tells nothing, or the id of the backend as HAProxy writes it",
    live: false,
  }),
  cookieSecrets: setting(secretList(), {
    name: "COOKIE_SECRET",
    section,
    default: "",
    unset: "those of COOKIE_SECRET_FILE; without any, tokens can be guessed",
    example: "replace-me-by-openssl-rand-base64-32",
    meaning: "keys of the tokens: the first signs, all are accepted; the same on all replicas",
    live: true,
    secret: true,
  }),
  cookieSecretFile: setting(optional(path()), {
    name: "COOKIE_SECRET_FILE",
    section,
    default: "",
    unset: "none",
    example: "/run/secrets/lengket-cookie",
    meaning: "the same from a file, one a line; SIGHUP reads it again",
    live: true,
  }),
  cookieHide: setting(boolean(), {
    name: "COOKIE_HIDE",
    section,
    default: "true",
    example: "false",
    meaning: "backends do not see our cookie (HAProxy's indirect)",
    live: false,
  }),
  cookieNoCache: setting(boolean(), {
    name: "COOKIE_NOCACHE",
    section,
    default: "true",
    example: "false",
    meaning: "an answer that sets our cookie is marked Cache-Control: private, so that no cache hands it out",
    live: false,
  }),
  cookiePreserve: setting(boolean(), {
    name: "COOKIE_PRESERVE",
    section,
    default: "false",
    example: "true",
    meaning: "when a backend itself sets a cookie of our name, it counts: so an application ends stickiness",
    live: false,
  }),
  cookieInvalid: setting(oneOf("repin", "reject"), {
    name: "COOKIE_INVALID",
    section,
    default: "repin",
    example: "reject",
    meaning: "insert, prefix: a forged, unknown or expired value gets a new backend, or 400",
    live: false,
  }),
};
