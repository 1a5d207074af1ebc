import type { Case } from "../case.ts";
import { get, post } from "../messages.ts";
import { allOf, anyOf, refused, served, servedAndClosed } from "../verdicts.ts";
import { type About, AFTER, requestCase, twoRequests, unseen } from "./define.ts";

const RULE: About = { rule: 23, rank: 1 };
const LAST = { lines: ["Connection: close"] };
const BAD = "GET /{id}/bad HTTP/1.1\r\nHost: shop.example\r\nContent-Length: x\r\n\r\n";
const GARBAGE = "\0\x01 garbage\r\n\r\n";

/** Rule 23: nothing counts behind the end, and everything ahead of it does. */
export function afterTheEndCases(): readonly Case[] {
  const a = { part: "a" };
  const b = { part: "b", backend: "B" } as const;
  const both = get("a") + get("b", { cookie: "B" });
  const make = (id: string, title: string, send: string, verdict: Case["verdict"]): Case =>
    requestCase(RULE, id, title, "", verdict, { steps: [{ send }], until: "close" });
  return [
    make("request-behind-close", "a request behind Connection: close", get("a", LAST) + AFTER, servedAndClosed(a)),
    make("garbage-behind-close", "garbage behind Connection: close", get("a", LAST) + GARBAGE, servedAndClosed(a)),
    make(
      "body-then-close",
      "a body, Connection: close, and a request behind",
      post("a", "hello", LAST) + AFTER,
      servedAndClosed({ part: "a", method: "POST", body: "hello" }),
    ),
    make(
      "second-is-last",
      "the second of three is the last",
      get("a") + get("b", { ...LAST, cookie: "B" }) + AFTER,
      servedAndClosed(a, b),
    ),
    make(
      "bad-second",
      "a bad request behind a good one: the good one is answered first",
      get("a") + BAD,
      refused([400], [a]),
    ),
    make("bad-third", "a bad request behind two good ones", both + BAD, refused([400], [a, b])),
    make("garbage-second", "garbage behind a good request", get("a") + GARBAGE, refused([400], [a])),
    make(
      "bad-first",
      "good requests behind a bad one are not looked at",
      BAD + both,
      allOf(refused([400]), unseen("a"), unseen("b")),
    ),
    make("bad-between", "a good, a bad and a good one", get("a") + BAD + AFTER, refused([400], [a])),
    make(
      "bad-body-then-good",
      "a bad chunk, and a good request behind",
      `POST /{id}/a HTTP/1.1\r\nHost: shop.example\r\nCookie: {A}\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n\r\n${AFTER}`,
      refused([400]),
    ),
    make(
      "many-behind-close",
      "20 requests behind Connection: close",
      get("a", LAST) + AFTER.repeat(20),
      servedAndClosed(a),
    ),
    requestCase(RULE, "bad-later", "a bad request some time behind a good one", "", anyOf(refused([400], [a])), {
      steps: [{ send: get("a") }, { wait: "answers", count: 1 }, { send: BAD + AFTER }],
      until: "close",
    }),
    requestCase(RULE, "good-later", "a request behind Connection: close, after the answer", "", served(a), {
      steps: twoRequests(get("a", LAST)),
      until: "close",
    }),
  ];
}
