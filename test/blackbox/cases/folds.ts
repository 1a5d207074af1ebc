import type { Case } from "../case.ts";
import { CRLF, chunk, get, LAST_CHUNK, ok, request, response } from "../messages.ts";
import { anyOf, served } from "../verdicts.ts";
import { type About, BAD_GATEWAY, bad, relayed, responseCase, SERVED_AFTER } from "./define.ts";

const RULE: About = { rule: 7, rank: 0 };
const BLANKS = [
  ["sp", " "],
  ["tab", "\t"],
] as const;

/** Rule 7: a line that goes on in the next one is refused, or joined before anybody looks at it. */
export function foldCases(): readonly Case[] {
  return BLANKS.flatMap(([name, blank]) => [...requestCases(name, blank), ...answerCases(name, blank)]);
}

function requestCases(name: string, blank: string): readonly Case[] {
  const fold = `${CRLF}${blank}`;
  const line = (text: string): string => get("a", { lines: [text] });
  const posted = served({ part: "a", method: "POST", body: "hello" }, SERVED_AFTER);
  const wire = chunk("hello") + LAST_CHUNK;
  const plain = served({ part: "a" }, SERVED_AFTER);
  return [
    bad(RULE, `${name}-value`, "a folded value", line(`X-Name: a${fold}b`), [400], [plain]),
    bad(RULE, `${name}-value-twice`, "a value folded twice", line(`X-Name: a${fold}b${fold}c`), [400], [plain]),
    bad(RULE, `${name}-empty`, "a fold of blanks only", line(`X-Name: a${fold}${blank}`), [400], [plain]),
    bad(
      RULE,
      `${name}-looks-like-field`,
      "a fold that looks like a field",
      request("POST", "a", { lines: [`X-Name: a${fold}Content-Length: 5`], body: "" }),
      [400],
      [
        served({ part: "a", method: "POST", fields: { "content-length": [] } }, SERVED_AFTER),
        served({ part: "a", method: "POST", fields: { "content-length": ["0"] } }, SERVED_AFTER),
      ],
    ),
    bad(
      RULE,
      `${name}-length`,
      "a folded Content-Length",
      request("POST", "a", { lines: [`Content-Length:${fold}5`], body: "hello" }),
      [400],
      [posted],
    ),
    bad(
      RULE,
      `${name}-length-digits`,
      "a fold inside Content-Length",
      request("POST", "a", { lines: [`Content-Length: 1${fold}0`], body: "hello67890" }),
      [400],
    ),
    bad(
      RULE,
      `${name}-coding`,
      "a folded Transfer-Encoding",
      request("POST", "a", { lines: [`Transfer-Encoding:${fold}chunked`], body: wire }),
      [400],
      [posted],
    ),
    bad(
      RULE,
      `${name}-coding-behind`,
      "a fold behind Transfer-Encoding",
      request("POST", "a", { lines: [`Transfer-Encoding: chunked${fold}`], body: wire }),
      [400],
      [posted],
    ),
    bad(RULE, `${name}-host`, "a folded Host", get("a", { host: `${CRLF}${blank}shop.example` }), [400], [plain]),
    bad(
      RULE,
      `${name}-cookie`,
      "a folded Cookie",
      `GET /{id}/a HTTP/1.1${CRLF}Host: shop.example${CRLF}Cookie: x=1;${fold}{A}${CRLF}${CRLF}`,
      [400],
      [plain],
    ),
    bad(
      RULE,
      `${name}-first`,
      "a blank ahead of the first field",
      get("a").replace("\r\nHost", `\r\n${blank}Host`),
      [400],
    ),
    bad(
      RULE,
      `${name}-first-hides-length`,
      "Content-Length behind a blank as the first field",
      `POST /{id}/a HTTP/1.1${fold}Content-Length: 5${CRLF}Host: shop.example${CRLF}Cookie: {A}${CRLF}${CRLF}hello`,
      [400],
    ),
  ];
}

function answerCases(name: string, blank: string): readonly Case[] {
  const fold = `${CRLF}${blank}`;
  const taken = relayed({ status: 200, body: "hello" });
  return [
    responseCase(
      RULE,
      `answer-${name}-value`,
      "an answer with a folded value",
      ok("hello", [`X-Name: a${fold}b`]),
      anyOf(BAD_GATEWAY, taken),
    ),
    responseCase(
      RULE,
      `answer-${name}-length`,
      "an answer with a folded Content-Length",
      response("200 OK", [`Content-Length:${fold}5`], "hello"),
      anyOf(BAD_GATEWAY, taken),
    ),
    responseCase(
      RULE,
      `answer-${name}-coding`,
      "an answer with a folded Transfer-Encoding",
      response("200 OK", [`Transfer-Encoding:${fold}chunked`], chunk("hello") + LAST_CHUNK),
      anyOf(BAD_GATEWAY, taken),
    ),
    responseCase(
      RULE,
      `answer-${name}-first`,
      "an answer with a blank ahead of its first field",
      response("200 OK", [`${blank}X-Name: a`, "Content-Length: 5"], "hello"),
      anyOf(BAD_GATEWAY, taken),
    ),
  ];
}
