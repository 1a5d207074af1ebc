import { cookieLetters } from "../http/cookie-letters.ts";
import type { Phase } from "../model/connection-record.ts";
import type { CookieIn, CookieOut } from "../model/request-record.ts";
import type { End } from "./account.ts";
import { terminationLetters } from "./termination.ts";

/** Before a backend is chosen nobody has looked for a cookie. */
const BEFORE_COOKIES: ReadonlySet<Phase> = new Set<Phase>(["accept", "identify", "request"]);

/**
 * HAProxy's four termination letters of a request (configuration.txt 8.5): who ended it and in which phase, what the
 * client's cookie said, and what became of the cookie in the answer. `--VN` is the everyday case. A request that ended
 * before the `choose` phase has `--` for its cookies, as with HAProxy.
 */
export function requestLetters(end: End, cookieIn: CookieIn, cookieOut: CookieOut): string {
  const letters = terminationLetters(end.cause, end.endedBy, end.phase, end.waitingFor);
  return letters + (BEFORE_COOKIES.has(end.phase) ? "--" : cookieLetters(cookieIn, cookieOut));
}
