import type { Case, Verdict } from "../case.ts";
import { chunk, chunked, get, LAST_CHUNK, named, post, response } from "../messages.ts";
import { allOf, anyOf, holds, served } from "../verdicts.ts";
import {
  type About,
  BAD_GATEWAY,
  bad,
  good,
  relayed,
  requestCase,
  responseCase,
  SEEN_TO_BE_SHORT,
  SERVED_AFTER,
  unseen,
} from "./define.ts";

const RULE: About = { rule: 8, rank: 0 };
const STATUSES = [400, 413];
const WANT = { part: "a", method: "POST", body: "hello" };

/** Bodies that break the grammar of chunks (RFC 9112, section 7.1). All of them are `hello` to some reader. */
const BROKEN: readonly (readonly [id: string, wire: string])[] = [
  ["hex-prefix", `0x5\r\nhello\r\n${LAST_CHUNK}`],
  ["plus", `+5\r\nhello\r\n${LAST_CHUNK}`],
  ["minus", `-5\r\nhello\r\n${LAST_CHUNK}`],
  ["underscore", `0_5\r\nhello\r\n${LAST_CHUNK}`],
  ["exponent", `5e+0\r\nhello\r\n${LAST_CHUNK}`],
  ["dot", `5.0\r\nhello\r\n${LAST_CHUNK}`],
  ["comma", `5,\r\nhello\r\n${LAST_CHUNK}`],
  ["letter", `5g\r\nhello\r\n${LAST_CHUNK}`],
  ["word", `5 junk\r\nhello\r\n${LAST_CHUNK}`],
  ["quotes", `"5"\r\nhello\r\n${LAST_CHUNK}`],
  ["blank-before", ` 5\r\nhello\r\n${LAST_CHUNK}`],
  ["tab-before", `\t5\r\nhello\r\n${LAST_CHUNK}`],
  ["nul-behind", `5\0\r\nhello\r\n${LAST_CHUNK}`],
  ["nbsp-behind", `5\xa0\r\nhello\r\n${LAST_CHUNK}`],
  ["superscript", `\xb5\r\nhello\r\n${LAST_CHUNK}`],
  ["empty-size", `\r\nhello\r\n${LAST_CHUNK}`],
  ["only-extension", `;x\r\nhello\r\n${LAST_CHUNK}`],
  ["too-little", `7\r\nhello\r\n${LAST_CHUNK}`],
  ["too-much", `4\r\nhello\r\n${LAST_CHUNK}`],
  ["no-end", `5\r\nhello${LAST_CHUNK}`],
  ["lf-end", `5\r\nhello\n\n${LAST_CHUNK}`],
  ["double-end", `5\r\nhello\r\n\r\n${LAST_CHUNK}`],
  ["64-bits", `10000000000000005\r\nhello\r\n${LAST_CHUNK}`],
  ["32-bits", `100000005\r\nhello\r\n${LAST_CHUNK}`],
  ["53-bits", `20000000000005\r\nhello\r\n${LAST_CHUNK}`],
  ["64-bits-minus-one", `ffffffffffffffff\r\nhello\r\n${LAST_CHUNK}`],
  ["many-f", `${"f".repeat(40)}\r\nhello\r\n${LAST_CHUNK}`],
  ["minus-zero", `5\r\nhello\r\n-0\r\n\r\n`],
  ["zero-hex", `5\r\nhello\r\n0x0\r\n\r\n`],
  ["zero-blank-before", `5\r\nhello\r\n 0\r\n\r\n`],
  ["trailer-no-colon", `5\r\nhello\r\n0\r\nX-Name\r\n\r\n`],
  ["trailer-blank-colon", `5\r\nhello\r\n0\r\nX-Name : v\r\n\r\n`],
  ["trailer-empty-name", `5\r\nhello\r\n0\r\n: v\r\n\r\n`],
  ["trailer-fold", `5\r\nhello\r\n0\r\n X-Name: v\r\n\r\n`],
  ["trailer-nul", `5\r\nhello\r\n0\r\nX-Name: \0\r\n\r\n`],
  ["trailer-cr", `5\r\nhello\r\n0\r\nX-Name: a\rb\r\n\r\n`],
];

/** A size that needs more bytes than came: the balancer may wait for them, but never take the request behind for its own. */
const ENDLESS = new Set(["32-bits", "53-bits"]);

/** Nobody needs to look into trailers that he drops. */
const TRAILERS_DROPPED: Verdict = allOf(
  served(WANT, SERVED_AFTER),
  holds("the trailers were dropped", (o) => o.seen.every(({ trailers }) => trailers.length === 0)),
);

/** Rule 8: chunks by the letter. */
export function chunkCases(): readonly Case[] {
  return [...BROKEN.map(brokenCase), ...blankCases(), ...acceptedCases(), ...trailerCases(), ...answerCases()];
}

function brokenCase([id, wire]: readonly [string, string]): Case {
  const title = `chunks: ${JSON.stringify(wire.replace(LAST_CHUNK, "…"))}`;
  const bytes = chunked("a", wire);
  if (ENDLESS.has(id)) {
    // Ends its side, so that whoever waits for the rest sees that it never comes.
    const verdict: Verdict = allOf(
      unseen("after"),
      holds("the request is not whole", (o) => o.seen.every(({ complete }) => !complete)),
    );
    const steps = [{ send: bytes + get("after") }, { wait: "read" }, { finish: "end" }] as const;
    return bad(RULE, id, title, bytes, STATUSES, [verdict], { steps, until: "close" });
  }
  return bad(RULE, id, title, bytes, STATUSES, id.startsWith("trailer-") ? [TRAILERS_DROPPED] : []);
}

/** Blanks behind the size: some servers of old sent them (RFC 9112, errata 7633). */
function blankCases(): readonly Case[] {
  const about: About = { rule: 8, rank: 2 };
  const taken = served(WANT, SERVED_AFTER);
  return [
    bad(about, "blank-behind", "a blank behind the size", chunked("a", `5 \r\nhello\r\n${LAST_CHUNK}`), STATUSES, [
      taken,
    ]),
    bad(about, "tab-behind", "a tab behind the size", chunked("a", `5\t\r\nhello\r\n${LAST_CHUNK}`), STATUSES, [taken]),
    bad(
      about,
      "blank-before-extension",
      "blanks around an extension",
      chunked("a", `5 ; x = y\r\nhello\r\n${LAST_CHUNK}`),
      STATUSES,
      [taken],
    ),
    bad(
      about,
      "zeros-20",
      "20 zeros ahead of the size",
      chunked("a", `${"0".repeat(20)}5\r\nhello\r\n${LAST_CHUNK}`),
      STATUSES,
      [taken],
    ),
  ];
}

function acceptedCases(): readonly Case[] {
  const about: About = { rule: 8, rank: 1 };
  const wires: readonly (readonly [string, string, string])[] = [
    ["extension", `5;x\r\nhello\r\n${LAST_CHUNK}`, "hello"],
    ["extension-value", `5;x=y\r\nhello\r\n${LAST_CHUNK}`, "hello"],
    ["extension-quoted", `5;x="a;b\\"c"\r\nhello\r\n${LAST_CHUNK}`, "hello"],
    ["extensions", `5;a;b=1;c="2"\r\nhello\r\n0;end\r\n\r\n`, "hello"],
    ["leading-zeros", `0005\r\nhello\r\n000\r\n\r\n`, "hello"],
    ["lower-hex", chunk("x".repeat(10)) + LAST_CHUNK, "x".repeat(10)],
    ["upper-hex", `A\r\n${"x".repeat(10)}\r\n${LAST_CHUNK}`, "x".repeat(10)],
    ["single-bytes", [..."hello"].map(chunk).join("") + LAST_CHUNK, "hello"],
    ["line-ends-inside", chunk("\r\n0\r\n\r\n") + LAST_CHUNK, "\r\n0\r\n\r\n"],
    ["request-inside", chunk("GET / HTTP/1.1\r\n\r\n") + LAST_CHUNK, "GET / HTTP/1.1\r\n\r\n"],
    ["binary", chunk("\0\r\n\xff\n\r") + LAST_CHUNK, "\0\r\n\xff\n\r"],
    ["large", chunk("y".repeat(70_000)) + LAST_CHUNK, "y".repeat(70_000)],
  ];
  return wires.map(([id, wire, body]) =>
    good(about, id, `chunks: ${id}`, chunked("a", wire), { part: "a", method: "POST", body }),
  );
}

/** Trailers are dropped, or passed on as trailers; they never become fields of the head. */
function trailerCases(): readonly Case[] {
  const about: About = { rule: 8, rank: 1 };
  const framing: About = { rule: 8, rank: 0 };
  const wire = (line: string): string => `${chunk("hello")}0\r\n${line}\r\n\r\n`;
  const notInHead = (name: string, value: string): Verdict =>
    holds(`${name} is not in the head`, (o) =>
      o.seen.every(({ fields }) => fields.every(([n, v]) => n.toLowerCase() !== name || v !== value)),
    );
  const forbidden: readonly (readonly [string, string])[] = [
    ["content-length", "3"],
    ["transfer-encoding", "identity"],
    ["host", "evil.example"],
    ["cookie", "x=trailer"],
    ["connection", "close"],
    ["x-forwarded-for", "10.9.8.7"],
  ];
  return [
    good(about, "trailer", "a trailer", chunked("a", wire("X-Sum: 1")), WANT),
    good(about, "trailers", "three trailers", chunked("a", wire("X-A: 1\r\nX-B: 2\r\nX-A: 3")), WANT),
    good(
      about,
      "trailer-announced",
      "an announced trailer",
      chunked("a", wire("X-Sum: 1"), { lines: ["Trailer: X-Sum", "TE: trailers", "Connection: TE"] }),
      WANT,
    ),
    ...forbidden.map(([name, value]) =>
      bad(
        framing,
        `trailer-${name}`,
        `${name} as a trailer`,
        chunked("a", wire(`${name}: ${value}`)),
        [400],
        [allOf(served(WANT, SERVED_AFTER), notInHead(name, value))],
      ),
    ),
    bad(
      framing,
      "trailer-request",
      "a request line as a trailer",
      chunked("a", wire("GET /{id}/smuggled HTTP/1.1")),
      [400],
      [TRAILERS_DROPPED],
    ),
    requestCase(
      about,
      "then-length",
      "chunks, and a length in the next one",
      chunked("b", chunk("x") + LAST_CHUNK) + post("a", "hello"),
      served({ part: "b", method: "POST", body: "x" }, WANT, SERVED_AFTER),
      { until: 3 },
    ),
  ];
}

function answerCases(): readonly Case[] {
  const answer = (wire: string): string => response("200 OK", ["Transfer-Encoding: chunked"], wire);
  const about: About = { rule: 8, rank: 1 };
  const some = BROKEN.filter(([id]) => !id.startsWith("trailer") && !ENDLESS.has(id) && id !== "many-f");
  return [
    ...some.map(([id, wire]) =>
      responseCase(
        RULE,
        `answer-${id}`,
        `an answer with chunks: ${JSON.stringify(wire.replace(LAST_CHUNK, "…"))}`,
        { pieces: [answer(wire)], finish: "end" },
        anyOf(BAD_GATEWAY, SEEN_TO_BE_SHORT),
      ),
    ),
    responseCase(
      about,
      "answer-extension",
      "an answer with extensions",
      answer(`5;x="y"\r\nhello\r\n${LAST_CHUNK}`),
      relayed({ status: 200, body: "hello" }),
    ),
    responseCase(
      about,
      "answer-trailer",
      "an answer with a trailer",
      answer(`${chunk("hello")}0\r\nX-Sum: 1\r\n\r\n`),
      relayed({ status: 200, body: "hello" }),
    ),
    responseCase(
      about,
      "answer-many-chunks",
      "an answer of 200 chunks",
      answer(chunk("ab").repeat(200) + LAST_CHUNK),
      relayed({ status: 200, body: "ab".repeat(200) }),
    ),
    responseCase(
      about,
      "answer-binary",
      "an answer with every byte in it",
      answer(chunk(everyByte()) + LAST_CHUNK),
      relayed({ status: 200, body: everyByte() }),
    ),
    responseCase(
      about,
      `answer-${named(0x0d)}-inside`,
      "an answer with line ends in a chunk",
      answer(chunk("\r\n0\r\n\r\n") + LAST_CHUNK),
      relayed({ status: 200, body: "\r\n0\r\n\r\n" }),
    ),
  ];
}

function everyByte(): string {
  return Array.from({ length: 256 }, (_, i) => String.fromCharCode(i)).join("");
}
