import type { Answer, Case } from "../case.ts";
import { CRLF, ok } from "../messages.ts";
import { anyOf } from "../verdicts.ts";
import { type About, BAD_GATEWAY, relayed, responseCase, thenServedOrClosed } from "./define.ts";

/** Rule 13, what begins an answer. The rank says that a repaired one does no harm behind us. */
export function statusLineCases(): readonly Case[] {
  const about: About = { rule: 13, rank: 2 };
  const quality: About = { rule: 13, rank: 2 };
  const answer = (line: string): Answer => ({
    pieces: [`${line}${CRLF}Content-Length: 5${CRLF}${CRLF}hello`],
    finish: "end",
  });
  const broken: readonly (readonly [string, string])[] = [
    ["two-digits", "HTTP/1.1 20 OK"],
    ["four-digits", "HTTP/1.1 2000 OK"],
    ["letters", "HTTP/1.1 abc OK"],
    ["hex", "HTTP/1.1 0x1 OK"],
    ["zero", "HTTP/1.1 000 OK"],
    ["099", "HTTP/1.1 099 OK"],
    ["minus", "HTTP/1.1 -20 OK"],
    ["no-status", "HTTP/1.1"],
    ["only-reason", "HTTP/1.1 OK"],
    ["no-version", "200 OK"],
    ["other-name", "HTTQ/1.1 200 OK"],
    ["icy", "ICY 200 OK"],
    ["garbage", "hello world"],
    ["html", "<html>hello</html>"],
    ["version-2", "HTTP/2.0 200 OK"],
    ["version-0.9", "HTTP/0.9 200 OK"],
    ["no-dot", "HTTP/11 200 OK"],
    ["lower-case", "http/1.1 200 OK"],
    ["blank-before", " HTTP/1.1 200 OK"],
    ["tab", "HTTP/1.1\t200\tOK"],
    ["empty-line", ""],
    ["request", "GET / HTTP/1.1"],
  ];
  const repaired = thenServedOrClosed((o) =>
    o.unreadable === undefined && o.answers[0]?.status === 200 && o.answers[0].body === "hello"
      ? []
      : ["neither 502 nor a valid answer"],
  );
  const leadingLine = { pieces: [`${CRLF}${ok("hello")}`] };
  return [
    ...broken.map(([id, line]) =>
      responseCase(
        about,
        `status-${id}`,
        `an answer that begins with ${JSON.stringify(line)}`,
        answer(line),
        anyOf(BAD_GATEWAY, repaired),
      ),
    ),
    responseCase(
      quality,
      "leading-line",
      "an empty line ahead of an answer",
      leadingLine,
      anyOf(BAD_GATEWAY, repaired),
    ),
    responseCase(
      quality,
      "two-blanks",
      "two blanks behind the version",
      answer("HTTP/1.1  200 OK"),
      anyOf(BAD_GATEWAY, repaired),
    ),
    responseCase(
      quality,
      "no-reason",
      "no reason phrase",
      answer("HTTP/1.1 200 "),
      relayed({ status: 200, body: "hello" }),
    ),
    responseCase(
      quality,
      "no-reason-no-blank",
      "no reason phrase and no blank",
      answer("HTTP/1.1 200"),
      anyOf(BAD_GATEWAY, relayed({ status: 200, body: "hello" })),
    ),
    responseCase(
      quality,
      "obs-text-reason",
      "a reason phrase with bytes from 0x80",
      answer("HTTP/1.1 200 d\xe9j\xe0"),
      relayed({ status: 200, body: "hello" }),
    ),
    responseCase(
      quality,
      "version-1.2",
      "HTTP/1.2",
      answer("HTTP/1.2 200 OK"),
      anyOf(BAD_GATEWAY, relayed({ status: 200, body: "hello" })),
    ),
    ...["299", "418", "451", "511", "599"].map((status) =>
      responseCase(
        quality,
        `status-${status}`,
        `status ${status}`,
        answer(`HTTP/1.1 ${status} Odd`),
        relayed({ status: Number(status), body: "hello" }),
      ),
    ),
    ...["600", "999"].map((status) =>
      responseCase(
        quality,
        `status-${status}`,
        `status ${status}`,
        answer(`HTTP/1.1 ${status} Odd`),
        anyOf(BAD_GATEWAY, relayed({ status: Number(status), body: "hello" })),
      ),
    ),
  ];
}
