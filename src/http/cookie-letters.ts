import { exhaustive } from "../model/failure.ts";

/**
 * What the client's cookie said. `off`: no cookie persistence · `none`: no cookie · `invalid`: not ours, forged, or from the
 * future · `unknown`: of our form, but no backend answers to it · `down`: its backend cannot be used · `unused`: something
 * else chose the backend.
 */
export type CookieIn = "off" | "none" | "invalid" | "unknown" | "down" | "valid" | "expired" | "old" | "unused";

/**
 * What became of the cookie in the answer. `none`: nobody set one · `inserted`: by us · `updated`: its date, form or secret,
 * by us · `provided`: by the backend, passed on · `rewritten`: by the backend, changed by us (prefix) · `deleted`: by the
 * backend, removed by us.
 */
export type CookieOut = "off" | "none" | "inserted" | "updated" | "provided" | "rewritten" | "deleted";

/** The third and fourth letter of HAProxy's session state (configuration.txt, section 8.5), e.g. `VN`, `NI`, `--`. */
export function cookieLetters(received: CookieIn, answered: CookieOut): string {
  return letterIn(received) + letterOut(answered);
}

function letterIn(received: CookieIn): string {
  switch (received) {
    case "off":
      return "-";
    case "none":
      return "N";
    case "invalid":
    case "unknown":
      return "I";
    case "down":
      return "D";
    case "valid":
      return "V";
    case "expired":
      return "E";
    case "old":
      return "O";
    case "unused":
      return "U";
    default:
      return exhaustive(received);
  }
}

function letterOut(answered: CookieOut): string {
  switch (answered) {
    case "off":
      return "-";
    case "none":
      return "N";
    case "inserted":
      return "I";
    case "updated":
      return "U";
    case "provided":
      return "P";
    case "rewritten":
      return "R";
    case "deleted":
      return "D";
    default:
      return exhaustive(answered);
  }
}
