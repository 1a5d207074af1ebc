import type { Case, ClientStep, Verdict } from "../case.ts";
import { chunk, get, LAST_CHUNK, ok, request, response } from "../messages.ts";
import { allOf, anyOf, closed, holds, saw, summary, told } from "../verdicts.ts";
import { type About, BAD_GATEWAY, idOf } from "./define.ts";

const RULE: About = { rule: 27, rank: 1 };

/** The connection ended without an answer, or with one of these; no backend has the whole request. */
function ranOut(...statuses: readonly number[]): Verdict {
  return allOf(closed, (o) => {
    const right = o.answers.length === 0 || (o.answers.length === 1 && statuses.includes(o.answers[0]?.status ?? 0));
    return right && o.seen.every(({ complete }) => !complete) ? [] : [summary(o)];
  });
}

/** 504, or the less exact 502. */
const LATE_BACKEND = told({ status: [502, 504] });

function make(
  id: string,
  title: string,
  steps: readonly ClientStep[],
  verdict: Verdict,
  extras: Partial<Case> = {},
): Case {
  return {
    ...RULE,
    ...{ id: idOf(27, id), side: "request", title, steps, verdict },
    until: "close",
    profile: "short",
    wholeOnly: true,
    ...extras,
  };
}

/** Rule 27: nobody waits for ever. */
export function timeoutCases(): readonly Case[] {
  const posted = (body: string): string => request("POST", "a", { lines: ["Content-Length: 10"], body });
  const short: Verdict = (o) =>
    o.answers.length <= 1 && o.answers[0]?.complete !== true ? closed(o) : [`it looks complete; ${summary(o)}`];
  const served = told({ status: 200 });
  return [
    make("line", "a request line that does not go on", [{ send: "GET /{id}/a HT" }], ranOut(408, 400)),
    make("head", "a head that does not go on", [{ send: get("a").slice(0, -2) }], ranOut(408, 400)),
    make("one-byte", "one byte", [{ send: "G" }], ranOut(408, 400)),
    make(
      "drip",
      "a head that comes byte by byte",
      [{ drip: get("a", { lines: [`x-name: ${"v".repeat(200)}`] }), everyMs: 50 }],
      ranOut(408, 400),
    ),
    make(
      "drip-lines",
      "a head that comes line by line",
      [{ drip: Array(60).fill("x: 1\r\n").join(""), everyMs: 50, ahead: "GET /{id}/a HTTP/1.1\r\n" }],
      ranOut(408, 400),
    ),
    make("body", "a body that does not go on", [{ send: posted("hel") }], ranOut(408, 400, 502, 503, 504)),
    make("body-nothing", "a body that does not come", [{ send: posted("") }], ranOut(408, 400, 502, 503, 504)),
    make(
      "chunks",
      "chunks that do not go on",
      [{ send: request("POST", "a", { lines: ["Transfer-Encoding: chunked"], body: chunk("hello") }) }],
      ranOut(408, 400, 502, 503, 504),
    ),
    make("idle", "a kept connection that says nothing more", [{ send: get("a") }], allOf(closed, served)),
    make("idle-from-the-start", "a connection that says nothing", [], ranOut(408, 400)),
    make(
      "second-head",
      "a second head that does not go on",
      [{ send: `${get("a")}GET /{id}/b HT` }],
      allOf(closed, saw({ part: "a" }), (o) =>
        o.answers[0]?.status === 200 && o.answers.length <= 2 ? [] : [summary(o)],
      ),
    ),
    make("silent-backend", "a backend that does not answer", [{ send: get("a") }], LATE_BACKEND, {
      answers: { a: { pieces: [] } },
      until: 1,
      side: "response",
    }),
    make("silent-backend-504", "a backend that does not answer: 504", [{ send: get("a") }], told({ status: 504 }), {
      ...{ answers: { a: { pieces: [] } }, until: 1, side: "response", rank: 2 },
    }),
    make(
      "silent-backend-post",
      "a backend that does not answer a POST",
      [{ send: request("POST", "a", { lines: ["Content-Length: 5"], body: "hello" }) }],
      allOf(
        LATE_BACKEND,
        holds("the POST was sent once", (o) => o.seen.length === 1),
      ),
      { answers: { a: { pieces: [] } }, until: 1, side: "response" },
    ),
    make("half-a-head", "a backend that stops inside its head", [{ send: get("a") }], LATE_BACKEND, {
      answers: { a: { pieces: ["HTTP/1.1 200 OK\r\nX-"] } },
      until: 1,
      side: "response",
    }),
    make("half-a-body", "a backend that stops inside its body", [{ send: get("a") }], short, {
      answers: { a: { pieces: [ok("hello world").slice(0, -4)] } },
      side: "response",
    }),
    make("half-the-chunks", "a backend that stops between chunks", [{ send: get("a") }], short, {
      answers: { a: { pieces: [response("200 OK", ["Transfer-Encoding: chunked"], chunk("hello"))] } },
      side: "response",
    }),
    make(
      "interim-then-silent",
      "a backend that says 103 and no more",
      [{ send: get("a") }],
      anyOf(LATE_BACKEND, BAD_GATEWAY),
      { answers: { a: { pieces: ["HTTP/1.1 103 Early Hints\r\n\r\n"] } }, until: 1, side: "response" },
    ),
    make(
      "slow-but-alive",
      "a backend that answers in pieces, in time",
      [{ send: get("a") }],
      told({ status: 200, body: "hello" }),
      {
        answers: {
          a: { pieces: [response("200 OK", ["Transfer-Encoding: chunked"]), ...[..."hello"].map(chunk), LAST_CHUNK] },
        },
        until: 1,
        side: "response",
      },
    ),
  ];
}
