import type { Case, Verdict } from "../case.ts";
import { get, ok, post, request } from "../messages.ts";
import { COOKIE } from "../subjects/subject.ts";
import { allOf, anyOf, holds, served, summary, told } from "../verdicts.ts";
import { type About, idOf } from "./define.ts";

const RULE: About = { rule: 28, rank: 1 };
const NEW_COOKIE: Verdict = holds(
  "a new cookie was set",
  (o) =>
    o.answers[0]?.fields.some(([name, value]) => /^set-cookie$/i.test(name) && value.startsWith(`${COOKIE}=`)) === true,
);

/** Rule 28: who cannot be reached is replaced; what may have arrived is not sent again. */
export function deadBackendCases(): readonly Case[] {
  return [...replacedCases(), ...allDeadCases(), ...staleCases()];
}

function replacedCases(): readonly Case[] {
  const make = (id: string, title: string, send: string, verdict: Verdict, extras: Partial<Case> = {}): Case => ({
    ...RULE,
    ...{ id: idOf(28, id), side: "request", title, steps: [{ send }], until: 1, profile: "short", wholeOnly: true },
    verdict: allOf(verdict, NEW_COOKIE),
    ...extras,
  });
  const dead = { cookie: "D" } as const;
  return [
    make(
      "get",
      "the cookie's backend is dead: another one answers",
      get("a", dead),
      served({ part: "a", backend: "any" }),
    ),
    make(
      "head",
      "the same for HEAD",
      request("HEAD", "a", dead),
      served({ part: "a", method: "HEAD", backend: "any" }),
      { methods: ["HEAD"] },
    ),
    make(
      "post",
      "the same for POST: nothing was sent yet",
      post("a", "hello", dead),
      served({ part: "a", method: "POST", body: "hello", backend: "any" }),
    ),
    make(
      "large-post",
      "the same for a body of 200,000 bytes",
      post("a", "p".repeat(200_000), dead),
      served({ part: "a", method: "POST", body: "p".repeat(200_000), backend: "any" }),
    ),
    make(
      "delete",
      "the same for DELETE",
      request("DELETE", "a", dead),
      served({ part: "a", method: "DELETE", backend: "any" }),
    ),
  ];
}

function allDeadCases(): readonly Case[] {
  const make = (id: string, title: string, send: string, extras: Partial<Case> = {}): Case => ({
    ...RULE,
    ...{ id: idOf(28, id), side: "request", title, steps: [{ send }], until: 1, profile: "dead", wholeOnly: true },
    verdict: told({ status: [502, 503] }),
    ...extras,
  });
  return [
    make("all-dead", "every backend is dead", get("a", { cookie: null })),
    make("all-dead-cookie", "every backend is dead, with a cookie", get("a", { cookie: "D" })),
    make("all-dead-post", "every backend is dead, with a body", post("a", "hello", { cookie: null })),
    make("all-dead-503", "every backend is dead: 503", get("a", { cookie: null }), {
      rank: 2,
      verdict: told({ status: 503 }),
    }),
  ];
}

/** A kept connection ends just when the next request has been sent on it. */
function staleCases(): readonly Case[] {
  const stale = { b: { when: "head", pieces: [], finish: "end" } } as const;
  const reset = { b: { when: "head", pieces: [], finish: "reset" } } as const;
  const once = (part: string): Verdict =>
    holds(`${part} was sent once`, (o) => o.seen.filter((seen) => seen.part === part).length <= 1);
  const make = (id: string, title: string, second: string, answers: Case["answers"], verdict: Verdict): Case => ({
    ...RULE,
    ...{ id: idOf(28, id), side: "response", title, answers: answers ?? {}, until: 2, verdict },
    steps: [{ send: get("a") }, { wait: "answers", count: 1 }, { send: second }],
  });
  const twice = { ...stale, "b#2": { pieces: [ok("again")] } };
  const failed: Verdict = (o) =>
    o.answers[1] === undefined || [502, 503, 504].includes(o.answers[1].status) ? [] : [summary(o)];
  return [
    make(
      "stale-get",
      "a kept connection ends under a GET: once more, or 502",
      get("b"),
      twice,
      anyOf(told({ status: 200 }, { status: 200, body: "again" }), failed),
    ),
    make(
      "stale-post",
      "a kept connection ends under a POST: never again",
      post("b", "hello"),
      twice,
      allOf(failed, once("b")),
    ),
    make(
      "reset-post",
      "a kept connection is reset under a POST: never again",
      post("b", "hello"),
      { ...reset, "b#2": { pieces: [ok("again")] } },
      allOf(failed, once("b")),
    ),
    make(
      "stale-post-read",
      "a kept connection ends behind a whole POST: never again",
      post("b", "hello"),
      { b: { pieces: [], finish: "end" }, "b#2": { pieces: [ok("again")] } },
      allOf(failed, once("b")),
    ),
    make(
      "stale-patch",
      "the same for PATCH",
      request("PATCH", "b", { lines: ["Content-Length: 5"], body: "hello" }),
      twice,
      allOf(failed, once("b")),
    ),
    make(
      "half-answered-get",
      "a GET whose answer began is not sent again",
      get("b"),
      {
        b: { pieces: ["HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhel", ""], finish: "end" },
        "b#2": { pieces: [ok("again")] },
      },
      allOf(
        once("b"),
        holds("the answer is not complete", (o) => o.answers[1]?.complete !== true || o.answers[1].status >= 500),
      ),
    ),
    make("always-stale", "every attempt at a GET fails", get("b"), stale, allOf(failed, notTooOften())),
  ];
}

/** Bounded: a request is not tried for ever. */
function notTooOften(): Verdict {
  return (o) => (o.seen.length <= 5 ? [] : [`it was tried too often; ${summary(o)}`]);
}
