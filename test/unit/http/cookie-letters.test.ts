import { expect } from "chai";
import { cookieLetters } from "../../../src/http/cookie-letters.ts";
import type { CookieIn, CookieOut } from "../../../src/model/request-record.ts";

describe("cookie letters", () => {
  it("are those of HAProxy for what came in", () => {
    const letters: Readonly<Record<CookieIn, string>> = {
      off: "-",
      none: "N",
      invalid: "I",
      unknown: "I",
      down: "D",
      valid: "V",
      expired: "E",
      old: "O",
      unused: "U",
    };
    for (const [received, letter] of Object.entries(letters))
      expect(cookieLetters(received as CookieIn, "none"), received).to.equal(`${letter}N`);
  });

  it("are those of HAProxy for what went out", () => {
    const letters: Readonly<Record<CookieOut, string>> = {
      off: "-",
      none: "N",
      inserted: "I",
      updated: "U",
      provided: "P",
      rewritten: "R",
      deleted: "D",
    };
    for (const [answered, letter] of Object.entries(letters))
      expect(cookieLetters("off", answered as CookieOut), answered).to.equal(`-${letter}`);
  });
});
