import type { Case } from "../case.ts";
import { chunk, chunked, get, LAST_CHUNK, ok, response } from "../messages.ts";
import { allOf, anyOf, dropped } from "../verdicts.ts";
import { type About, BAD_GATEWAY, bad, good, relayed, responseCase, unseen } from "./define.ts";

const RULE: About = { rule: 26, rank: 1 };
const WHOLE = { wholeOnly: true } as const;
const GONE = [allOf(dropped, unseen("after"))];

function lines(count: number, size: number): readonly string[] {
  return Array.from({ length: count }, (_, i) => `x-line-${i}: ${"v".repeat(size)}`);
}

/** Rule 26: what is ordinary passes, what is endless is refused. */
export function limitCases(): readonly Case[] {
  const target = (size: number): string => `/{id}/a?${"q".repeat(size)}`;
  const long = target(7900);
  return [
    good(
      RULE,
      "line-8000",
      "a request line of 8,000 bytes passes",
      get("a", { target: long }),
      { part: "a", target: long },
      WHOLE,
    ),
    good(RULE, "head-12k", "a head of 12,000 bytes passes", get("a", { lines: lines(60, 185) }), { part: "a" }, WHOLE),
    good(RULE, "lines-90", "90 lines pass", get("a", { lines: lines(87, 10) }), { part: "a" }, WHOLE),
    good(
      RULE,
      "value-7k",
      "a value of 7,000 bytes passes",
      get("a", { lines: [`x-name: ${"v".repeat(7000)}`] }),
      { part: "a", fields: { "x-name": ["v".repeat(7000)] } },
      WHOLE,
    ),
    good(
      RULE,
      "cookie-4k",
      "a cookie of 4,000 bytes passes",
      get("a", { cookie: null, lines: [`Cookie: big=${"c".repeat(4000)}; {A}`] }),
      { part: "a" },
      WHOLE,
    ),
    good(
      RULE,
      "body-1m",
      "a body of a million bytes passes",
      chunked("a", chunk("m".repeat(250_000)).repeat(4) + LAST_CHUNK),
      { part: "a", method: "POST", body: "m".repeat(1_000_000) },
      WHOLE,
    ),
    bad(
      RULE,
      "line-100k",
      "a request line of 100,000 bytes",
      get("a", { target: target(100_000) }),
      [400, 414, 431],
      GONE,
      WHOLE,
    ),
    bad(
      RULE,
      "method-100k",
      "a method of 100,000 bytes",
      `${"M".repeat(100_000)} /{id}/a HTTP/1.1\r\n\r\n`,
      [400, 405, 414, 431, 501],
      GONE,
      WHOLE,
    ),
    bad(
      RULE,
      "head-200k",
      "a head of 200,000 bytes",
      get("a", { lines: lines(40, 5000) }),
      [400, 413, 431],
      GONE,
      WHOLE,
    ),
    bad(
      RULE,
      "value-100k",
      "a value of 100,000 bytes",
      get("a", { lines: [`x-name: ${"v".repeat(100_000)}`] }),
      [400, 413, 431],
      GONE,
      WHOLE,
    ),
    bad(
      RULE,
      "name-100k",
      "a name of 100,000 bytes",
      get("a", { lines: [`${"n".repeat(100_000)}: v`] }),
      [400, 413, 431],
      GONE,
      WHOLE,
    ),
    bad(RULE, "lines-5000", "5,000 lines", get("a", { lines: lines(5000, 10) }), [400, 413, 431], GONE, WHOLE),
    bad(
      RULE,
      "endless-head",
      "100,000 bytes without a line end",
      "G".repeat(100_000),
      [400, 405, 414, 431, 501],
      GONE,
      WHOLE,
    ),
    bad(
      RULE,
      "blanks-100k",
      "100,000 blanks ahead of a value",
      get("a", { lines: [`x-name:${" ".repeat(100_000)}v`] }),
      [400, 413, 431],
      GONE,
      WHOLE,
    ),
    bad(
      { rule: 26, rank: 2 },
      "chunk-line-100k",
      "a chunk line of 100,000 bytes",
      chunked("a", `5;${"x".repeat(100_000)}\r\nhello\r\n${LAST_CHUNK}`),
      [400, 413, 431],
      [],
      WHOLE,
    ),
    bad(
      { rule: 26, rank: 2 },
      "chunk-zeros-100k",
      "100,000 zeros ahead of a chunk size",
      chunked("a", `${"0".repeat(100_000)}5\r\nhello\r\n${LAST_CHUNK}`),
      [400, 413, 431],
      [],
      WHOLE,
    ),
    bad(
      { rule: 26, rank: 2 },
      "trailers-200k",
      "trailers of 200,000 bytes",
      chunked("a", `${chunk("hello")}0\r\n${lines(40, 5000).join("\r\n")}\r\n\r\n`),
      [400, 413, 431],
      [],
      WHOLE,
    ),
    bad(
      { rule: 26, rank: 2 },
      "extensions-1m",
      "a million bytes of extensions, a little in each chunk",
      chunked("a", `1;${"x".repeat(1000)}\r\na\r\n`.repeat(1000) + LAST_CHUNK),
      [400, 413, 431],
      [],
      WHOLE,
    ),
    responseCase(
      RULE,
      "answer-head-12k",
      "an answer with a head of 12,000 bytes passes",
      ok("hello", lines(60, 185)),
      relayed({ status: 200, body: "hello" }),
      WHOLE,
    ),
    responseCase(
      RULE,
      "answer-lines-90",
      "an answer with 90 lines passes",
      ok("hello", lines(87, 10)),
      relayed({ status: 200, body: "hello" }),
      WHOLE,
    ),
    responseCase(
      RULE,
      "answer-head-300k",
      "an answer with a head of 300,000 bytes",
      response("200 OK", [...lines(60, 5000), "Content-Length: 5"], "hello"),
      BAD_GATEWAY,
      WHOLE,
    ),
    responseCase(
      RULE,
      "answer-lines-10000",
      "an answer with 10,000 lines",
      response("200 OK", [...lines(10_000, 10), "Content-Length: 5"], "hello"),
      BAD_GATEWAY,
      WHOLE,
    ),
    responseCase(
      RULE,
      "answer-status-100k",
      "a status line of 100,000 bytes",
      `HTTP/1.1 200 ${"r".repeat(100_000)}\r\nContent-Length: 5\r\n\r\nhello`,
      anyOf(BAD_GATEWAY),
      WHOLE,
    ),
    responseCase(
      RULE,
      "answer-value-100k",
      "a value of 100,000 bytes in an answer",
      ok("hello", [`X-Name: ${"v".repeat(100_000)}`]),
      BAD_GATEWAY,
      WHOLE,
    ),
    responseCase(
      RULE,
      "answer-chunk-line-100k",
      "a chunk line of 100,000 bytes in an answer",
      {
        pieces: [
          response("200 OK", ["Transfer-Encoding: chunked"], `5;${"x".repeat(100_000)}\r\nhello\r\n${LAST_CHUNK}`),
        ],
        finish: "end",
      },
      anyOf(BAD_GATEWAY, (o) => (o.answers[0]?.complete === true ? ["it looks complete"] : [])),
      WHOLE,
    ),
  ];
}
