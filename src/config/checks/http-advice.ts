import type { SettingKey } from "../settings.ts";
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
    about: "cookieSecure",
    uses: [...LISTENERS, "cookieMode", "cookieSameSite", "trustedProxies"],
    find: ({ settings }) =>
      when(
        hasHttp(settings) &&
          settings.cookieMode === "insert" &&
          settings.cookieSameSite === "none" &&
          settings.cookieSecure === "auto" &&
          settings.trustedProxies.length === 0,
        "no trusted hop can say https, so the cookie is never Secure, and browsers ignore it with SameSite=None",
        "name the hop that ends TLS in LENGKET_TRUSTED_PROXIES, or set LENGKET_COOKIE_SECURE=on",
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
];
