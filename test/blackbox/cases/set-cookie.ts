import type { Answer, Case, Verdict } from "../case.ts";
import { chunk, get, LAST_CHUNK, ok, request, response } from "../messages.ts";
import { COOKIE } from "../subjects/subject.ts";
import { allOf, holds, served, told } from "../verdicts.ts";
import { type About, idOf } from "./define.ts";
import { ASK, SWITCH } from "./upgrades.ts";

const RULE: About = { rule: 31, rank: 2 };

/** Our own Set-Cookie lines of the first answer, and the others. */
function cookiesOf(o: Parameters<Verdict>[0]): {
  readonly ours: readonly string[];
  readonly others: readonly string[];
} {
  const all = (o.answers[0]?.fields ?? []).filter(([name]) => /^set-cookie$/i.test(name)).map(([, value]) => value);
  return {
    ours: all.filter((value) => value.startsWith(`${COOKIE}=`)),
    others: all.filter((value) => !value.startsWith(`${COOKIE}=`)),
  };
}

const ONE: Verdict = holds("exactly one cookie of ours", (o) => cookiesOf(o).ours.length === 1);

/** Rule 31: a new user gets one cookie, with every kind of answer. */
export function setCookieCases(): readonly Case[] {
  const make = (id: string, title: string, verdict: Verdict, answer?: Answer, extras: Partial<Case> = {}): Case => ({
    ...RULE,
    ...{ id: idOf(31, id), side: "response", title, steps: [{ send: get("a", { cookie: null }) }], until: 1 },
    verdict: allOf(verdict, ONE),
    ...(answer === undefined ? {} : { answers: { a: answer } }),
    ...extras,
  });
  const hello = told({ status: 200, body: "hello" });
  const empty = (status: number): Verdict => told({ status, body: "" });
  const status = (line: string): Answer => ({ pieces: [response(line, ["Content-Length: 5"], "hello")] });
  const attribute = (pattern: RegExp): Verdict => holds(`${pattern}`, (o) => pattern.test(cookiesOf(o).ours[0] ?? ""));
  const head = { methods: ["HEAD"], steps: [{ send: request("HEAD", "a", { cookie: null }) }] } as const;
  return [
    make("new-user", "a new user", served({ part: "a", backend: "any" })),
    make("path", "its Path is /", attribute(/; *Path=\/(?:;|$)/i)),
    make("http-only", "HttpOnly", attribute(/; *HttpOnly(?:;|$)/i), undefined, {}),
    make(
      "binds",
      "the cookie binds to the backend that answered",
      holds(
        "the next request goes to the same backend",
        (o) =>
          o.answers[0]?.body.split(" ")[0] !== "" &&
          cookiesOf(o)
            .ours[0]?.split(";")[0]
            ?.endsWith(o.answers[0]?.body.split(" ")[0] ?? "-") === true,
      ),
    ),
    make(
      "no-address",
      "no address of a backend in it",
      holds("no address", (o) => !/127\.0\.0\.1|:\d{4,5}/.test(cookiesOf(o).ours[0] ?? "")),
    ),
    ...["201 Created", "404 Not Found", "500 Internal Server Error", "503 Service Unavailable"].map((line) =>
      make(
        `status-${line.slice(0, 3)}`,
        `with ${line.slice(0, 3)}`,
        told({ status: Number(line.slice(0, 3)), body: "hello" }),
        status(line),
      ),
    ),
    make("redirect", "with a redirect", told({ status: 302, body: "" }), {
      pieces: [response("302 Found", ["Location: /login", "Content-Length: 0"])],
    }),
    make("204", "with 204", empty(204), { pieces: [response("204 No Content", [])] }),
    make("304", "with 304", empty(304), { pieces: [response("304 Not Modified", ['ETag: "x"'])] }),
    make("head", "with HEAD", served({ part: "a", method: "HEAD", backend: "any" }), undefined, head),
    make("chunks", "with chunks", hello, {
      pieces: [response("200 OK", ["Transfer-Encoding: chunked"], chunk("hello") + LAST_CHUNK)],
    }),
    make("until-close", "with an answer until the end", hello, {
      pieces: [response("200 OK", [], "hello")],
      finish: "end",
    }),
    make("no-fields", "with an answer without any field", hello, {
      pieces: ["HTTP/1.1 200 OK\r\n\r\nhello"],
      finish: "end",
    }),
    make(
      "body-looks-like-head",
      "with a body that looks like a head",
      told({ status: 200, body: "Set-Cookie: x=1\r\n\r\nhello" }),
      { pieces: [ok("Set-Cookie: x=1\r\n\r\nhello")] },
    ),
    make("behind-103", "with an answer behind 103", hello, {
      pieces: ["HTTP/1.1 103 Early Hints\r\n\r\n", ok("hello")],
    }),
    make(
      "others",
      "beside two of the backend, which stay in order",
      allOf(
        hello,
        holds("x, then y", (o) => cookiesOf(o).others.join(" | ") === "x=1; Path=/x | y=2"),
      ),
      { pieces: [ok("hello", ["Set-Cookie: x=1; Path=/x", "Set-Cookie: y=2"])] },
    ),
    make(
      "like-ours",
      "beside one whose name begins like ours",
      allOf(
        hello,
        holds("it stays", (o) => cookiesOf(o).others.join() === `${COOKIE}x=1`),
      ),
      { pieces: [ok("hello", [`Set-Cookie: ${COOKIE}x=1`])] },
    ),
    make("old", "to a client of HTTP/1.0", served({ part: "a", backend: "any" }), undefined, {
      steps: [{ send: get("a", { cookie: null, version: "HTTP/1.0" }) }],
      until: "close",
    }),
    {
      ...RULE,
      ...{ id: idOf(31, "upgrade"), side: "response", title: "with 101" },
      steps: [{ send: get("a", { cookie: null, lines: ASK }) }, { wait: "interim", count: 1 }, { finish: "end" }],
      answers: { a: SWITCH },
      until: "close",
      verdict: holds(
        "101 sets one cookie",
        (o) =>
          (o.interim[0]?.fields ?? []).filter(
            ([name, value]) => /^set-cookie$/i.test(name) && value.startsWith(`${COOKIE}=`),
          ).length === 1,
      ),
    },
  ];
}
