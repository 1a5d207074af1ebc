import type { Case } from "../case.ts";
import { CRLF, request, response } from "../messages.ts";
import { anyOf, served } from "../verdicts.ts";
import { type About, BAD_GATEWAY, bad, good, relayed, responseCase, SERVED_AFTER } from "./define.ts";

const RULE: About = { rule: 2, rank: 0 };

/** What is no number: name of the case and value. All of them mean 5 to some reader. */
const NO_NUMBERS: readonly (readonly [string, string])[] = [
  ["plus", "+5"],
  ["minus", "-5"],
  ["minus-zero", "-0"],
  ["double-minus", "--5"],
  ["trailing-minus", "5-"],
  ["hex", "0x5"],
  ["binary", "0b101"],
  ["octal", "0o5"],
  ["underscore", "1_0"],
  ["exponent", "5e0"],
  ["fraction", "5.0"],
  ["trailing-dot", "5."],
  ["empty", ""],
  ["comma-behind", "5,"],
  ["comma-before", ",5"],
  ["two-with-space", "5 6"],
  ["two-with-tab", "5\t6"],
  ["blank-comma", "5 ,"],
  ["parameter", "5;x"],
  ["letter-behind", "5a"],
  ["letter-before", "a5"],
  ["single-quotes", "'5'"],
  ["double-quotes", '"5"'],
  ["infinity", "Infinity"],
  ["nan", "NaN"],
  ["vertical-tab-behind", "5\x0b"],
  ["vertical-tab-before", "\x0b5"],
  ["form-feed-behind", "5\x0c"],
  ["nbsp-behind", "5\xa0"],
  ["nbsp-before", "\xa05"],
  ["superscript", "\xb2"],
  ["full-width", "\xef\xbc\x95"],
  ["arabic", "\xd9\xa5"],
  ["delete", "5\x7f"],
  ["word", "five"],
];

/** Larger than 2^53 - 1, where readers wrap around, round or clamp. */
const TOO_LARGE: readonly (readonly [string, string])[] = [
  ["2-to-53", "9007199254740992"],
  ["2-to-63", "9223372036854775808"],
  ["2-to-64", "18446744073709551616"],
  ["2-to-64-plus-5", "18446744073709551621"],
  ["40-nines", "9".repeat(40)],
  ["300-nines", "9".repeat(300)],
];

/** Rule 2: Content-Length is digits, once, and not too large. */
export function contentLengthCases(): readonly Case[] {
  return [...requestCases(), ...repeatedCases(), ...acceptedCases(), ...answerCases()];
}

const withLength = (...values: readonly string[]): string =>
  request("POST", "a", {
    lines: values.map((value) => `Content-Length:${value === "" ? "" : " "}${value}`),
    body: "hello",
  });

function requestCases(): readonly Case[] {
  return [
    ...NO_NUMBERS.map(([id, value]) =>
      bad(RULE, id, `Content-Length: ${JSON.stringify(value)}`, withLength(value), [400]),
    ),
    ...TOO_LARGE.map(([id, value]) =>
      bad(RULE, `large-${id}`, `Content-Length: ${value.slice(0, 24)}`, withLength(value), [400, 413]),
    ),
  ];
}

function repeatedCases(): readonly Case[] {
  const same = [served({ part: "a", method: "POST", body: "hello" }, SERVED_AFTER)];
  return [
    bad(RULE, "lines-5-6", "two lines, 5 and 6", withLength("5", "6"), [400]),
    bad(RULE, "lines-0-5", "two lines, 0 and 5", withLength("0", "5"), [400]),
    bad(RULE, "lines-5-0", "two lines, 5 and 0", withLength("5", "0"), [400]),
    bad(RULE, "list-5-6", "a list, 5 and 6", withLength("5, 6"), [400]),
    bad(RULE, "list-5-05", "a list, 5 and 05", withLength("5, 05"), [400], same),
    bad(RULE, "lines-5-empty", "two lines, 5 and nothing", withLength("5", ""), [400]),
    bad(RULE, "lines-empty-5", "two lines, nothing and 5", withLength("", "5"), [400]),
    bad(RULE, "lines-5-plus-5", "two lines, 5 and +5", withLength("5", "+5"), [400]),
    bad({ ...RULE, rank: 1 }, "lines-5-5", "two lines, 5 and 5", withLength("5", "5"), [400], same),
    bad({ ...RULE, rank: 1 }, "list-5-5", "a list, 5 and 5", withLength("5, 5"), [400], same),
    bad({ ...RULE, rank: 1 }, "three-lines", "three lines, all 5", withLength("5", "5", "5"), [400], same),
  ];
}

function acceptedCases(): readonly Case[] {
  const quality: About = { rule: 2, rank: 2 };
  const want = { part: "a", method: "POST", body: "hello" };
  const lines = (line: string): string => request("POST", "a", { lines: [line], body: "hello" });
  return [
    good(quality, "blank-before", "blanks before the value", lines("Content-Length:   5"), want),
    good(quality, "blank-behind", "blanks behind the value", lines("Content-Length: 5  "), want),
    good(quality, "tab-before", "a tab before the value", lines("Content-Length:\t5"), want),
    good(quality, "tab-behind", "a tab behind the value", lines("Content-Length: 5\t"), want),
    good(quality, "no-blank", "no blank before the value", lines("Content-Length:5"), want),
    good(quality, "lower-case", "the name in lower case", lines("content-length: 5"), want),
    good(quality, "upper-case", "the name in upper case", lines("CONTENT-LENGTH: 5"), want),
    bad(quality, "leading-zeros", "leading zeros", lines("Content-Length: 0005"), [400], [served(want, SERVED_AFTER)]),
  ];
}

/** The same in answers: to be refused, never to be guessed. */
function answerCases(): readonly Case[] {
  const answer = (...values: readonly string[]): string =>
    response(
      "200 OK",
      values.map((value) => `Content-Length: ${value}`),
      "hello",
    );
  const taken = relayed({ status: 200, body: "hello" });
  const some = NO_NUMBERS.filter(
    ([id]) => !["minus-zero", "double-minus", "trailing-dot", "word", "delete"].includes(id),
  );
  return [
    ...some.map(([id, value]) =>
      responseCase(
        RULE,
        `answer-${id}`,
        `an answer with Content-Length: ${JSON.stringify(value)}`,
        answer(value),
        BAD_GATEWAY,
      ),
    ),
    ...TOO_LARGE.map(([id, value]) =>
      responseCase(
        RULE,
        `answer-large-${id}`,
        `an answer with Content-Length: ${value.slice(0, 24)}`,
        { pieces: [answer(value)], finish: "end" },
        BAD_GATEWAY,
      ),
    ),
    responseCase(RULE, "answer-lines-5-6", "an answer with two lines, 5 and 6", answer("5", "6"), BAD_GATEWAY),
    responseCase(RULE, "answer-list-5-6", "an answer with a list, 5 and 6", answer("5, 6"), BAD_GATEWAY),
    responseCase(
      { rule: 2, rank: 1 },
      "answer-lines-5-5",
      "an answer with two lines, both 5",
      answer("5", "5"),
      anyOf(BAD_GATEWAY, taken),
    ),
    responseCase(
      { rule: 2, rank: 2 },
      "answer-tab",
      "an answer with a tab before its length",
      `HTTP/1.1 200 OK${CRLF}Content-Length:\t5${CRLF}${CRLF}hello`,
      taken,
    ),
  ];
}
