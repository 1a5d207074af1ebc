import type { Case } from "../case.ts";
import { CRLF, get, named, ok, request } from "../messages.ts";
import { allOf, anyOf, closed, dropped, refused, saw, served } from "../verdicts.ts";
import { type About, bad, good, requestCase, SERVED_AFTER, unseen } from "./define.ts";

const RULE: About = { rule: 19, rank: 1 };
const QUALITY: About = { rule: 19, rank: 2 };
const FIELDS = `${CRLF}Host: shop.example${CRLF}Cookie: {A}${CRLF}${CRLF}`;

/** Rule 19: the request line by the letter, and passed on byte for byte. */
export function requestLineCases(): readonly Case[] {
  return [...shapeCases(), ...versionCases(), ...methodCases(), ...leadingCases(), ...oldestCases()];
}

/** Other blanks than one SP, at the right places. */
const BLANKS = new Set(
  "two-blanks-target two-blanks-version blank-first blank-last tab-target tab-version tab-last vertical-tab form-feed".split(
    " ",
  ),
);
/** To some readers these have no version, so that the refusal may have no head. */
const NO_VERSION = new Set(["only-method", "tab-version", "form-feed", "vertical-tab", "nbsp"]);

function shapeCases(): readonly Case[] {
  const lines: readonly (readonly [string, string])[] = [
    ["two-blanks-target", "GET  /{id}/a HTTP/1.1"],
    ["two-blanks-version", "GET /{id}/a  HTTP/1.1"],
    ["blank-first", " GET /{id}/a HTTP/1.1"],
    ["blank-last", "GET /{id}/a HTTP/1.1 "],
    ["tab-target", "GET\t/{id}/a HTTP/1.1"],
    ["tab-version", "GET /{id}/a\tHTTP/1.1"],
    ["tab-last", "GET /{id}/a HTTP/1.1\t"],
    ["vertical-tab", "GET\x0b/{id}/a HTTP/1.1"],
    ["form-feed", "GET /{id}/a\x0cHTTP/1.1"],
    ["nbsp", "GET\xa0/{id}/a HTTP/1.1"],
    ["blank-in-target", "GET /{id}/a b HTTP/1.1"],
    ["two-versions", "GET /{id}/a HTTP/1.1 HTTP/1.1"],
    ["no-target", "GET HTTP/1.1"],
    ["no-target-blanks", "GET  HTTP/1.1"],
    ["only-method", "GET"],
    ["no-method", "/{id}/a HTTP/1.1"],
    ["comma", "GET,/{id}/a,HTTP/1.1"],
    ["field-first", "X-Name: v"],
    ["status-line", "HTTP/1.1 200 OK"],
  ];
  // RFC 9112, section 3: a reader may take any blanks for one, as long as all of them do.
  const split = served({ part: "a" }, SERVED_AFTER);
  return lines.map(([id, line]) =>
    bad(
      RULE,
      id,
      JSON.stringify(line),
      line + FIELDS,
      [400, 505],
      [...(BLANKS.has(id) ? [split] : []), ...(NO_VERSION.has(id) ? [allOf(dropped, unseen("after"))] : [])],
    ),
  );
}

function versionCases(): readonly Case[] {
  const broken = [
    "HTTP/1.",
    "HTTP/1",
    "HTTP/11",
    "HTTP/1.10",
    "HTTP/01.1",
    "HTTP/1,1",
    "HTTP /1.1",
    "HTTP/ 1.1",
    "http/1.1",
    "Http/1.1",
    "HTTPS/1.1",
    "HTTQ/1.1",
    "HTTP",
    "FTP/1.1",
    "HTTP/a.b",
    "HTTP/-1.1",
    "HTTP/1.1x",
    "XHTTP/1.1",
    "1.1",
    "HTTP-1.1",
    "HTTP\\1.1",
    "HTTP/+1.1",
  ];
  const other = ["HTTP/2.0", "HTTP/3.0", "HTTP/9.9", "HTTP/2.1", "HTTP/0.9", "HTTP/0.0"];
  return [
    ...broken.map((version) =>
      bad(RULE, `version-${slug(version)}`, `version ${JSON.stringify(version)}`, get("a", { version }), [400, 505]),
    ),
    ...other.map((version) =>
      bad(RULE, `version-${slug(version)}`, `version ${version}`, get("a", { version }), [400, 505]),
    ),
    bad(
      QUALITY,
      "version-1.2",
      "version HTTP/1.2",
      get("a", { version: "HTTP/1.2" }),
      [400, 505],
      [served({ part: "a" }, SERVED_AFTER)],
    ),
    bad(
      QUALITY,
      "version-1.9",
      "version HTTP/1.9",
      get("a", { version: "HTTP/1.9" }),
      [400, 505],
      [served({ part: "a" }, SERVED_AFTER)],
    ),
  ];
}

/** Text as a part of an id. */
export function slug(text: string): string {
  return text.replace(/[^A-Za-z0-9.]/g, (char) => named(char.charCodeAt(0)));
}

function methodCases(): readonly Case[] {
  const broken = [
    "G=T",
    'G"T',
    "(GET)",
    "GET:",
    "GET/",
    "G{T",
    "G<T",
    "G[T",
    "G@T",
    "G;T",
    "G\\T",
    "G,T",
    "G\x01T",
    "G\x7fT",
    "G\x80T",
    "G\xffT",
  ];
  const fine = ["get", "Get", "FOO", "M-SEARCH", "PROPFIND", "PURGE", "a!#$%&'*+-.^_`|~9", "X".repeat(30)];
  return [
    ...broken.map((method) =>
      bad(RULE, `method-${slug(method)}`, `method ${JSON.stringify(method)}`, request(method, "a"), [400, 405, 501]),
    ),
    ...fine.map((method, i) =>
      good(
        QUALITY,
        `method-kept-${i}-${slug(method).slice(0, 20)}`,
        `method ${method} is passed on`,
        request(method, "a"),
        { part: "a", method },
      ),
    ),
  ];
}

function leadingCases(): readonly Case[] {
  return [
    good(RULE, "leading-crlf", "an empty line ahead of a request", CRLF + get("a"), { part: "a" }),
    requestCase(
      RULE,
      "crlf-between",
      "an empty line between two requests",
      get("a") + CRLF,
      served({ part: "a" }, SERVED_AFTER),
    ),
    requestCase(
      RULE,
      "crlf-behind-body",
      "an empty line behind a body",
      request("POST", "a", { lines: ["Content-Length: 5"], body: "hello" }) + CRLF,
      served({ part: "a", method: "POST", body: "hello" }, SERVED_AFTER),
    ),
    bad(
      QUALITY,
      "leading-lf",
      "a bare LF ahead of a request",
      `\n${get("a")}`,
      [400],
      [served({ part: "a" }, SERVED_AFTER)],
    ),
    bad(
      QUALITY,
      "leading-cr",
      "a bare CR ahead of a request",
      `\r${get("a")}`,
      [400],
      [served({ part: "a" }, SERVED_AFTER)],
    ),
    bad(RULE, "leading-blank-line", "a line of blanks ahead of a request", `  ${CRLF}${get("a")}`, [400]),
    bad(RULE, "leading-nul", "NUL ahead of a request", `\0${get("a")}`, [400]),
    bad(
      QUALITY,
      "leading-many",
      "1,000 empty lines ahead of a request",
      CRLF.repeat(1000) + get("a"),
      [400, 413, 431],
      [served({ part: "a" }, SERVED_AFTER)],
    ),
    bad(
      RULE,
      "tls-hello",
      "a TLS hello",
      `\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03${"r".repeat(32)}\r\n\r\n`,
      [400],
      [allOf(dropped, unseen("after"))],
    ),
    bad(
      RULE,
      "binary",
      "256 bytes that are none of it",
      `${Array.from({ length: 256 }, (_, i) => String.fromCharCode(255 - i)).join("")}\r\n\r\n`,
      [400],
      [allOf(dropped, unseen("after"))],
    ),
  ];
}

/** HTTP/0.9 has no fields, no cookie, and no framing. Its answers have no head. */
function oldestCases(): readonly Case[] {
  const unserved = allOf(closed, saw());
  const make = (id: string, title: string, send: string): Case =>
    requestCase(RULE, id, title, send, anyOf(refused([400, 505]), unserved), {
      steps: [{ send }, { wait: "read" }, { finish: "end" }],
      until: "close",
      answers: { a: { pieces: [ok("hello")] } },
    });
  return [
    make("0.9", "HTTP/0.9: a line without version", `GET /{id}/a${CRLF}`),
    make("0.9-twice", "HTTP/0.9 with an empty line", `GET /{id}/a${CRLF}${CRLF}`),
    make("0.9-fields", "HTTP/0.9 with fields", `GET /{id}/a${FIELDS}`),
    make("0.9-lf", "HTTP/0.9 with a bare LF", "GET /{id}/a\n"),
    make("0.9-blank", "HTTP/0.9 with a blank behind", `GET /{id}/a ${CRLF}${CRLF}`),
  ];
}
