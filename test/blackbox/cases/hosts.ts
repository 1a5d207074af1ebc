import type { Case, Verdict } from "../case.ts";
import { get, named } from "../messages.ts";
import { allOf, anyOf, refused, saw, served, told } from "../verdicts.ts";
import { type About, bad, good, requestCase, SERVED_AFTER } from "./define.ts";

const RULE: About = { rule: 18, rank: 1 };

/** No `uri-host [":" port]`. */
const INVALID: readonly (readonly [string, string])[] = [
  ["comma", "shop.example,evil.example"],
  ["comma-blank", "shop.example, evil.example"],
  ["userinfo", "user@shop.example"],
  ["userinfo-password", "user:secret@shop.example"],
  ["path", "shop.example/path"],
  ["query", "shop.example?x"],
  ["fragment", "shop.example#x"],
  ["backslash", "shop.example\\x"],
  ["blank-inside", "shop example"],
  ["tab-inside", "shop\texample"],
  ["scheme", "http://shop.example"],
  ["port-letters", "shop.example:80a"],
  ["port-minus", "shop.example:-1"],
  ["port-plus", "shop.example:+80"],
  ["port-large", "shop.example:99999999999"],
  ["two-ports", "shop.example:80:80"],
  ["open-bracket", "[::1"],
  ["close-bracket", "::1]"],
  ["behind-bracket", "[::1]x"],
  ["no-brackets", "::1"],
  ["empty-brackets", "[]"],
  ["bracket-name", "[shop.example]"],
  ["percent", "shop%zz.example"],
  ["angle", "<script>"],
  ["quotes", '"shop.example"'],
  ["pipe", "shop|example"],
  ["caret", "shop^example"],
  ["braces", "{shop}"],
  ["backquote", "`shop`"],
  ["only-port", ":80"],
];

/** Refused by few, and of little use to an attacker. */
const MILD = new Set(["userinfo", "userinfo-password", "backslash"]);

const VALID: readonly (readonly [string, string])[] = [
  ["port", "shop.example:8080"],
  ["ipv4", "127.0.0.1"],
  ["ipv4-port", "127.0.0.1:80"],
  ["ipv6", "[::1]"],
  ["ipv6-port", "[2001:db8::1]:8080"],
  ["upper-case", "SHOP.Example"],
  ["underscore", "my_shop.example"],
  ["dash-dot", "a-b.c-d.example"],
  ["trailing-dot", "shop.example."],
  ["one-label", "localhost"],
  ["digits", "123"],
];

/** Rule 18: one Host, and a valid one. */
export function hostCases(): readonly Case[] {
  return [...invalidCases(), ...countCases(), ...validCases(), ...absoluteCases()];
}

function invalidCases(): readonly Case[] {
  const octets = [0x01, 0x0b, 0x1f, 0x7f, 0x80, 0xa0, 0xff];
  return [
    ...INVALID.map(([id, host]) =>
      bad(MILD.has(id) ? { rule: 18, rank: 2 } : RULE, id, `Host: ${host}`, get("a", { host }), [400]),
    ),
    ...octets.map((octet) =>
      bad(
        RULE,
        named(octet),
        `Host with ${named(octet)}`,
        get("a", { host: `shop${String.fromCharCode(octet)}.example` }),
        [400],
      ),
    ),
  ];
}

function countCases(): readonly Case[] {
  const two = (first: string, second: string): string => get("a", { host: first, lines: [`Host: ${second}`] });
  return [
    bad(RULE, "missing", "no Host", get("a", { host: null }), [400]),
    bad(RULE, "twice", "two lines, equal", two("shop.example", "shop.example"), [400]),
    bad(RULE, "two", "two lines, different", two("shop.example", "evil.example"), [400]),
    bad(RULE, "two-case", "two lines, different in case", two("shop.example", "SHOP.example"), [400]),
    bad(RULE, "then-empty", "two lines, the second empty", two("shop.example", ""), [400]),
    bad(RULE, "empty-first", "two lines, the first empty", two("", "shop.example"), [400]),
    bad(
      { rule: 18, rank: 2 },
      "empty",
      "an empty Host",
      get("a", { host: "" }),
      [400],
      [served({ part: "a" }, SERVED_AFTER)],
    ),
    requestCase(
      RULE,
      "missing-1.0",
      "no Host in HTTP/1.0",
      get("a", { version: "HTTP/1.0", host: null }),
      allOf(told({ status: 200 }), saw({ part: "a" })),
      {
        until: "close",
        steps: [{ send: get("a", { version: "HTTP/1.0", host: null }) }],
      },
    ),
    bad(
      RULE,
      "two-1.0",
      "two lines in HTTP/1.0",
      get("a", { version: "HTTP/1.0", lines: ["Host: evil.example"] }),
      [400],
    ),
    bad(RULE, "invalid-1.0", "an invalid one in HTTP/1.0", get("a", { version: "HTTP/1.0", host: "a b" }), [400]),
  ];
}

function validCases(): readonly Case[] {
  return VALID.map(([id, host]) =>
    good(id === "digits" ? { rule: 18, rank: 2 } : RULE, `valid-${id}`, `Host: ${host}`, get("a", { host }), {
      part: "a",
      fields: { host: [host] },
    }),
  );
}

/** The authority of the target counts (RFC 9112, section 3.2.2). */
function absoluteCases(): readonly Case[] {
  const absolute = (authority: string, host: string, path = "/{id}/a"): string =>
    get("a", { target: `http://${authority}${path}`, host });
  /** As it came, or in origin form, with the authority as its Host. */
  const taken = (authority: string, path = "/{id}/a"): Verdict =>
    anyOf(
      ...[path, `http://${authority}${path}`].map((target) =>
        served({ part: "a", target, fields: { host: [authority] } }, SERVED_AFTER),
      ),
    );
  return [
    requestCase(RULE, "absolute", "a URI as target", absolute("shop.example", "shop.example"), taken("shop.example")),
    requestCase(
      RULE,
      "absolute-port",
      "a URI with a port",
      absolute("shop.example:8080", "shop.example:8080"),
      taken("shop.example:8080"),
    ),
    requestCase(
      RULE,
      "absolute-query",
      "a URI with a query",
      absolute("shop.example", "shop.example", "/{id}/a?x=http://b/"),
      taken("shop.example", "/{id}/a?x=http://b/"),
    ),
    requestCase(
      RULE,
      "absolute-differs",
      "a URI whose authority is not Host",
      absolute("shop.example", "evil.example"),
      anyOf(taken("shop.example"), refused([400, 421])),
    ),
    requestCase(
      RULE,
      "absolute-port-differs",
      "a URI whose port is not Host's",
      absolute("shop.example:81", "shop.example:82"),
      anyOf(taken("shop.example:81"), refused([400, 421])),
    ),
    bad(
      RULE,
      "absolute-no-host",
      "a URI without Host",
      get("a", { target: "http://shop.example/{id}/a", host: null }),
      [400],
    ),
    bad(
      { rule: 18, rank: 2 },
      "absolute-userinfo",
      "a URI with userinfo",
      absolute("user@shop.example", "shop.example"),
      [400],
    ),
    bad(RULE, "absolute-no-authority", "a URI without authority", absolute("", "shop.example"), [400]),
    bad(RULE, "absolute-bad-port", "a URI with a bad port", absolute("shop.example:8x", "shop.example"), [400]),
    bad(
      RULE,
      "absolute-comma",
      "a URI with two authorities",
      absolute("shop.example,evil.example", "shop.example"),
      [400],
    ),
    bad(
      RULE,
      "absolute-two-hosts",
      "a URI and two Host lines",
      get("a", { target: "http://shop.example/{id}/a", lines: ["Host: evil.example"] }),
      [400],
    ),
  ];
}
