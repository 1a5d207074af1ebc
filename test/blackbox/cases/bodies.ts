import type { Case } from "../case.ts";
import { chunk, HIDDEN, LAST_CHUNK, ok, request } from "../messages.ts";
import { allOf, told } from "../verdicts.ts";
import { type About, good, requestCase, thenServedOrClosed, unseen } from "./define.ts";

const RULE: About = { rule: 10, rank: 0 };
const METHODS = ["GET", "HEAD", "OPTIONS", "DELETE", "PUT", "PATCH", "POST", "PROPFIND", "FOO"];

/** The body is a request to whoever takes no notice of its framing. */
const withLength = (method: string): string =>
  request(method, "a", { lines: [`Content-Length: ${HIDDEN.length}`], body: HIDDEN });
const inChunks = (method: string): string =>
  request(method, "a", { lines: ["Transfer-Encoding: chunked"], body: chunk(HIDDEN) + LAST_CHUNK });

/** Rule 10: every method may have a body, and it stays one. */
export function bodyCases(): readonly Case[] {
  return [...METHODS.flatMap(framedCases), ...METHODS.slice(0, 5).flatMap(ignoredCases)];
}

function framedCases(method: string): readonly Case[] {
  const want = { part: "a", method, body: HIDDEN };
  const empty = request(method, "a", { lines: ["Content-Length: 0"] });
  return [
    good(RULE, `${method}-length`, `${method} with a request as its body`, withLength(method), want),
    good(RULE, `${method}-chunks`, `${method} with a request as its only chunk`, inChunks(method), want),
    good(RULE, `${method}-zero`, `${method} with a length of 0`, empty, { part: "a", method }),
  ];
}

/** The backend answers at the head and takes no notice of the body: CL.0. */
function ignoredCases(method: string): readonly Case[] {
  const head = method === "HEAD";
  const extras = {
    answers: { a: { when: "head", pieces: [head ? ok("early").slice(0, -5) : ok("early")] } },
    methods: [method],
  } as const;
  const first = told({ status: 200, body: head ? "" : "early" });
  const verdict = allOf(thenServedOrClosed(first), unseen("smuggled"));
  return [
    requestCase(
      RULE,
      `${method}-ignored`,
      `${method}: the backend ignores the body`,
      withLength(method),
      verdict,
      extras,
    ),
    requestCase(
      RULE,
      `${method}-ignored-chunks`,
      `${method}: the backend ignores the chunks`,
      inChunks(method),
      verdict,
      extras,
    ),
  ];
}
