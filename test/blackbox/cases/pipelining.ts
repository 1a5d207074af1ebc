import type { Case } from "../case.ts";
import { chunk, chunked, get, LAST_CHUNK, ok, post, request, response } from "../messages.ts";
import { allOf, anyOf, holds, type Served, served, told } from "../verdicts.ts";
import { type About, idOf, requestCase } from "./define.ts";

const RULE: About = { rule: 21, rank: 1 };

/** Rule 21: many requests at once are answered in their order, each by its own backend. */
export function pipeliningCases(): readonly Case[] {
  return [...[2, 3, 10, 30].flatMap(countCases), ...mixedCases(), ...orderCases()];
}

function parts(count: number): readonly string[] {
  return Array.from({ length: count }, (_, i) => `p${i}`);
}

/** The same users, or two in turns. */
function countCases(count: number): readonly Case[] {
  const make = (id: string, title: string, backendOf: (i: number) => "A" | "B"): Case => {
    const send = parts(count)
      .map((part, i) => get(part, { cookie: backendOf(i) }))
      .join("");
    const verdict = served(...parts(count).map((part, i) => ({ part, backend: backendOf(i) })));
    return requestCase(RULE, id, title, "", verdict, { steps: [{ send }], until: count });
  };
  return [
    make(`one-user-${count}`, `${count} requests of one user at once`, () => "A"),
    make(`two-users-${count}`, `${count} requests of two users in turns`, (i) => (i % 2 === 0 ? "A" : "B")),
    make(`other-user-last-${count}`, `${count} requests, the last of another user`, (i) =>
      i === count - 1 ? "B" : "A",
    ),
  ];
}

function mixedCases(): readonly Case[] {
  const sent: readonly (readonly [string, Served])[] = [
    [post("p0", "hello"), { part: "p0", method: "POST", body: "hello" }],
    [get("p1", { cookie: "B" }), { part: "p1", backend: "B" }],
    [chunked("p2", chunk("wor") + chunk("ld") + LAST_CHUNK), { part: "p2", method: "POST", body: "world" }],
    [request("HEAD", "p3", { cookie: "B" }), { part: "p3", method: "HEAD", backend: "B" }],
    [post("p4", "", { cookie: "B" }), { part: "p4", method: "POST", backend: "B" }],
    [request("DELETE", "p5"), { part: "p5", method: "DELETE" }],
  ];
  const mixed = (id: string, title: string, order: readonly number[]): Case => {
    const chosen = order.flatMap((i) => sent.slice(i, i + 1));
    return requestCase(RULE, id, title, "", served(...chosen.map(([, want]) => want)), {
      steps: [{ send: chosen.map(([bytes]) => bytes).join("") }],
      methods: chosen.map(([, { method = "GET" }]) => method),
      until: chosen.length,
    });
  };
  return [
    mixed("mixed", "bodies, HEAD and users mixed", [0, 1, 2, 3, 4, 5]),
    mixed("mixed-reversed", "the same, the other way round", [5, 4, 3, 2, 1, 0]),
    mixed("head-first", "HEAD ahead of the others", [3, 0, 1]),
    mixed("chunks-first", "chunks ahead of the others", [2, 1, 0]),
  ];
}

/** A slow answer holds those behind it back. */
function orderCases(): readonly Case[] {
  const both = get("a") + get("b", { cookie: "B" });
  const slow = {
    a: { pieces: [response("200 OK", ["Transfer-Encoding: chunked"]), chunk("sl"), chunk("ow"), LAST_CHUNK] },
    b: { pieces: [ok("quick")] },
  };
  const first = told({ status: 200, body: "slow" }, { status: 200, body: "quick" });
  return [
    requestCase(RULE, "slow-first", "a slow answer ahead of a quick one", both, first, {
      steps: [{ send: both }],
      answers: slow,
    }),
    requestCase(
      RULE,
      "error-first",
      "a broken answer ahead of a good one",
      both,
      allOf(
        (o) => (o.answers[0]?.status === 502 ? [] : ["the first is no 502"]),
        anyOf(
          told({ status: 502 }, { status: 200, body: "quick" }),
          holds("it ended behind 502", (o) => o.answers.length === 1 && o.end !== "open" && o.end !== "late"),
        ),
      ),
      {
        steps: [{ send: both }],
        answers: { a: { pieces: ["garbage\r\n\r\n"], finish: "end" }, b: { pieces: [ok("quick")] } },
      },
    ),
    {
      ...RULE,
      ...{ id: idOf(21, "in-bytes"), side: "request", title: "two requests whose border is inside a piece" },
      steps: [
        { send: `${get("a")}GET /{id}/b HT` },
        { wait: "read" },
        { send: get("b", { cookie: "B" }).slice("GET /{id}/b HT".length) },
      ],
      until: 2,
      verdict: served({ part: "a" }, { part: "b", backend: "B" }),
    },
    {
      ...RULE,
      ...{
        id: idOf(21, "one-after-the-other"),
        side: "request",
        title: "five requests, each behind the answer to the one before",
      },
      steps: parts(5).flatMap(
        (part, i) =>
          [{ send: get(part, { cookie: i % 2 === 0 ? "A" : "B" }) }, { wait: "answers", count: i + 1 }] as const,
      ),
      until: 5,
      verdict: served(...parts(5).map((part, i) => ({ part, backend: i % 2 === 0 ? ("A" as const) : ("B" as const) }))),
    },
  ];
}
