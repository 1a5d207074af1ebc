import type { Case, Verdict } from "../case.ts";
import { CRLF, chunk, get, LAST_CHUNK, named, ok, request } from "../messages.ts";
import { allOf, anyOf, holds, refused, served } from "../verdicts.ts";
import { type About, BAD_GATEWAY, bad, good, relayed, responseCase, SERVED_AFTER } from "./define.ts";

const RULE: About = { rule: 5, rank: 0 };

type Place = "first" | "middle" | "last";
const PLACES: readonly Place[] = ["first", "middle", "last"];
const ENDERS = [
  ["nul", "\0"],
  ["cr", "\r"],
] as const;

function valueWith(char: string, place: Place): string {
  return { first: `${char}can`, middle: `ca${char}n`, last: `can${char}` }[place];
}

/** RFC 9110, section 5.5: NUL and CR may be replaced by SP. Readers that follow it agree on what is left. */
const REPLACED: Verdict = allOf(
  served({ part: "a" }, SERVED_AFTER),
  holds("it was replaced by a blank", (o) =>
    o.seen.every(({ fields }) => fields.every(([, value]) => !/[\0\r\n]/.test(value))),
  ),
);
/** A blank at the end of a value is none. */
const POSTED: Verdict = served({ part: "a", method: "POST", body: "hello" }, SERVED_AFTER);
const BOTH: Verdict = served({ part: "a" }, SERVED_AFTER);

/** Rule 5: no NUL, CR or LF inside a value; lines end with CR LF. */
export function fieldValueCases(): readonly Case[] {
  return [...enderCases(), ...otherControls(), ...lineEnds(), ...injections(), ...passedOn(), ...answerCases()];
}

function enderCases(): readonly Case[] {
  const line = (text: string): string => request("GET", "a", { lines: [text] });
  return ENDERS.flatMap(([name, char]) => [
    ...PLACES.map((place) =>
      bad(
        RULE,
        `${name}-${place}`,
        `${name.toUpperCase()} ${place} in a value`,
        line(`X-Name: ${valueWith(char, place)}`),
        [400],
        [REPLACED],
      ),
    ),
    bad(RULE, `${name}-alone`, `${name.toUpperCase()} is the value`, line(`X-Name: ${char}`), [400], [REPLACED]),
    bad(RULE, `${name}-in-name`, `${name.toUpperCase()} in a name`, line(`X-${char}Name: v`), [400]),
    bad(RULE, `${name}-in-host`, `${name.toUpperCase()} in Host`, get("a", { host: `shop${char}.example` }), [400]),
    bad(RULE, `${name}-in-cookie`, `${name.toUpperCase()} in Cookie`, line(`Cookie: a=${char}b`), [400], [REPLACED]),
    bad(
      RULE,
      `${name}-in-length`,
      `${name.toUpperCase()} in Content-Length`,
      request("POST", "a", { lines: [`Content-Length: 5${char}`], body: "hello" }),
      [400],
      [POSTED],
    ),
    bad(
      RULE,
      `${name}-in-coding`,
      `${name.toUpperCase()} in Transfer-Encoding`,
      request("POST", "a", { lines: [`Transfer-Encoding: chunked${char}`], body: chunk("hello") + LAST_CHUNK }),
      [400, 422, 501],
      [POSTED],
    ),
    bad(
      RULE,
      `${name}-in-target`,
      `${name.toUpperCase()} in the target`,
      get("a", { target: `/{id}/a${char}b` }),
      [400],
    ),
    bad(RULE, `${name}-in-method`, `${name.toUpperCase()} in the method`, request(`GE${char}T`, "a"), [400]),
    bad(
      RULE,
      `${name}-in-version`,
      `${name.toUpperCase()} in the version`,
      get("a", { version: `HTTP/1.1${char}` }),
      [400, 505],
    ),
  ]);
}

/** Invalid, but nobody ends a line there: they may stay (RFC 9110, section 5.5). */
function otherControls(): readonly Case[] {
  const quality: About = { rule: 5, rank: 1 };
  return [0x01, 0x08, 0x0b, 0x0c, 0x0e, 0x1b, 0x1f, 0x7f].map((octet) =>
    bad(
      quality,
      `control-${named(octet)}`,
      `${named(octet)} in a value`,
      request("GET", "a", { lines: [`X-Name: ca${String.fromCharCode(octet)}n`] }),
      [400],
      [BOTH],
    ),
  );
}

/** Bare LF, or CR, where a line ends: refused, or every line end is read so. */
function lineEnds(): readonly Case[] {
  const whole = get("a", { lines: ["X-Name: v"] });
  const lines = whole.split(CRLF).slice(0, -2);
  const names = ["request-line", "host", "cookie", "last-field"];
  const join = (end: string, at: number): string =>
    lines.map((line, i) => line + (i === at ? end : CRLF)).join("") + CRLF;
  return [
    ...names.map((name, at) => bad(RULE, `lf-after-${name}`, `bare LF behind ${name}`, join("\n", at), [400], [BOTH])),
    bad(RULE, "lf-everywhere", "bare LF everywhere", whole.replaceAll(CRLF, "\n"), [400], [BOTH]),
    ...names.map((name, at) =>
      bad(
        RULE,
        `cr-after-${name}`,
        `bare CR behind ${name}`,
        join("\r", at),
        [400, 505],
        name === "request-line" ? [] : [REPLACED],
      ),
    ),
    bad(
      RULE,
      "cr-everywhere",
      "bare CR everywhere, and a whole end",
      `${whole.replaceAll(CRLF, "\r")}${CRLF}${CRLF}`,
      [400, 505],
    ),
    bad(RULE, "cr-cr-lf", "CR CR LF behind a field", join("\r\r\n", 1), [400], [REPLACED]),
    bad(RULE, "lf-cr", "LF CR behind a field", join("\n\r", 3), [400]),
  ];
}

/** A second field, or a second request, hides behind the byte. */
function injections(): readonly Case[] {
  const body = chunk("hello") + LAST_CHUNK;
  const post = (line: string, wire: string): string => request("POST", "a", { lines: [line], body: wire });
  const wantChunks = served({ part: "a", method: "POST", body: "hello" }, SERVED_AFTER);
  return [
    bad(
      RULE,
      "cr-hides-coding",
      "Transfer-Encoding behind a bare CR",
      post("X-Name: v\rTransfer-Encoding: chunked", body),
      [400],
    ),
    bad(
      RULE,
      "cr-hides-length",
      "Content-Length behind a bare CR",
      post("X-Name: v\rContent-Length: 5", "hello"),
      [400],
    ),
    bad(
      RULE,
      "lf-hides-coding",
      "Transfer-Encoding behind a bare LF",
      post("X-Name: v\nTransfer-Encoding: chunked", body),
      [400],
      [wantChunks],
    ),
    bad(
      RULE,
      "lf-hides-length",
      "Content-Length behind a bare LF",
      post("X-Name: v\nContent-Length: 5", "hello"),
      [400],
      [wantChunks],
    ),
    bad(
      RULE,
      "nul-hides-coding",
      "Transfer-Encoding behind NUL",
      post("X-Name: v\0Transfer-Encoding: chunked", body),
      [400],
    ),
    bad(RULE, "nul-hides-length", "Content-Length behind NUL", post("X-Name: v\0Content-Length: 5", "hello"), [400]),
    bad(
      RULE,
      "lf-lf-hides-request",
      "a request behind two LF",
      get("a", { lines: [`X-Name: v\n\nGET /{id}/smuggled HTTP/1.1`] }),
      [400],
      [refused([400], [{ part: "a" }]), served({ part: "a" }, { part: "smuggled", backend: "any" }, SERVED_AFTER)],
      { until: 3 },
    ),
    bad(
      RULE,
      "cr-cr-hides-request",
      "a request behind two CR",
      get("a", { lines: [`X-Name: v\r\rGET /{id}/smuggled HTTP/1.1`] }),
      [400],
      [REPLACED],
    ),
  ];
}

function passedOn(): readonly Case[] {
  const about: About = { rule: 5, rank: 1 };
  const every = Array.from({ length: 0x5f }, (_, i) => String.fromCharCode(0x20 + i))
    .join("")
    .trim();
  const obsText = Array.from({ length: 0x80 }, (_, i) => String.fromCharCode(0x80 + i)).join("");
  const values: readonly (readonly [string, string, string])[] = [
    ["printable", "every printable byte", every],
    ["obs-text", "every byte from 0x80", obsText],
    ["utf-8", "UTF-8", "caf\xc3\xa9 \xe2\x82\xac \xf0\x9f\x8d\xaa"],
    ["tab-inside", "a tab inside", "a\tb"],
    ["blanks-inside", "blanks inside stay as many", "a   b"],
    ["colons", "colons", ":a:b::"],
    ["quoted", "quotes and backslashes", '"a\\"b", \'c\''],
    ["nbsp", "a no-break space at both ends", "\xa0v\xa0"],
    ["long", "4,000 bytes", "v".repeat(4000)],
  ];
  return values.map(([id, title, value]) =>
    good(about, `keeps-${id}`, `${title} in a value`, get("a", { lines: [`x-name: ${value}`] }), {
      part: "a",
      fields: { "x-name": [value] },
    }),
  );
}

function answerCases(): readonly Case[] {
  const line = (text: string): string => ok("hello", [text]);
  const taken = relayed({ status: 200, body: "hello" });
  const clean: Verdict = allOf(
    taken,
    holds("no such byte arrived", (o) => !/[\0]|\r[^\n]|[^\r]\n/.test(o.received.split("\r\n\r\n")[0] ?? "")),
  );
  const plain = ok("hello", ["X-Name: v"]);
  const head = plain.slice(0, -5);
  return [
    ...ENDERS.flatMap(([name, char]) =>
      PLACES.map((place) =>
        responseCase(
          RULE,
          `answer-${name}-${place}`,
          `an answer with ${name.toUpperCase()} ${place} in a value`,
          line(`X-Name: ${valueWith(char, place)}`),
          anyOf(BAD_GATEWAY, clean),
        ),
      ),
    ),
    responseCase(
      RULE,
      "answer-lf-everywhere",
      "an answer with LF as line end",
      `${head.replaceAll(CRLF, "\n")}hello`,
      anyOf(BAD_GATEWAY, clean),
    ),
    responseCase(
      RULE,
      "answer-lf-once",
      "an answer with one LF as line end",
      plain.replace("OK\r\n", "OK\n"),
      anyOf(BAD_GATEWAY, clean),
    ),
    responseCase(
      RULE,
      "answer-cr-hides-field",
      "an answer with a field behind a bare CR",
      line("X-Name: v\rSet-Cookie: x=1"),
      anyOf(BAD_GATEWAY, clean),
    ),
    responseCase(
      RULE,
      "answer-nul-in-status",
      "an answer with NUL in its reason",
      plain.replace("OK", "O\0K"),
      anyOf(BAD_GATEWAY, clean),
    ),
    responseCase(
      RULE,
      "answer-cr-in-status",
      "an answer with CR in its reason",
      plain.replace("OK", "O\rK"),
      anyOf(BAD_GATEWAY, clean),
    ),
    responseCase(
      { rule: 5, rank: 1 },
      "answer-obs-text",
      "an answer with bytes from 0x80 in a value",
      line("x-name: caf\xe9"),
      relayed({ status: 200, body: "hello", fields: { "x-name": ["caf\xe9"] } }),
    ),
  ];
}
