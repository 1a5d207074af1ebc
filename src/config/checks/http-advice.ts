import { anyCidrContains } from "../../model/cidr.ts";
import type { SettingKey, Settings } from "../settings.ts";
import { type Check, when } from "./check.ts";
import { hasHttp, hasTcp } from "./http-mode.ts";

const LISTENERS: readonly SettingKey[] = ["listen", "mode"];

/** Session cookies of wide-spread servers and frameworks, in lower case. */
const APPLICATION_COOKIES: ReadonlySet<string> = new Set([
  "jsessionid",
  "phpsessid",
  "connect.sid",
  "asp.net_sessionid",
  ".aspnetcore.session",
  "sessionid",
  "session",
  "laravel_session",
  "cfid",
  "io",
]);

const DAY_MS = 86_400_000;

/** Limits of one client are asked about whoever connects, which is the hop in front when there is one. */
const limitsOfHops: readonly Check[] = (["maxConnectionsPerClient", "ratePerClient"] as const).map((about) => ({
  severity: "warning",
  about,
  uses: [...LISTENERS, "trustedProxies", "proxyProtocolIn"],
  find: ({ settings }) =>
    when(
      hasHttp(settings) && Boolean(settings[about]) && settings.trustedProxies.length > 0 && !knowsClients(settings),
      "counts the connections of the hop in front together, whoever sends requests through it",
      "set the limit there, or have it speak the PROXY protocol (LENGKET_PROXY_PROTOCOL_IN)",
    ),
}));

/** Connections themselves tell whose they are. */
function knowsClients({ proxyProtocolIn }: Settings): boolean {
  return proxyProtocolIn !== "off";
}

/** Combinations of http mode that work, but hardly as they are meant. */
export const httpAdvice: readonly Check[] = [
  {
    severity: "warning",
    about: "hashKey",
    uses: LISTENERS,
    find: ({ settings }) =>
      when(
        typeof settings.hashKey !== "string" && hasHttp(settings) && hasTcp(settings),
        "listeners that speak tcp hash the client's address",
        "set LENGKET_MODE=http for all of them, or use two processes",
      ),
  },
  {
    severity: "warning",
    about: "cookieName",
    uses: [...LISTENERS, "cookieMode"],
    find: ({ settings }) =>
      when(
        hasHttp(settings) &&
          settings.cookieMode === "insert" &&
          APPLICATION_COOKIES.has(settings.cookieName.toLowerCase()),
        "looks like the application's own cookie: with LENGKET_COOKIE_MODE=insert it would get lost",
        "choose another name, or LENGKET_COOKIE_MODE=prefix, route, learn or passive",
      ),
  },
  {
    severity: "warning",
    about: "cookieIdleMs",
    uses: [...LISTENERS, "cookieMode", "cookieLifeMs"],
    find: ({ settings }) =>
      when(
        hasHttp(settings) &&
          settings.cookieMode === "insert" &&
          settings.cookieLifeMs > 0 &&
          settings.cookieIdleMs > settings.cookieLifeMs,
        "longer than LENGKET_COOKIE_LIFE: every cookie is too old before it was idle for so long",
        "make it shorter, or leave it out",
      ),
  },
  {
    severity: "warning",
    about: "cookieMaxAgeMs",
    uses: [...LISTENERS, "cookieMode", "cookieIdleMs", "cookieLifeMs"],
    find: ({ settings }) => {
      const { cookieMode, cookieMaxAgeMs, cookieIdleMs, cookieLifeMs } = settings;
      // A session that ends by COOKIE_LIFE is meant to end.
      const endsAnyway = cookieLifeMs > 0 && cookieLifeMs <= cookieMaxAgeMs;
      return when(
        hasHttp(settings) &&
          cookieMode === "insert" &&
          cookieMaxAgeMs > 0 &&
          cookieMaxAgeMs < DAY_MS &&
          cookieIdleMs === 0 &&
          !endsAnyway,
        "the cookie is not renewed, so browsers forget it that long after the first visit, in the middle of a session",
        "set LENGKET_COOKIE_IDLE to the same time, which renews it, or make it a day or longer",
      );
    },
  },
  {
    severity: "warning",
    about: "cookieMaxAgeMs",
    uses: [...LISTENERS, "cookieMode", "cookieIdleMs"],
    find: ({ settings }) =>
      when(
        hasHttp(settings) &&
          settings.cookieMode === "insert" &&
          settings.cookieMaxAgeMs > 0 &&
          settings.cookieMaxAgeMs < settings.cookieIdleMs,
        "shorter than LENGKET_COOKIE_IDLE: browsers forget the cookie before it was idle for so long",
        "make it as long as LENGKET_COOKIE_IDLE, or longer",
      ),
  },
  {
    severity: "warning",
    about: "cookieInvalid",
    uses: [...LISTENERS, "cookieMode"],
    find: ({ settings }) =>
      when(
        hasHttp(settings) && settings.cookieMode === "prefix" && settings.cookieInvalid === "reject",
        "when a backend leaves the list its visitors get 400, until their browsers forget the application's cookie",
        "set LENGKET_COOKIE_INVALID=repin, or take a backend out only when its sessions are over",
      ),
  },
  ...limitsOfHops,
  {
    severity: "warning",
    about: "allow",
    uses: [...LISTENERS, "trustedProxies", "proxyProtocolIn"],
    find: ({ settings }) => {
      const { allow, trustedProxies } = settings;
      const isShut = allow.length > 0 && !trustedProxies.some(({ bytes }) => anyCidrContains(allow, bytes));
      return when(
        hasHttp(settings) && trustedProxies.length > 0 && isShut && !knowsClients(settings),
        "keeps every trusted hop out, as it is asked about whoever connects before it is asked about the client",
        "add the networks of LENGKET_TRUSTED_PROXIES",
      );
    },
  },
];
