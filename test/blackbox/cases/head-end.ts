import type { Case, Verdict } from "../case.ts";
import { CRLF, get, HIDDEN, ok } from "../messages.ts";
import { anyOf, served } from "../verdicts.ts";
import { type About, BAD_GATEWAY, bad, relayed, responseCase, SERVED_AFTER } from "./define.ts";

const RULE: About = { rule: 6, rank: 0 };
/** Bare LF read as a line end throughout: then the head ends there for everybody. */
const LF_IS_END: Verdict = served({ part: "a" }, SERVED_AFTER);

/** What stands where CR LF CR LF should end the head. `lf` = whoever takes LF for a line end sees an end. */
const ENDS: readonly (readonly [id: string, end: string, lf: boolean])[] = [
  ["crlf-cr", "\r\n\r", false],
  ["crlf-lf", "\r\n\n", true],
  ["lf-lf", "\n\n", true],
  ["lf-crlf", "\n\r\n", true],
  ["lf-cr-lf-cr", "\n\r\n\r", true],
  ["cr-cr", "\r\r", false],
  ["cr-cr-lf", "\r\n\r\r\n", false],
  ["crlf-sp-crlf", "\r\n \r\n", false],
  ["crlf-tab-crlf", "\r\n\t\r\n", false],
  ["crlf-nul-crlf", "\r\n\0\r\n", false],
  ["crlf-cr-sp", "\r\n\r ", false],
  ["crlf-cr-nul", "\r\n\r\0", false],
  ["crlf-vt-crlf", "\r\n\x0b\r\n", false],
];

/** Rule 6: a head ends with CR LF CR LF and nothing else. */
export function headEndCases(): readonly Case[] {
  const head = get("a").slice(0, -4);
  const answer = ok("hello");
  const answerHead = answer.slice(0, answer.indexOf(CRLF + CRLF));
  return [
    ...ENDS.map(([id, end, lf]) =>
      bad(RULE, id, `a head that ends with ${JSON.stringify(end)}`, head + end, [400], lf ? [LF_IS_END] : []),
    ),
    ...ENDS.filter(([, , lf]) => !lf).map(([id, end]) =>
      bad(RULE, `${id}-hides`, `a request behind ${JSON.stringify(end)}`, head + end + HIDDEN, [400]),
    ),
    ...ENDS.filter(([id]) => id !== "lf-cr-lf-cr").map(([id, end, lf]) =>
      responseCase(
        RULE,
        `answer-${id}`,
        `an answer whose head ends with ${JSON.stringify(end)}`,
        { pieces: [`${answerHead}${end}hello`], finish: "end" },
        lf ? anyOf(BAD_GATEWAY, relayed({ status: 200, body: "hello" })) : BAD_GATEWAY,
      ),
    ),
  ];
}
