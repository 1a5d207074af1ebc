import { isCookieId } from "../../http/id-tokens.ts";
import { SETTINGS, type SettingKey, type Settings } from "../settings.ts";
import { type Check, when } from "./check.ts";
import { hasHttp } from "./http-mode.ts";

const LISTENERS: readonly SettingKey[] = ["listen", "mode"];

/** Combinations of http mode that cannot work. */
export const httpContradictions: readonly Check[] = [
  {
    severity: "error",
    about: "backends",
    uses: [...LISTENERS, "backendsFile", "cookieMode", "cookieValue"],
    find: ({ settings }) =>
      namesBackends(settings)
        ? settings.backends
            .filter(({ id }) => !isCookieId(id))
            .map(({ id }) => ({
              value: id,
              problem: `its id cannot stand in a cookie, and LENGKET_COOKIE_MODE is ${settings.cookieMode}`,
              hint:
                settings.cookieMode === "insert"
                  ? "use ASCII letters and digits, or LENGKET_COOKIE_VALUE=opaque"
                  : "use ASCII letters and digits",
            }))
        : [],
  },
  {
    severity: "error",
    about: "hashKey",
    uses: LISTENERS,
    find: ({ settings }) =>
      when(
        typeof settings.hashKey !== "string" && !hasHttp(settings),
        "only requests have that, and no listener speaks http",
        "set LENGKET_MODE=http, or LENGKET_HASH_KEY=client_ip",
      ),
  },
  {
    severity: "error",
    about: "newSession",
    uses: LISTENERS,
    find: ({ settings, raw }) =>
      when(
        raw.newSession !== undefined && raw.newSession !== "hash" && !hasHttp(settings),
        "tcp connections carry no cookie: only their hash brings clients back",
        "set LENGKET_MODE=http, or leave this unset",
      ),
  },
  {
    severity: "error",
    about: "cookieName",
    uses: [...LISTENERS, "cookieMode"],
    find: ({ settings }) =>
      when(
        hasHttp(settings) && watchesCookie(settings) && isDefaultName(settings),
        `LENGKET_COOKIE_MODE=${settings.cookieMode} watches a cookie of the application, and it is not named`,
        "name it, e.g. LENGKET_COOKIE_NAME=JSESSIONID",
      ),
  },
  {
    severity: "error",
    about: "learnFrom",
    uses: [...LISTENERS, "cookieMode", "cookieName"],
    find: ({ settings, raw }) =>
      when(
        hasHttp(settings) && settings.cookieMode === "learn" && raw.learnFrom === undefined && isDefaultName(settings),
        "with LENGKET_COOKIE_MODE=learn it has to say where the application names a session",
        "set it, e.g. LENGKET_LEARN_FROM=header:Mcp-Session-Id, or LENGKET_COOKIE_NAME=PHPSESSID",
      ),
  },
  {
    severity: "error",
    about: "upstreamReuse",
    uses: [...LISTENERS, "proxyProtocolOut"],
    find: ({ settings, raw }) =>
      when(
        hasHttp(settings) && raw.upstreamReuse === "shared" && settings.proxyProtocolOut !== "off",
        "a PROXY header names one client for a whole connection, which others must not use then",
        "set LENGKET_UPSTREAM_REUSE=client, or LENGKET_PROXY_PROTOCOL_OUT=off",
      ),
  },
  {
    severity: "error",
    about: "realIpHeader",
    uses: [...LISTENERS, "trustedProxies"],
    find: ({ settings: { listen, realIpHeader, trustedProxies } }) =>
      when(
        realIpHeader !== undefined &&
          trustedProxies.length === 0 &&
          // Whoever may open the path of a unix socket is trusted.
          listen.some(({ place, mode }) => mode === "http" && place.kind !== "unix"),
        "nobody is believed who sends it: LENGKET_TRUSTED_PROXIES is empty",
        "name the hops in front, e.g. LENGKET_TRUSTED_PROXIES=10.0.0.0/8",
      ),
  },
];

/** Whether ids themselves stand in cookies: written by us, or by the application behind its session id. */
function namesBackends(settings: Settings): boolean {
  const { cookieMode, cookieValue } = settings;
  if (!hasHttp(settings)) return false;
  return cookieMode === "prefix" || cookieMode === "route" || (cookieMode === "insert" && cookieValue === "id");
}

/** Modes that are about one cookie of the application; `learn` has its own settings for it. */
function watchesCookie({ cookieMode }: Settings): boolean {
  return cookieMode === "passive" || cookieMode === "prefix" || cookieMode === "route";
}

function isDefaultName({ cookieName }: Settings): boolean {
  return cookieName === SETTINGS.cookieName.default;
}
