import type { SettingKey, Settings } from "../settings.ts";
import { hasHttp, hasTcp, picksFreely } from "./http-mode.ts";
import type { IdleRule } from "./idle-rule.ts";

/** What makes the browser's copy of our cookie, and what its value says. */
const OUR_COOKIE: readonly SettingKey[] = [
  "cookiePath",
  "cookieDomain",
  "cookieSecure",
  "cookieHttpOnly",
  "cookieSameSite",
  "cookiePartitioned",
  "cookieMaxAgeMs",
  "cookieIdleMs",
  "cookieLifeMs",
  "cookieValue",
  "cookieSecrets",
  "cookieSecretFile",
  "cookieHide",
  "cookieNoCache",
  "cookiePreserve",
];

const LEARNING: readonly SettingKey[] = ["learnFrom", "learnLookup", "learnTtlMs", "learnMax"];

/** Everything that only requests have. NEW_SESSION and HASH_KEY are contradictions without them. */
const HTTP_ONLY: readonly SettingKey[] = [
  "newSessionHintMs",
  "cookieMode",
  "cookieName",
  ...OUR_COOKIE,
  "cookieInvalid",
  ...LEARNING,
  "routeSeparator",
  "upstreamReuse",
  "upstreamIdle",
  "upstreamIdleTimeoutMs",
  "upstreamMaxRequests",
  "forwardedHeader",
  "realIpHeader",
  "forwardedOut",
  "drainCookies",
  "httpHeadTimeoutMs",
  "httpKeepAliveTimeoutMs",
  "httpResponseTimeoutMs",
  "upgradeIdleTimeoutMs",
  "httpMaxHeadBytes",
  "httpMaxHeaders",
];

const LISTENERS: readonly SettingKey[] = ["listen", "mode"];

/** Without a listener of http mode one complaint is enough. */
function inHttp(idle: (settings: Settings) => boolean): (settings: Settings) => boolean {
  return (settings) => hasHttp(settings) && idle(settings);
}

export const ineffectiveHttpSettings: readonly IdleRule[] = [
  {
    keys: HTTP_ONLY,
    idle: (settings) => !hasHttp(settings),
    because: LISTENERS,
    reason: "no listener speaks http",
    hint: "set LENGKET_MODE=http, or ;mode=http at a listener",
  },
  {
    keys: OUR_COOKIE,
    idle: inHttp(({ cookieMode }) => cookieMode !== "insert"),
    because: ["cookieMode"],
    hint: "only LENGKET_COOKIE_MODE=insert sets a cookie of ours",
  },
  {
    keys: ["cookieName"],
    idle: inHttp(({ cookieMode }) => cookieMode === "off"),
    because: ["cookieMode"],
    hint: "set LENGKET_COOKIE_MODE=insert, or a mode that watches this cookie",
  },
  {
    keys: ["cookieInvalid"],
    idle: inHttp(({ cookieMode }) => cookieMode !== "insert" && cookieMode !== "prefix"),
    because: ["cookieMode"],
    hint: "only what we wrote ourselves can be wrong: set LENGKET_COOKIE_MODE=insert or prefix",
  },
  {
    keys: ["drainCookies"],
    idle: inHttp(({ cookieMode }) => cookieMode === "off" || cookieMode === "passive"),
    because: ["cookieMode"],
    hint: "only a hash decides, and it leaves a draining backend at once",
  },
  {
    keys: ["cookieSecrets", "cookieSecretFile"],
    idle: inHttp(({ cookieMode, cookieValue }) => cookieMode === "insert" && cookieValue === "id"),
    because: ["cookieValue"],
    hint: "set LENGKET_COOKIE_VALUE=opaque",
  },
  {
    keys: LEARNING,
    idle: inHttp(({ cookieMode }) => cookieMode !== "learn"),
    because: ["cookieMode"],
    hint: "set LENGKET_COOKIE_MODE=learn",
  },
  {
    keys: ["cookieName"],
    idle: (settings) => learnsElsewhere(settings),
    because: ["cookieMode", "learnFrom", "learnLookup"],
    reason: "LENGKET_LEARN_FROM says where session ids are",
    hint: "leave one of them out",
  },
  {
    keys: ["routeSeparator"],
    idle: inHttp(({ cookieMode }) => cookieMode !== "route"),
    because: ["cookieMode"],
    hint: "set LENGKET_COOKIE_MODE=route",
  },
  {
    keys: ["newSession"],
    idle: inHttp(({ cookieMode }) => cookieMode === "off"),
    because: ["cookieMode"],
    hint: "set LENGKET_COOKIE_MODE=insert: without a cookie every request would get another backend",
  },
  {
    keys: ["newSessionHintMs"],
    idle: inHttp((settings) => !picksFreely(settings)),
    because: ["newSession", "cookieMode"],
    reason: "new sessions are placed by hash",
    hint: "equal hashes get the same backend anyway",
  },
  {
    keys: ["hashKey"],
    idle: (settings) => hasHttp(settings) && !hasTcp(settings) && picksFreely(settings),
    because: [...LISTENERS, "newSession", "cookieMode"],
    reason: "nothing is placed by hash",
    hint: "set LENGKET_NEW_SESSION=hash, or LENGKET_COOKIE_MODE=off",
  },
  {
    keys: ["upstreamIdle", "upstreamIdleTimeoutMs", "upstreamMaxRequests"],
    idle: inHttp(({ upstreamReuse }) => upstreamReuse === "never"),
    because: ["upstreamReuse"],
    hint: "set LENGKET_UPSTREAM_REUSE=client or shared",
  },
];

/** Whether COOKIE_MODE=learn reads no cookie that COOKIE_NAME names. */
function learnsElsewhere(settings: Settings): boolean {
  if (!hasHttp(settings) || settings.cookieMode !== "learn") return false;
  const sources = [...settings.learnFrom, ...settings.learnLookup];
  return !sources.some(({ kind, name }) => kind === "cookie" && name === settings.cookieName);
}
