import type { Case, Verdict } from "../case.ts";
import { chunk, LAST_CHUNK, ok, response } from "../messages.ts";
import { allOf, anyOf, told } from "../verdicts.ts";
import { type About, BAD_GATEWAY, responseCase, SEEN_TO_BE_SHORT, thenServedOrClosed } from "./define.ts";

const RULE: About = { rule: 14, rank: 0 };
const CHUNKED = response("200 OK", ["Transfer-Encoding: chunked"], chunk("hello") + LAST_CHUNK);

/** What a backend sends before it goes away. */
const TRUNCATED: readonly (readonly [id: string, bytes: string])[] = [
  ["length-half", ok("hello world").slice(0, -6)],
  ["length-nothing", ok("hello world").slice(0, -11)],
  ["length-one-short", ok("hello world").slice(0, -1)],
  ["chunk-half", CHUNKED.slice(0, CHUNKED.indexOf("llo"))],
  ["chunk-size", CHUNKED.slice(0, CHUNKED.indexOf("hello"))],
  ["chunk-size-half", CHUNKED.slice(0, CHUNKED.indexOf("\r\nhello") + 1)],
  ["chunk-end-missing", CHUNKED.slice(0, CHUNKED.indexOf("\r\n0"))],
  ["last-missing", CHUNKED.slice(0, CHUNKED.indexOf("0\r\n\r\n"))],
  ["last-half", CHUNKED.slice(0, -4)],
  ["end-missing", CHUNKED.slice(0, -2)],
  ["end-half", CHUNKED.slice(0, -1)],
  ["trailer-half", `${CHUNKED.slice(0, -2)}X-Sum: `],
  ["no-chunk-yet", response("200 OK", ["Transfer-Encoding: chunked"])],
];

const HEADLESS: readonly (readonly [id: string, bytes: string])[] = [
  ["nothing", ""],
  ["one-byte", "H"],
  ["status-line", "HTTP/1.1 200 OK\r\n"],
  ["half-a-head", "HTTP/1.1 200 OK\r\nContent-Len"],
  ["head-without-end", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n"],
  ["interim-only", "HTTP/1.1 103 Early Hints\r\n\r\n"],
];

/** Rule 14: what the backend did not finish does not look finished. */
export function truncatedCases(): readonly Case[] {
  return [
    ...(["end", "reset"] as const).flatMap((then) =>
      TRUNCATED.map(([id, bytes]) =>
        // A second, empty piece: the balancer has read the first before the connection ends.
        responseCase(
          RULE,
          `${id}-${then}`,
          `cut off by ${then}: ${id}`,
          { pieces: [bytes, ""], finish: then },
          anyOf(BAD_GATEWAY, SEEN_TO_BE_SHORT),
        ),
      ),
    ),
    ...(["end", "reset"] as const).flatMap((then) =>
      HEADLESS.map(([id, bytes]) =>
        responseCase(
          RULE,
          `${id}-${then}`,
          `cut off by ${then} ahead of the end of the head: ${id}`,
          { pieces: [bytes, ""], finish: then },
          badGatewayEvenRepeated(),
        ),
      ),
    ),
    responseCase(
      { rule: 14, rank: 1 },
      "until-close-reset",
      "an answer until the end is ended by a reset",
      { pieces: [response("200 OK", [], "hello"), ""], finish: "reset" },
      anyOf(BAD_GATEWAY, SEEN_TO_BE_SHORT, (o) => (o.end === "reset" ? [] : ["it looks complete"])),
    ),
  ];
}

/** 502 or 504; a GET may have been repeated, but its second attempt was answered alike. */
function badGatewayEvenRepeated(): Verdict {
  return allOf(anyOf(thenServedOrClosed(told({ status: [502, 503, 504] }))), (o) =>
    o.answers.some(({ status }) => status === 200 && o.answers.length === 1) ? ["an answer from nowhere"] : [],
  );
}
