import type { Answer, Case } from "../case.ts";
import { chunk, get, LAST_CHUNK, ok, request, response } from "../messages.ts";
import { allOf, anyOf, holds, told } from "../verdicts.ts";
import { type About, AFTER, BAD_GATEWAY, relayed, responseCase, thenServedOrClosed, twoRequests } from "./define.ts";

const RULE: About = { rule: 12, rank: 0 };
const EVIL = ok("evil", ["X-Evil: 1"]);

/** What stands behind the end of an answer. */
const SURPLUS: readonly (readonly [id: string, bytes: string])[] = [
  ["answer", EVIL],
  ["two-answers", EVIL + EVIL],
  ["half-an-answer", EVIL.slice(0, 20)],
  ["head-only", response("200 OK", ["Content-Length: 1000"])],
  ["garbage", "evil evil evil"],
  ["line-end", "\r\n"],
  ["interim", "HTTP/1.1 103 Early Hints\r\nX-Evil: 1\r\n\r\n"],
];

/** Answers of every framing that has an end of its own. */
const ENDED: readonly (readonly [id: string, bytes: string])[] = [
  ["length", ok("hello")],
  ["chunks", response("200 OK", ["Transfer-Encoding: chunked"], chunk("hello") + LAST_CHUNK)],
];

/** Rule 12: bytes behind an answer are never the next one. */
export function poolHygieneCases(): readonly Case[] {
  return [...surplusCases(), ...bodilessCases(), ...idleCases()];
}

function surplusCases(): readonly Case[] {
  const verdict = allOf(
    anyOf(relayed({ status: 200, body: "hello" }), BAD_GATEWAY),
    holds("nothing of the surplus arrived", (o) => !o.received.includes("evil") && !/X-Evil/i.test(o.received)),
  );
  return ENDED.flatMap(([framing, bytes]) =>
    SURPLUS.flatMap(([id, surplus]) => [
      responseCase(
        RULE,
        `${framing}-${id}-at-once`,
        `${id} behind an answer (${framing}), at once`,
        bytes + surplus,
        verdict,
      ),
      responseCase(
        RULE,
        `${framing}-${id}-later`,
        `${id} behind an answer (${framing}), later`,
        { pieces: [bytes, surplus] },
        verdict,
      ),
    ]),
  );
}

/** Answers that have no body whatever they say, with a body that looks like an answer. */
function bodilessCases(): readonly Case[] {
  const statuses: readonly (readonly [string, string])[] = [
    ["204", response("204 No Content", [], EVIL)],
    ["204-length", response("204 No Content", [`Content-Length: ${EVIL.length}`], EVIL)],
    ["304", response("304 Not Modified", [], EVIL)],
    ["304-length", response("304 Not Modified", [`Content-Length: ${EVIL.length}`], EVIL)],
    ["304-chunks", response("304 Not Modified", ["Transfer-Encoding: chunked"], chunk(EVIL) + LAST_CHUNK)],
  ];
  const noEvil = holds("nothing of the body arrived", (o) => !o.received.includes("evil"));
  const head = (id: string, answer: Answer): Case =>
    responseCase(
      RULE,
      `head-${id}`,
      `HEAD answered with a body (${id})`,
      answer,
      allOf(anyOf(thenServedOrClosed(told({ status: 200, body: "" })), BAD_GATEWAY), noEvil),
      {
        methods: ["HEAD"],
        steps: twoRequests(request("HEAD", "a")),
      },
    );
  return [
    ...statuses.map(([id, answer]) =>
      responseCase(
        RULE,
        `body-of-${id}`,
        `a body behind ${id}`,
        answer,
        allOf(anyOf(relayed({ status: Number(id.slice(0, 3)), body: "" }), BAD_GATEWAY), noEvil),
      ),
    ),
    head("length", { pieces: [response("200 OK", [`Content-Length: ${EVIL.length}`], EVIL)] }),
    head("chunks", { pieces: [response("200 OK", ["Transfer-Encoding: chunked"], chunk(EVIL) + LAST_CHUNK)] }),
    head("length-later", { pieces: [response("200 OK", [`Content-Length: ${EVIL.length}`]), EVIL] }),
  ];
}

/** Connections that end, or are ended, while nobody uses them. */
function idleCases(): readonly Case[] {
  const twice = relayed({ status: 200, body: "hello" });
  return [
    responseCase(
      RULE,
      "idle-end",
      "the backend ends an idle connection",
      { pieces: [ok("hello")], finish: "end" },
      twice,
    ),
    responseCase(
      RULE,
      "idle-end-later",
      "the backend ends an idle connection, later",
      { pieces: [ok("hello"), ""], finish: "end" },
      twice,
    ),
    responseCase(
      RULE,
      "idle-reset-later",
      "the backend resets an idle connection",
      { pieces: [ok("hello"), ""], finish: "reset" },
      twice,
    ),
    responseCase(
      RULE,
      "announced-close",
      "an answer with Connection: close",
      { pieces: [ok("hello", ["Connection: close"])], finish: "end" },
      twice,
    ),
    responseCase(
      RULE,
      "close-not-done",
      "Connection: close, but the backend does not",
      { pieces: [ok("hello", ["Connection: close"])] },
      twice,
    ),
    responseCase(
      RULE,
      "http-1.0",
      "an answer of HTTP/1.0 with its length",
      { pieces: [ok("hello").replace("1.1", "1.0")], finish: "end" },
      twice,
    ),
    responseCase(
      RULE,
      "http-1.0-not-done",
      "an answer of HTTP/1.0 whose connection stays",
      { pieces: [ok("hello").replace("1.1", "1.0")] },
      twice,
    ),
    responseCase(
      RULE,
      "two-in-one",
      "two requests at once, two answers in one piece at the first",
      { pieces: [ok("hello") + EVIL] },
      allOf(
        anyOf(relayed({ status: 200, body: "hello" }), BAD_GATEWAY),
        holds("nothing of the surplus arrived", (o) => !o.received.includes("evil")),
      ),
      // Whole only: in two pieces the second comes when the next request has been sent, and nobody can tell.
      { steps: [{ send: get("a") + AFTER }], wholeOnly: true },
    ),
  ];
}
