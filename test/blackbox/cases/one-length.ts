import type { Case } from "../case.ts";
import { CRLF, chunk, chunked, get, HIDDEN, LAST_CHUNK, post, request } from "../messages.ts";
import { served, servedAndClosed } from "../verdicts.ts";
import { type About, bad, good, requestCase } from "./define.ts";

const RULE: About = { rule: 1, rank: 0 };
const WIRE = chunk("hello") + LAST_CHUNK;
/** The one alternative to refusing: the chunks count, the length is dropped, and the connection ends behind the answer. */
const CHUNKS_COUNT = servedAndClosed({ part: "a", method: "POST", body: "hello" });

/** Rule 1: a body has one source of its length. */
export function oneLengthCases(): readonly Case[] {
  return [...bothCases(), ...hiddenCases(), ...nominatedCases(), ...honestCases()];
}

function bothCases(): readonly Case[] {
  const codings = ["chunked", "Chunked", "CHUNKED"];
  const lengths = [0, 3, WIRE.length, 99];
  return codings.flatMap((coding) =>
    lengths.flatMap((length) => {
      const lines = [`Content-Length: ${length}`, `Transfer-Encoding: ${coding}`];
      return [lines, lines.toReversed()].map((both, order) =>
        bad(
          RULE,
          `both-${coding}-${length}-${order === 0 ? "length" : "coding"}-first`,
          `${both.join(" and ")}`,
          request("POST", "a", { lines: both, body: WIRE }),
          [400],
          [CHUNKS_COUNT],
        ),
      );
    }),
  );
}

/** A whole request lies where one of two readers sees the end of the body. */
function hiddenCases(): readonly Case[] {
  const behindChunks = LAST_CHUNK + HIDDEN;
  const inChunk = chunk(HIDDEN) + LAST_CHUNK;
  const lines = (length: number): readonly string[] => [`Content-Length: ${length}`, "Transfer-Encoding: chunked"];
  return [
    bad(
      RULE,
      "hidden-behind-the-last-chunk",
      "the length covers a request behind the last chunk",
      request("POST", "a", { lines: lines(behindChunks.length), body: behindChunks }),
      [400],
      [servedAndClosed({ part: "a", method: "POST" })],
    ),
    bad(
      RULE,
      "hidden-in-a-chunk",
      "the length ends ahead of a request in a chunk",
      request("POST", "a", { lines: lines(inChunk.indexOf(CRLF) + 2), body: inChunk }),
      [400],
      [servedAndClosed({ part: "a", method: "POST", body: HIDDEN })],
    ),
    bad(
      RULE,
      "both-on-get",
      "both on GET",
      request("GET", "a", { lines: lines(WIRE.length), body: WIRE }),
      [400],
      [servedAndClosed({ part: "a", body: "hello" })],
    ),
  ];
}

/** Connection may not take framing away. */
function nominatedCases(): readonly Case[] {
  return [
    requestCase(
      RULE,
      "nominated-length",
      "Connection names Content-Length: the body is still a body",
      post("a", "hello", { lines: ["Connection: content-length"] }),
      served({ part: "a", method: "POST", body: "hello" }, { part: "after" }),
    ),
    requestCase(
      RULE,
      "nominated-coding",
      "Connection names Transfer-Encoding: the body is still a body",
      chunked("a", WIRE, { lines: ["Connection: transfer-encoding"] }),
      served({ part: "a", method: "POST", body: "hello" }, { part: "after" }),
    ),
    bad(
      RULE,
      "nominated-one-of-both",
      "Connection names the one of both",
      request("POST", "a", {
        lines: ["Connection: content-length", "Content-Length: 5", "Transfer-Encoding: chunked"],
        body: WIRE,
      }),
      [400],
      [CHUNKS_COUNT],
    ),
  ];
}

function honestCases(): readonly Case[] {
  const want = { part: "a", method: "POST", body: "hello" };
  return [
    good(RULE, "length", "a body with a length", post("a", "hello"), want),
    good(RULE, "chunked", "a body in chunks", chunked("a", WIRE), want),
    good(RULE, "no-body-get", "GET without either has no body", get("a"), { part: "a" }),
    good(RULE, "no-body-post", "POST without either has no body", request("POST", "a"), { part: "a", method: "POST" }),
    good(RULE, "zero-length", "a length of zero", post("a", ""), { part: "a", method: "POST" }),
    good(RULE, "empty-chunked", "no chunk but the last", chunked("a", LAST_CHUNK), { part: "a", method: "POST" }),
  ];
}
