import type { Case, Verdict } from "../case.ts";
import { get } from "../messages.ts";
import { COOKIE } from "../subjects/subject.ts";
import { allOf, anyOf, holds, refused, served } from "../verdicts.ts";
import { type About, requestCase } from "./define.ts";

const RULE: About = { rule: 30, rank: 1 };

/** Values that no backend has; the last ones are names that objects of some languages have by birth. */
const UNKNOWN: readonly (readonly [string, string])[] = [
  ["word", "unknown"],
  ["empty", ""],
  ["address", "127.0.0.1:22"],
  ["ipv6", "[::1]:22"],
  ["url", "http://127.0.0.1:22/"],
  ["number", "0"],
  ["minus-one", "-1"],
  ["large-number", "99999999999999999999"],
  ["path", "../../etc/passwd"],
  ["percent", "%62%31"],
  ["asterisk", "*"],
  ["quotes", '"b1"'],
  ["apostrophes", "'b1'"],
  ["long", "x".repeat(4000)],
  ["obs-text", "\xe9\xff\x80"],
  ["dots", "....."],
  ["tilde", "b1~x"],
  ["bang", "b1!x"],
  ["proto", "__proto__"],
  ["constructor", "constructor"],
  ["to-string", "toString"],
  ["has-own", "hasOwnProperty"],
  ["undefined", "undefined"],
  ["null", "null"],
];

const OFFERED: Verdict = holds("one cookie was set, for a backend", (o) => {
  const own = (o.answers[0]?.fields ?? []).filter(
    ([name, value]) => /^set-cookie$/i.test(name) && value.startsWith(`${COOKIE}=`),
  );
  return own.length === 1;
});

/** Rule 30: an unknown value is no cookie; nobody is dialled because of it, and the user gets a good one. */
export function cookieValueCases(): readonly Case[] {
  return [
    ...UNKNOWN.map(([id, value]) =>
      requestCase(
        RULE,
        id,
        `${COOKIE}=${value.slice(0, 40)}`,
        "",
        anyOf(allOf(served({ part: "a", backend: "any" }), OFFERED), refused([400])),
        {
          steps: [{ send: get("a", { cookie: null, lines: [`Cookie: ${COOKIE}=${value}`] }) }],
          until: 1,
        },
      ),
    ),
    requestCase(RULE, "two-unknown", "two unknown values", "", allOf(served({ part: "a", backend: "any" }), OFFERED), {
      steps: [{ send: get("a", { cookie: null, lines: [`Cookie: ${COOKIE}=x; ${COOKIE}=y`] }) }],
      until: 1,
    }),
  ];
}
