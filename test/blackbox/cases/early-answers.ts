import type { Answer, Case, ClientStep } from "../case.ts";
import { chunk, HIDDEN, LAST_CHUNK, ok, request, response } from "../messages.ts";
import { allOf, anyOf, closed, holds, told } from "../verdicts.ts";
import { type About, AFTER, idOf, thenServedOrClosed, unseen } from "./define.ts";

const RULE: About = { rule: 11, rank: 0 };

interface Sent {
  readonly id: string;
  readonly head: string;
  /** What follows after the answer has come, the rest of the body; to some it is a request. */
  readonly rest: string;
}

const SENT: readonly Sent[] = [
  {
    id: "length",
    head: request("POST", "a", { lines: [`Content-Length: ${HIDDEN.length + 3}`], body: "abc" }),
    rest: HIDDEN,
  },
  {
    id: "length-nothing-yet",
    head: request("POST", "a", { lines: [`Content-Length: ${HIDDEN.length}`] }),
    rest: HIDDEN,
  },
  {
    id: "chunks",
    head: request("POST", "a", { lines: ["Transfer-Encoding: chunked"], body: chunk("abc") }),
    rest: chunk(HIDDEN) + LAST_CHUNK,
  },
  {
    id: "inside-chunk",
    head: request("POST", "a", { lines: ["Transfer-Encoding: chunked"], body: `${HIDDEN.length.toString(16)}\r\n` }),
    rest: `${HIDDEN}\r\n${LAST_CHUNK}`,
  },
];

const ANSWERS: readonly (readonly [id: string, answer: Answer, status: number])[] = [
  ["200", { when: "head", pieces: [ok("early")] }, 200],
  ["401", { when: "head", pieces: [response("401 Unauthorized", ["Content-Length: 5"], "early")] }, 401],
  [
    "413-close",
    {
      when: "head",
      pieces: [response("413 Too Large", ["Content-Length: 5", "Connection: close"], "early")],
      finish: "end",
    },
    413,
  ],
  ["200-end", { when: "head", pieces: [ok("early")], finish: "end" }, 200],
];

/** Whoever passes answers on early has done so by then; others wait for the whole request, as they may. */
const EARLY: ClientStep = { wait: "answers", count: 1, within: 20 };

/** Rule 11: an answer that comes before the request is whole ends neither the request nor its framing. */
export function earlyAnswerCases(): readonly Case[] {
  return SENT.flatMap((sent) => [
    ...ANSWERS.map(([id, answer, status]) => early(sent, id, answer, status)),
    aborted(sent),
  ]);
}

function early({ id, head, rest }: Sent, name: string, answer: Answer, status: number): Case {
  const steps: readonly ClientStep[] = [{ send: head }, EARLY, { send: rest }, { wait: "read" }, { send: AFTER }];
  return {
    ...RULE,
    ...{ id: idOf(11, `${id}-${name}`), side: "request", title: `${name} before the body is whole (${id})` },
    ...{ steps, answers: { a: answer }, until: 2 },
    verdict: allOf(thenServedOrClosed(told({ status, body: "early" })), unseen("smuggled")),
  };
}

/** The backend answers early and the client goes away: what is left of the request is nobody's. */
function aborted({ id, head }: Sent): Case {
  return {
    ...RULE,
    ...{
      id: idOf(11, `${id}-client-leaves`),
      side: "request",
      title: `an early answer, then the client leaves (${id})`,
    },
    steps: [{ send: head }, EARLY, { finish: "reset" }, { wait: "gone", part: "a" }],
    answers: { a: { when: "head", pieces: [ok("early")] } },
    until: "close",
    verdict: allOf(
      anyOf(closed),
      holds("the backend connection has ended", (o) => o.stuck === 0 && o.end !== "late"),
    ),
  };
}
