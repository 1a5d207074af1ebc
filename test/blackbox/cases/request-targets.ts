import type { Case } from "../case.ts";
import { get, named, request } from "../messages.ts";
import { anyOf, refused, served } from "../verdicts.ts";
import { type About, bad, good, requestCase, SERVED_AFTER } from "./define.ts";
import { slug } from "./request-lines.ts";

const RULE: About = { rule: 19, rank: 1 };
const QUALITY: About = { rule: 19, rank: 2 };

/** Rule 19, targets: refused, or passed on byte for byte. */
export function requestTargetCases(): readonly Case[] {
  return [...targetOctets(), ...targetsKept(), ...formCases()];
}

/** Bytes that no target may hold, at three places. */
function targetOctets(): readonly Case[] {
  const octets = [0x01, 0x08, 0x0b, 0x0c, 0x1f, 0x7f, 0x80, 0xa0, 0xe9, 0xff];
  const places: readonly (readonly [string, (char: string) => string])[] = [
    ["first", (char) => `${char}/{id}/a`],
    ["middle", (char) => `/{id}/a${char}b`],
    ["last", (char) => `/{id}/a?x=${char}`],
  ];
  return [
    ...places.flatMap(([place, targetOf]) =>
      octets.map((octet) =>
        bad(
          RULE,
          `target-${place}-${named(octet)}`,
          `${named(octet)} ${place} in the target`,
          get("a", { target: targetOf(String.fromCharCode(octet)) }),
          [400],
        ),
      ),
    ),
    bad(RULE, "fragment", "a fragment", get("a", { target: "/{id}/a#b" }), [400]),
    bad(RULE, "fragment-query", "a fragment behind a query", get("a", { target: "/{id}/a?b#c" }), [400]),
  ];
}

/** What another reader might tidy up. */
function targetsKept(): readonly Case[] {
  const kept = [
    "/a/../b",
    "/a/./b",
    "/a//b",
    "//",
    "/a/%2e%2e/b",
    "/a/%2F",
    "/a%20b",
    "/a;p=1;q=2",
    "?",
    "?x=1&y=%0d%0a&z",
    "?a?b",
    "/%C3%A9",
    "/a/b/",
    "?x=/../",
    "/~a",
    "/a:b@c",
    "/(a)'!*,$&+=",
    "/%7Ea",
    "?q=%00",
  ];
  // No URI holds these bytes, but many clients send them: refused, or passed on as they are.
  const odd = ['/"a"', "/<a>", "/a\\b", "/a^b", "/a`b", "/a{c}", "/a|b", "/a[b]", "/a%", "/a%zz", "/%00"];
  return [
    ...kept.map((rest, i) =>
      good(RULE, `target-kept-${i}-${slug(rest)}`, `target /a${rest}`, get("a", { target: `/{id}/a${rest}` }), {
        part: "a",
        target: `/{id}/a${rest}`,
      }),
    ),
    ...odd.map((rest, i) =>
      requestCase(
        QUALITY,
        `target-odd-${i}-${slug(rest)}`,
        `target /a${rest}`,
        get("a", { target: `/{id}/a${rest}` }),
        anyOf(served({ part: "a", target: `/{id}/a${rest}` }, SERVED_AFTER), refused([400, 404])),
      ),
    ),
  ];
}

function formCases(): readonly Case[] {
  const none: readonly (readonly [string, string])[] = [
    ["word", "{id}/a"],
    ["dot", "./{id}/a"],
    ["question", "?/{id}/a"],
    ["backslash", "\\{id}\\a"],
    ["asterisk-get", "*"],
    ["asterisk-path", "*/{id}/a"],
    ["authority", "shop.example:80"],
    ["scheme-only", "http:"],
    ["one-slash", "http:/{id}/a"],
  ];
  return [
    ...none.map(([id, target]) =>
      bad(RULE, `form-${id}`, `target ${target}`, get("a", { target, lines: ["X-Mark: /{id}/a"] }), [400, 404, 405]),
    ),
    good(
      QUALITY,
      "asterisk-options",
      "OPTIONS *",
      request("OPTIONS", "a", { target: "*", lines: ["X-Mark: /{id}/a"] }),
      { part: "a", method: "OPTIONS", target: "*" },
    ),
  ];
}
