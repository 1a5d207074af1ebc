import type { Case, Verdict } from "../case.ts";
import { get } from "../messages.ts";
import { allOf, anyOf, dropped, holds, refused, served } from "../verdicts.ts";
import { type About, bad, requestCase, SERVED_AFTER, unseen } from "./define.ts";

const RULE: About = { rule: 16, rank: 1 };
const SETTINGS = "HTTP2-Settings: AAMAAABkAAQAAP__";

/** What asks for HTTP/2 behind us, where nobody would see the requests. */
const WISHES: readonly (readonly [id: string, lines: readonly string[]])[] = [
  ["plain", ["Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c", SETTINGS]],
  ["no-settings-named", ["Connection: Upgrade", "Upgrade: h2c", SETTINGS]],
  ["no-settings", ["Connection: Upgrade", "Upgrade: h2c"]],
  ["upper-case", ["Connection: Upgrade, HTTP2-Settings", "Upgrade: H2C", SETTINGS]],
  ["h2", ["Connection: Upgrade, HTTP2-Settings", "Upgrade: h2", SETTINGS]],
  ["websocket-first", ["Connection: Upgrade, HTTP2-Settings", "Upgrade: websocket, h2c", SETTINGS]],
  ["websocket-last", ["Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c, websocket", SETTINGS]],
  ["two-lines", ["Connection: Upgrade, HTTP2-Settings", "Upgrade: websocket", "Upgrade: h2c", SETTINGS]],
  ["http-2.0", ["Connection: Upgrade", "Upgrade: HTTP/2.0"]],
  ["settings-alone", [SETTINGS]],
];

const NOT_ASKED: Verdict = holds("no backend was asked for HTTP/2", (o) =>
  o.seen.every(({ fields }) =>
    fields.every(
      ([name, value]) => !(/^upgrade$/i.test(name) && /h2|http\/2/i.test(value)) && !/^http2-settings$/i.test(name),
    ),
  ),
);

/** Rule 16: HTTP/2 in clear text is not asked for in a client's name. */
export function h2cCases(): readonly Case[] {
  const preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0";
  return [
    ...WISHES.map(([id, lines]) =>
      requestCase(
        RULE,
        id,
        lines.join(" · "),
        get("a", { lines }),
        anyOf(allOf(served({ part: "a" }, SERVED_AFTER), NOT_ASKED), refused([400, 501])),
      ),
    ),
    bad(RULE, "preface", "the preface of HTTP/2", preface, [400, 405, 501, 505], [allOf(dropped, unseen("after"))]),
  ];
}
