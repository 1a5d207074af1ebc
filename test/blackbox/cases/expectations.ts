import type { Answer, Case, ClientStep, Verdict } from "../case.ts";
import { chunk, get, LAST_CHUNK, ok, request, response } from "../messages.ts";
import { allOf, anyOf, closed, holds, refused, saw, served, servedAndClosed, told } from "../verdicts.ts";
import { type About, AFTER, idOf, SERVED_AFTER, thenServedOrClosed } from "./define.ts";

const RULE: About = { rule: 24, rank: 1 };
const CONTINUE = "HTTP/1.1 100 Continue\r\n\r\n";
const EXPECT = ["Expect: 100-continue", "Content-Length: 5"];
const WANT = { part: "a", method: "POST", body: "hello" };
const POLITE: readonly Answer[] = [{ when: "head", pieces: [CONTINUE] }, { pieces: [ok("hello")] }];
const TAKEN = allOf(told({ status: 200, body: "hello" }, { status: 200 }), saw(WANT, SERVED_AFTER));

function make(
  id: string,
  title: string,
  steps: readonly ClientStep[],
  verdict: Verdict,
  answer?: Answer | readonly Answer[],
): Case {
  const answers = answer === undefined ? {} : { answers: { a: answer } };
  return { ...RULE, ...{ id: idOf(24, id), side: "request", title, steps, until: 2, verdict }, ...answers };
}

const head = (lines = EXPECT, options = {}): ClientStep => ({ send: request("POST", "a", { lines, ...options }) });

/** Rule 24: nobody waits for ever for leave to send. */
export function expectationCases(): readonly Case[] {
  const rest: readonly ClientStep[] = [{ send: "hello" }, { send: AFTER }];
  const whole = served(WANT, SERVED_AFTER);
  const chunks = ["Expect: 100-continue", "Transfer-Encoding: chunked"];
  const no100 = holds("no 1xx to a client of HTTP/1.0", (o) => o.interim.length === 0);
  return [
    make(
      "waits",
      "the client waits for 100, the backend gives it",
      [head(), { wait: "interim", count: 1 }, ...rest],
      TAKEN,
      POLITE,
    ),
    make(
      "waits-chunks",
      "the same with chunks",
      [head(chunks), { wait: "interim", count: 1 }, { send: chunk("hello") + LAST_CHUNK }, { send: AFTER }],
      TAKEN,
      POLITE,
    ),
    make(
      "at-once",
      "the body comes at once, the backend gives 100",
      [{ send: `${request("POST", "a", { lines: EXPECT })}hello` }, { send: AFTER }],
      TAKEN,
      POLITE,
    ),
    make(
      "at-once-no-100",
      "the body comes at once, the backend gives no 100",
      [{ send: `${request("POST", "a", { lines: EXPECT })}hello` }, { send: AFTER }],
      whole,
    ),
    make(
      "no-100",
      "the backend gives no 100, the client sends after a while",
      [head(), { wait: "read" }, ...rest],
      whole,
    ),
    make(
      "capital",
      "100-Continue in capitals",
      [head(["EXPECT: 100-CONTINUE", "Content-Length: 5"]), { wait: "read" }, ...rest],
      whole,
    ),
    make(
      "no-body",
      "an expectation without a body",
      [{ send: get("a", { lines: ["Expect: 100-continue"] }) }, { send: AFTER }],
      anyOf(served({ part: "a" }, SERVED_AFTER), servedAndClosed({ part: "a" }), refused([400, 417])),
    ),
    make("two-100", "the backend gives 100 twice", [head(), { wait: "interim", count: 1 }, ...rest], TAKEN, [
      { when: "head", pieces: [CONTINUE + CONTINUE] },
      { pieces: [ok("hello")] },
    ]),
    make(
      "refused-at-once",
      "the backend answers 417 instead of 100",
      [head(), { wait: "answers", count: 1 }, { send: AFTER }],
      (o) => refusedAtOnce(417)(o),
      {
        when: "head",
        pieces: [response("417 Expectation Failed", ["Content-Length: 0", "Connection: close"])],
        finish: "end",
      },
    ),
    make(
      "401-at-once",
      "the backend answers 401 instead of 100, the body comes",
      [head(), { wait: "read" }, ...rest],
      thenServedOrClosed(told({ status: 401, body: "" })),
      { when: "head", pieces: [response("401 Unauthorized", ["Content-Length: 0"])] },
    ),
    make(
      "unknown",
      "an unknown expectation",
      [{ send: `${request("POST", "a", { lines: ["Expect: miracles", "Content-Length: 5"] })}hello` }, { send: AFTER }],
      anyOf(whole, allOf(told({ status: 417 }), closed), thenServedOrClosed(told({ status: 417 }))),
    ),
    {
      ...make(
        "in-1.0",
        "an expectation in HTTP/1.0",
        [{ send: `${request("POST", "a", { version: "HTTP/1.0", lines: EXPECT })}hello` }],
        allOf(told({ status: 200, body: "hello" }), no100, saw(WANT)),
        POLITE,
      ),
      until: "close",
    },
    {
      ...make(
        "100-to-1.0",
        "100 of a backend to a client of HTTP/1.0",
        [{ send: `${request("POST", "a", { version: "HTTP/1.0", lines: ["Content-Length: 5"] })}hello` }],
        allOf(told({ status: 200, body: "hello" }), no100),
        [{ when: "head", pieces: [CONTINUE] }, { pieces: [ok("hello")] }],
      ),
      until: "close",
    },
  ];
}

/** The final answer came although the body never did; then the connection is of no use. */
function refusedAtOnce(status: number): Verdict {
  return (o) => {
    const first = o.answers[0];
    const right = first?.status === status && first.complete;
    // Whoever waits for the body before asking the backend has given 100 himself.
    return right && o.seen.every(({ part }) => part !== "after") ? [] : [`${status} was due, got ${first?.status}`];
  };
}
