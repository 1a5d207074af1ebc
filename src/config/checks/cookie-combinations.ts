import { type CookieAttributes, type CookieProblem, cookieProblems } from "../../http/set-cookie.ts";
import type { SettingKey, Settings } from "../settings.ts";
import { type Check, when } from "./check.ts";
import { hasHttp } from "./http-mode.ts";

const ATTRIBUTES: readonly SettingKey[] = [
  "cookieName",
  "cookiePath",
  "cookieDomain",
  "cookieSecure",
  "cookieSameSite",
  "cookiePartitioned",
];

/** Of our cookie; of the others' the application decides. */
function combination(code: CookieProblem, about: SettingKey, problem: string, hint: string): Check {
  return {
    severity: "error",
    about,
    uses: ["listen", "mode", "cookieMode", ...ATTRIBUTES],
    find: ({ settings }) => {
      const ours = hasHttp(settings) && settings.cookieMode === "insert";
      return when(ours && cookieProblems(attributesOf(settings)).includes(code), problem, hint);
    },
  };
}

/** Attributes that browsers answer by ignoring the cookie. What one attribute alone can do wrong is found by its type. */
export const cookieCombinations: readonly Check[] = [
  combination(
    "none-needs-secure",
    "cookieSameSite",
    "browsers ignore a cookie with SameSite=None that is not Secure",
    "set LENGKET_COOKIE_SECURE=auto, or LENGKET_COOKIE_SAMESITE=lax",
  ),
  combination(
    "partitioned-needs-secure",
    "cookiePartitioned",
    "browsers ignore a partitioned cookie that is not Secure",
    "set LENGKET_COOKIE_SECURE=auto, or LENGKET_COOKIE_PARTITIONED=false",
  ),
  combination(
    "partitioned-needs-none",
    "cookiePartitioned",
    "a partitioned cookie is for pages inside other sites, which get none without SameSite=None",
    "set LENGKET_COOKIE_SAMESITE=none, or LENGKET_COOKIE_PARTITIONED=false",
  ),
  combination(
    "secure-prefix-needs-secure",
    "cookieName",
    "browsers ignore a cookie with this prefix that is not Secure",
    "set LENGKET_COOKIE_SECURE=auto, or choose a name without __Secure-",
  ),
  combination(
    "host-prefix-needs-secure",
    "cookieName",
    "browsers ignore a cookie with this prefix that is not Secure",
    "set LENGKET_COOKIE_SECURE=auto, or choose a name without __Host-",
  ),
  combination(
    "host-prefix-forbids-domain",
    "cookieDomain",
    "browsers ignore a cookie with a domain whose name begins with __Host-",
    "leave the domain out, or choose a name with __Secure-",
  ),
  combination(
    "host-prefix-needs-root-path",
    "cookiePath",
    "browsers ignore a cookie with a path other than / whose name begins with __Host-",
    "set LENGKET_COOKIE_PATH=/, or choose a name with __Secure-",
  ),
];

function attributesOf(settings: Settings): CookieAttributes {
  return {
    name: settings.cookieName,
    path: settings.cookiePath,
    domain: settings.cookieDomain,
    secure: settings.cookieSecure,
    httpOnly: settings.cookieHttpOnly,
    sameSite: settings.cookieSameSite,
    partitioned: settings.cookiePartitioned,
    maxAgeS: settings.cookieMaxAgeMs / 1000,
  };
}
