import type { Case } from "../case.ts";
import { chunk, LAST_CHUNK, request, response } from "../messages.ts";
import { anyOf, servedAndClosed } from "../verdicts.ts";
import { type About, BAD_GATEWAY, bad, good, relayed, responseCase } from "./define.ts";

const RULE: About = { rule: 3, rank: 0 };
const WIRE = chunk("hello") + LAST_CHUNK;
/** Any of these refuses it; which one is best is a question of quality (RFC 9112, section 6.1). */
const STATUSES = [400, 411, 413, 422, 500, 501];
const WANT = { part: "a", method: "POST", body: "hello" };

/** Lines that are not exactly `chunked`; a reader that finds the word anywhere takes them for it. */
const WRONG: readonly (readonly [string, readonly string[]])[] = [
  ["comma-behind", ["chunked,"]],
  ["comma-before", [",chunked"]],
  ["comma-blank", ["chunked, "]],
  ["two-commas", ["chunked,,"]],
  ["twice", ["chunked, chunked"]],
  ["parameter", ["chunked;q=1"]],
  ["blank-word", ["chunked identity"]],
  ["prefix", ["xchunked"]],
  ["suffix", ["chunkedx"]],
  ["double-quotes", ['"chunked"']],
  ["single-quotes", ["'chunked'"]],
  ["vertical-tab-behind", ["chunked\x0b"]],
  ["vertical-tab-before", ["\x0bchunked"]],
  ["form-feed-behind", ["chunked\x0c"]],
  ["nbsp-behind", ["chunked\xa0"]],
  ["nbsp-before", ["\xa0chunked"]],
  ["control-before", ["\x01chunked"]],
  ["backslash", ["chun\\ked"]],
  ["kelvin", ["chun\xe2\x84\xaaed"]],
  ["colon", [": chunked"]],
  ["identity", ["identity"]],
  ["gzip", ["gzip"]],
  ["unknown", ["cow"]],
  ["empty", [""]],
  ["not-last", ["chunked, gzip"]],
  ["not-last-identity", ["chunked, identity"]],
  ["lines-twice", ["chunked", "chunked"]],
  ["lines-then-identity", ["chunked", "identity"]],
  ["lines-then-empty", ["chunked", ""]],
  ["lines-empty-first", ["", "chunked"]],
  ["lines-then-unknown", ["chunked", "cow"]],
];

/** `chunked` is the last of several: refused, or taken as chunked with the end of the connection behind it. */
const LAST_OF_SEVERAL: readonly (readonly [string, readonly string[]])[] = [
  ["gzip-chunked", ["gzip, chunked"]],
  ["identity-chunked", ["identity, chunked"]],
  ["unknown-chunked", ["cow, chunked"]],
  ["lines-identity-chunked", ["identity", "chunked"]],
  ["lines-gzip-chunked", ["gzip", "chunked"]],
];

/** Rule 3: Transfer-Encoding is exactly `chunked`. */
export function transferEncodingCases(): readonly Case[] {
  const lines = (values: readonly string[]): readonly string[] => values.map((value) => `Transfer-Encoding: ${value}`);
  const message = (values: readonly string[]): string => request("POST", "a", { lines: lines(values), body: WIRE });
  const line = (text: string): string => request("POST", "a", { lines: [text], body: WIRE });
  const quality: About = { rule: 3, rank: 2 };
  return [
    ...WRONG.map(([id, values]) =>
      bad(RULE, id, `Transfer-Encoding: ${JSON.stringify(values)}`, message(values), STATUSES),
    ),
    ...LAST_OF_SEVERAL.map(([id, values]) =>
      bad(RULE, id, `Transfer-Encoding: ${JSON.stringify(values)}`, message(values), STATUSES, [servedAndClosed(WANT)]),
    ),
    bad(
      quality,
      "status-unknown",
      "gzip, chunked: 501 or 400",
      message(["gzip, chunked"]),
      [400, 501],
      [servedAndClosed(WANT)],
    ),
    bad(quality, "status-malformed", "chunked, chunked: 400 or 501", message(["chunked, chunked"]), [400, 501]),
    good(quality, "chunked", "chunked", line("Transfer-Encoding: chunked"), WANT),
    good(quality, "capital", "Chunked", line("Transfer-Encoding: Chunked"), WANT),
    good(quality, "capitals", "CHUNKED", line("TRANSFER-ENCODING: CHUNKED"), WANT),
    good(quality, "tabs-around", "tabs around it", line("Transfer-Encoding:\tchunked\t"), WANT),
    good(quality, "no-blank", "no blank before it", line("Transfer-Encoding:chunked"), WANT),
    ...WRONG.map(([id, values]) =>
      responseCase(
        id === "empty" ? { rule: 3, rank: 2 } : RULE,
        `answer-${id}`,
        `an answer with Transfer-Encoding: ${JSON.stringify(values)}`,
        { pieces: [response("200 OK", lines(values), WIRE)], finish: "end" },
        // What is not chunked at the end lasts until the connection ends (RFC 9112, section 6.3): the bytes as they are.
        ["identity", "gzip", "unknown", "not-last", "not-last-identity", "empty"].includes(id)
          ? anyOf(BAD_GATEWAY, relayed({ status: 200, body: WIRE }))
          : BAD_GATEWAY,
      ),
    ),
  ];
}
