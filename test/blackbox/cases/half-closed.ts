import type { Case, ClientStep, Verdict } from "../case.ts";
import { chunk, get, LAST_CHUNK, post, request, response } from "../messages.ts";
import { allOf, closed, holds, saw, served, summary, told } from "../verdicts.ts";
import { type About, idOf } from "./define.ts";

const RULE: About = { rule: 33, rank: 2 };

/** No backend has the whole of it, and the connection ended. */
const NEVER_WHOLE: Verdict = allOf(closed, (o) =>
  o.seen.every(({ complete }) => !complete) && o.stuck === 0 ? [] : [summary(o)],
);

/** Rule 33: a client that has said all may still listen; one that is gone needs no answer. */
export function halfClosedCases(): readonly Case[] {
  const make = (
    id: string,
    title: string,
    steps: readonly ClientStep[],
    verdict: Verdict,
    extras: Partial<Case> = {},
  ): Case => ({
    ...RULE,
    ...{ id: idOf(33, id), side: "request", title, steps, until: "close", verdict },
    ...extras,
  });
  const end: ClientStep = { finish: "end" };
  const slow = {
    a: { pieces: [response("200 OK", ["Transfer-Encoding: chunked"]), chunk("sl"), chunk("ow"), LAST_CHUNK] },
  };
  const inBody = request("POST", "a", { lines: ["Content-Length: 10"], body: "hello" });
  const inChunks = request("POST", "a", { lines: ["Transfer-Encoding: chunked"], body: chunk("hello") });
  const strict: Partial<Case> = { rank: 0 };
  const released: Verdict = allOf(
    holds("the backend connection was ended", (o) => o.end !== "late"),
    saw({ part: "a" }),
  );
  return [
    make("get", "GET, then FIN", [{ send: get("a") }, end], served({ part: "a" })),
    make(
      "post",
      "POST, then FIN",
      [{ send: post("a", "hello") }, end],
      served({ part: "a", method: "POST", body: "hello" }),
    ),
    make(
      "chunks",
      "chunks, then FIN",
      [{ send: `${inChunks}${LAST_CHUNK}` }, end],
      served({ part: "a", method: "POST", body: "hello" }),
    ),
    make(
      "pipelined",
      "two requests, then FIN",
      [{ send: get("a") + get("b", { cookie: "B" }) }, end],
      served({ part: "a" }, { part: "b", backend: "B" }),
    ),
    make("slow", "FIN, and a slow answer", [{ send: get("a") }, end], told({ status: 200, body: "slow" }), {
      answers: slow,
    }),
    make(
      "seen",
      "FIN when the backend has the request",
      [{ send: get("a") }, { wait: "seen", part: "a" }, end],
      told({ status: 200, body: "slow" }),
      { answers: slow },
    ),
    make("in-head", "FIN inside a head", [{ send: get("a").slice(0, -2) }, end], NEVER_WHOLE, strict),
    make("in-line", "FIN inside a request line", [{ send: "GET /{id}/a" }, end], NEVER_WHOLE, strict),
    make("in-body", "FIN inside a body", [{ send: inBody }, end], NEVER_WHOLE, strict),
    make("in-chunks", "FIN between chunks", [{ send: inChunks }, end], NEVER_WHOLE, strict),
    make("in-chunk", "FIN inside a chunk", [{ send: inChunks.slice(0, -4) }, end], NEVER_WHOLE, strict),
    make("in-last-chunk", "FIN inside the last chunk", [{ send: `${inChunks}0\r\n` }, end], NEVER_WHOLE, strict),
    make(
      "in-second",
      "a request, half of a second, FIN",
      [{ send: `${get("a")}GET /{id}/b HT` }, end],
      allOf(closed, saw({ part: "a" })),
    ),
    make(
      "reset-in-body",
      "RST inside a body",
      [{ send: inBody }, { wait: "read" }, { finish: "reset" }],
      NEVER_WHOLE,
      strict,
    ),
    make(
      "reset-in-chunks",
      "RST between chunks",
      [{ send: inChunks }, { wait: "read" }, { finish: "reset" }],
      NEVER_WHOLE,
      strict,
    ),
    make(
      "reset-waiting",
      "RST while the backend thinks: its connection is ended",
      [{ send: get("a") }, { wait: "seen", part: "a" }, { finish: "reset" }, { wait: "gone", part: "a" }],
      released,
      { answers: { a: { pieces: [] } } },
    ),
    make(
      "reset-in-answer",
      "RST inside an answer: the backend connection is ended",
      [
        { send: get("a") },
        { wait: "seen", part: "a" },
        { wait: "read" },
        { finish: "reset" },
        { wait: "gone", part: "a" },
      ],
      released,
      { answers: { a: { pieces: [response("200 OK", ["Content-Length: 1000"], "hello")] } } },
    ),
  ];
}
