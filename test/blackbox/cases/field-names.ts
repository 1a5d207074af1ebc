import type { Case, Verdict } from "../case.ts";
import { chunk, LAST_CHUNK, named, ok, request, response } from "../messages.ts";
import { allOf, anyOf, holds, refused, served } from "../verdicts.ts";
import { type About, BAD_GATEWAY, bad, good, relayed, requestCase, responseCase, SERVED_AFTER } from "./define.ts";

const RULE: About = { rule: 4, rank: 0 };

/** No tchar (RFC 9110, section 5.6.2). Blanks at the beginning of a line are folds: rule 7. */
const NO_TOKEN = [
  ...[0x01, 0x07, 0x08, 0x0b, 0x0c, 0x0e, 0x1f, 0x7f],
  ...[0x22, 0x28, 0x29, 0x2c, 0x2f, 0x3b, 0x3c, 0x3d, 0x3e, 0x3f, 0x40, 0x5b, 0x5c, 0x5d, 0x7b, 0x7d],
  ...[0x80, 0xa0, 0xe9, 0xff],
];
const BLANKS = [0x20, 0x09];

type Place = "first" | "middle" | "last";
const PLACES: readonly Place[] = ["first", "middle", "last"];

/** A name with `octet` in it. */
function nameWith(octet: number, place: Place): string {
  const char = String.fromCharCode(octet);
  return { first: `${char}X-Name`, middle: `X-${char}Name`, last: `X-Name${char}` }[place];
}

/** Leaving the whole line out is safe, passing it on is not. */
const LINE_DROPPED: Verdict = allOf(
  served({ part: "a" }, SERVED_AFTER),
  holds("the line was left out", (o) => o.seen.every(({ fields }) => fields.every(([, value]) => value !== "canary"))),
);
const NO_CANARY: Verdict = holds("the line was left out", (o) => !o.received.includes("canary"));

/** Rule 4: a field name is a token, with its colon at once. */
export function fieldNameCases(): readonly Case[] {
  return [...octetCases(), ...shapeCases(), ...deceptiveCases(), ...tokenCases(), ...answerCases()];
}

function octetCases(): readonly Case[] {
  const withName = (name: string): string => request("GET", "a", { lines: [`${name}: canary`] });
  return PLACES.flatMap((place) =>
    [...NO_TOKEN, ...(place === "first" ? [] : BLANKS)].map((octet) =>
      bad(
        RULE,
        `${place}-${named(octet)}`,
        `${named(octet)} ${place} in a name`,
        withName(nameWith(octet, place)),
        [400],
        [LINE_DROPPED],
      ),
    ),
  );
}

function shapeCases(): readonly Case[] {
  const line = (text: string): string => request("GET", "a", { lines: [text] });
  const cases: readonly (readonly [string, string, string])[] = [
    ["empty-name", "no name", ": canary"],
    ["only-colon", "nothing but a colon", ":"],
    ["no-colon", "no colon", "X-Name"],
    ["no-colon-blank", "a blank instead of the colon", "X-Name canary"],
    ["no-colon-equals", "an equals sign instead of the colon", "X-Name=canary"],
    ["second-request-line", "a request line among the fields", "GET /{id}/smuggled HTTP/1.1"],
    ["status-line", "a status line among the fields", "HTTP/1.1 200 OK"],
    ["quoted-name", "a quoted name", '"X-Name": canary'],
    ["full-width-colon", "a colon that is none", "X-Name\xef\xbc\x9a canary"],
  ];
  return cases.map(([id, title, text]) => bad(RULE, id, title, line(text), [400], [LINE_DROPPED]));
}

/** Names that only some readers take for framing: leaving them out would change what the message is. */
const DROPPABLE = new Set(["length-control", "length-quoted", "coding-control", "coding-nbsp"]);

function deceptiveCases(): readonly Case[] {
  const body = chunk("hello") + LAST_CHUNK;
  const cases: readonly (readonly [string, string, string])[] = [
    ["length-blank", "Content-Length : 5", "hello"],
    ["length-tab", "Content-Length\t: 5", "hello"],
    ["length-control", "Content-Length\x01: 5", "hello"],
    ["length-quoted", '"Content-Length": 5', "hello"],
    ["coding-blank", "Transfer-Encoding : chunked", body],
    ["coding-tab", "Transfer-Encoding\t: chunked", body],
    ["coding-vertical-tab", "Transfer-Encoding\x0b: chunked", body],
    ["coding-no-colon", "Transfer-Encoding chunked", body],
    ["coding-control", "\x01Transfer-Encoding: chunked", body],
    ["coding-nbsp", "Transfer-Encoding\xa0: chunked", body],
  ];
  // Without the line there is no body: what stands there is refused as the next request.
  const bodyRefused = refused([400, 405, 501], [{ part: "a", method: "POST" }]);
  return cases.map(([id, line, wire]) =>
    bad(
      RULE,
      id,
      JSON.stringify(line),
      request("POST", "a", { lines: [line], body: wire }),
      [400],
      DROPPABLE.has(id) ? [bodyRefused] : [],
    ),
  );
}

function tokenCases(): readonly Case[] {
  const quality: About = { rule: 4, rank: 2 };
  const line = (text: string): string => request("GET", "a", { lines: [text] });
  const odd = "x!#$%&'*+-.^_`|~9";
  const seen = (fields: Readonly<Record<string, readonly string[]>>): { part: string; fields: typeof fields } => ({
    part: "a",
    fields,
  });
  return [
    good(quality, "all-of-token", "all special characters of a token", line(`${odd}: v`), seen({ [odd]: ["v"] })),
    good(quality, "underscore", "an underscore", line("x_name: v"), seen({ x_name: ["v"] })),
    good(quality, "digits", "only digits", line("123: v"), seen({ 123: ["v"] })),
    good(quality, "dot", "a dot", line("x.name: v"), seen({ "x.name": ["v"] })),
    good(quality, "one-letter", "one letter", line("x: v"), seen({ x: ["v"] })),
    good(quality, "long", "a name of 200 letters", line(`${"x".repeat(200)}: v`), seen({ ["x".repeat(200)]: ["v"] })),
    good(quality, "empty-value", "no value", line("x-name:"), seen({ "x-name": [""] })),
    requestCase(
      quality,
      "twice",
      "two lines of one name stay in order",
      request("GET", "a", { lines: ["x-name: 1", "x-name: 2"] }),
      anyOf(
        ...[["1", "2"], ["1, 2"]].map((values) => served({ part: "a", fields: { "x-name": values } }, SERVED_AFTER)),
      ),
    ),
  ];
}

function answerCases(): readonly Case[] {
  const dropped = allOf(relayed({ status: 200, body: "hello" }), NO_CANARY);
  const answer = (line: string): string => ok("hello", [line]);
  const some = [0x01, 0x0b, 0x22, 0x28, 0x2f, 0x40, 0x7f, 0x80];
  return [
    ...PLACES.flatMap((place) =>
      [...some, ...(place === "first" ? [] : BLANKS)].map((octet) =>
        responseCase(
          RULE,
          `answer-${place}-${named(octet)}`,
          `an answer with ${named(octet)} ${place} in a name`,
          answer(`${nameWith(octet, place)}: canary`),
          anyOf(BAD_GATEWAY, dropped),
        ),
      ),
    ),
    responseCase(
      RULE,
      "answer-empty-name",
      "an answer with an empty name",
      answer(": canary"),
      anyOf(BAD_GATEWAY, dropped),
    ),
    responseCase(
      RULE,
      "answer-no-colon",
      "an answer with a line without colon",
      answer("canary"),
      anyOf(BAD_GATEWAY, dropped),
    ),
    responseCase(
      RULE,
      "answer-length-blank",
      "an answer with Content-Length : 2",
      { pieces: [response("200 OK", ["Content-Length : 2"], "hello")], finish: "end" },
      anyOf(BAD_GATEWAY, relayed({ status: 200, body: "hello" }), relayed({ status: 200, body: "he" })),
    ),
    responseCase(
      RULE,
      "answer-coding-blank",
      "an answer with Transfer-Encoding : chunked",
      { pieces: [response("200 OK", ["Transfer-Encoding : chunked"], chunk("hello") + LAST_CHUNK)], finish: "end" },
      BAD_GATEWAY,
    ),
  ];
}
