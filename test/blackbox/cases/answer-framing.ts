import type { Answer, Case, Verdict } from "../case.ts";
import { CRLF, chunk, get, LAST_CHUNK, ok, request, response } from "../messages.ts";
import { allOf, anyOf, closed, holds, told } from "../verdicts.ts";
import { type About, BAD_GATEWAY, relayed, responseCase, thenServedOrClosed, twoRequests } from "./define.ts";

const RULE: About = { rule: 13, rank: 0 };
const WIRE = chunk("hello") + LAST_CHUNK;

/** Rule 13: how long an answer is. */
export function answerFramingCases(): readonly Case[] {
  return [...bodilessCases(), ...conflictCases(), ...untilCloseCases(), ...honestCases()];
}

const headOf = {
  methods: ["HEAD"],
  steps: twoRequests(request("HEAD", "a")),
} as const;

function bodilessCases(): readonly Case[] {
  const lines: readonly (readonly [string, readonly string[]])[] = [
    ["plain", []],
    ["length", ["Content-Length: 5"]],
    ["length-0", ["Content-Length: 0"]],
    ["chunked", ["Transfer-Encoding: chunked"]],
  ];
  const empty = (status: number): Verdict => thenServedOrClosed(told({ status, body: "" }));
  return lines.flatMap(([id, some]) => [
    responseCase(
      RULE,
      `204-${id}`,
      `204 (${id})`,
      response("204 No Content", some),
      anyOf(empty(204), ...(id === "chunked" ? [BAD_GATEWAY] : [])),
    ),
    responseCase(RULE, `304-${id}`, `304 (${id})`, response("304 Not Modified", some), empty(304)),
    responseCase(RULE, `head-${id}`, `an answer to HEAD (${id})`, response("200 OK", some), empty(200), headOf),
    responseCase(RULE, `head-404-${id}`, `404 to HEAD (${id})`, response("404 Not Found", some), empty(404), headOf),
  ]);
}

/** Two sources of the length: the length is dropped, or the answer is refused. */
function conflictCases(): readonly Case[] {
  const both = (lines: readonly string[], wire = WIRE): Answer => ({
    pieces: [response("200 OK", lines, wire)],
    finish: "end",
  });
  const chunksCount = relayed({ status: 200, body: "hello" });
  const coding = "Transfer-Encoding: chunked";
  const lengths = ["0", "3", String(WIRE.length), "99"];
  return [
    ...lengths.flatMap((length) =>
      [
        [coding, `Content-Length: ${length}`],
        [`Content-Length: ${length}`, coding],
      ].map((lines, i) =>
        responseCase(
          RULE,
          `both-${length}-${i === 0 ? "coding" : "length"}-first`,
          `an answer with ${lines.join(" and ")}`,
          both(lines),
          anyOf(BAD_GATEWAY, chunksCount),
        ),
      ),
    ),
    responseCase(
      RULE,
      "chunked-in-1.0",
      "an answer of HTTP/1.0 in chunks",
      { pieces: [response("200 OK", [coding], WIRE).replace("1.1", "1.0")], finish: "end" },
      anyOf(BAD_GATEWAY, chunksCount, relayed({ status: 200, body: WIRE })),
    ),
  ];
}

function untilCloseCases(): readonly Case[] {
  const whole = relayed({ status: 200, body: "hello" });
  const until = (pieces: readonly string[]): Answer => ({ pieces, finish: "end" });
  const old = get("a", { version: "HTTP/1.0", lines: ["Connection: keep-alive"] });
  const bytes = response("200 OK", [], "hello");
  return [
    responseCase(RULE, "until-close", "an answer until the end", until([bytes]), whole),
    responseCase(
      RULE,
      "until-close-later",
      "an answer until the end, in pieces",
      until([bytes.slice(0, -3), "l", "lo"]),
      whole,
    ),
    responseCase(
      RULE,
      "until-close-empty",
      "an empty answer until the end",
      until([response("200 OK", [])]),
      relayed({ status: 200, body: "" }),
    ),
    responseCase(
      RULE,
      "until-close-no-fields",
      "a status line and nothing else, until the end",
      until([`HTTP/1.1 200 OK${CRLF}${CRLF}hello`]),
      whole,
    ),
    responseCase(
      RULE,
      "until-close-keep-alive",
      "an answer until the end that says keep-alive",
      until([response("200 OK", ["Connection: keep-alive"], "hello")]),
      whole,
    ),
    responseCase(
      RULE,
      "until-close-1.0",
      "an answer of HTTP/1.0 until the end",
      until([bytes.replace("1.1", "1.0")]),
      whole,
    ),
    responseCase(
      RULE,
      "until-close-looks-chunked",
      "an answer until the end that looks like chunks",
      until([response("200 OK", [], WIRE)]),
      relayed({ status: 200, body: WIRE }),
    ),
    responseCase(
      RULE,
      "until-close-looks-like-answer",
      "an answer until the end that holds an answer",
      until([bytes + ok("evil")]),
      relayed({ status: 200, body: `hello${ok("evil")}` }),
    ),
    responseCase(
      RULE,
      "until-close-to-1.0",
      "an answer until the end to a client of HTTP/1.0",
      until([bytes]),
      allOf(told({ status: 200, body: "hello", fields: { "transfer-encoding": [] } }), closed),
      {
        steps: [{ send: old }],
        until: "close",
      },
    ),
    responseCase(
      RULE,
      "chunked-to-1.0",
      "chunks to a client of HTTP/1.0",
      response("200 OK", ["Transfer-Encoding: chunked"], WIRE),
      allOf(told({ status: 200, body: "hello", fields: { "transfer-encoding": [] } }), closed),
      {
        steps: [{ send: get("a", { version: "HTTP/1.0" }) }],
        until: "close",
      },
    ),
  ];
}

function honestCases(): readonly Case[] {
  const large = "z".repeat(100_000);
  const pieces = [response("200 OK", ["Transfer-Encoding: chunked"]), chunk("hel"), chunk("lo"), "0\r\n", "\r\n"];
  return [
    responseCase(RULE, "length", "an answer with a length", ok("hello"), relayed({ status: 200, body: "hello" })),
    responseCase(RULE, "length-0", "an empty answer", ok(""), relayed({ status: 200, body: "" })),
    responseCase(RULE, "large", "an answer of 100,000 bytes", ok(large), relayed({ status: 200, body: large })),
    responseCase(
      RULE,
      "in-pieces",
      "chunks, each in a piece of its own",
      { pieces },
      relayed({ status: 200, body: "hello" }),
    ),
    responseCase(
      RULE,
      "body-is-answer",
      "a body that is an answer",
      ok(ok("inner")),
      allOf(
        relayed({ status: 200, body: ok("inner") }),
        holds("one of ours", (o) => o.answers.length <= 2),
      ),
    ),
    responseCase(
      RULE,
      "nominated-length",
      "Connection names Content-Length in an answer",
      ok("hello", ["Connection: content-length"]),
      anyOf(relayed({ status: 200, body: "hello" }), BAD_GATEWAY),
    ),
    responseCase(
      RULE,
      "cookies-in-order",
      "Set-Cookie lines stay apart and in order",
      ok("hello", ["Set-Cookie: x=1", "Set-Cookie: y=2, z"]),
      relayed({ status: 200, body: "hello", fields: { "set-cookie": ["x=1", "y=2, z"] } }),
    ),
  ];
}
