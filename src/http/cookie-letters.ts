import { exhaustive } from "../model/failure.ts";
import type { CookieIn, CookieOut } from "../model/request-record.ts";

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
