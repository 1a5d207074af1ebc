import type { Case } from "../case.ts";
import { chunked, HIDDEN, LAST_CHUNK, response } from "../messages.ts";
import { anyOf, dropped, served, servedAndClosed } from "../verdicts.ts";
import {
  type About,
  AFTER,
  BAD_GATEWAY,
  bad,
  relayed,
  responseCase,
  SEEN_TO_BE_SHORT,
  SERVED_AFTER,
} from "./define.ts";

const RULE: About = { rule: 9, rank: 0 };
const STATUSES = [400, 413];
const WANT = { part: "a", method: "POST", body: "hello" };

interface Trick {
  readonly id: string;
  readonly wire: string;
  /** What the body is to a reader that takes every bare LF for a line end; undefined = nothing good. */
  readonly lf?: string;
}

/**
 * Readers differ on what ends a chunk line and on what stands behind the data (J. Wallace, "Funky chunks", 2025). Where
 * only LF is in question it may be read as a line end, because the chunks are written anew for the backend.
 */
const TRICKS: readonly Trick[] = [
  { id: "lf-ends-size", wire: `5\nhello\r\n${LAST_CHUNK}`, lf: "hello" },
  { id: "lf-ends-extension", wire: `5;x\nhello\r\n${LAST_CHUNK}`, lf: "hello" },
  { id: "lf-ends-data", wire: `5\r\nhello\n${LAST_CHUNK}`, lf: "hello" },
  { id: "lf-ends-last", wire: "5\r\nhello\r\n0\n\r\n", lf: "hello" },
  { id: "lf-ends-trailers", wire: "5\r\nhello\r\n0\r\n\n", lf: "hello" },
  { id: "lf-lf", wire: "5\r\nhello\r\n0\n\n", lf: "hello" },
  { id: "lf-everywhere", wire: "5\nhello\n0\n\n", lf: "hello" },
  { id: "cr-ends-size", wire: `5\rhello\r\n${LAST_CHUNK}` },
  { id: "cr-ends-extension", wire: `5;x\rhello\r\n${LAST_CHUNK}` },
  { id: "cr-ends-data", wire: `5\r\nhello\r${LAST_CHUNK}` },
  { id: "cr-x-ends-size", wire: `5\rXhello\r\n${LAST_CHUNK}` },
  { id: "cr-x-ends-extension", wire: `5;x\rX\r\nhello\r\n${LAST_CHUNK}` },
  { id: "cr-x-ends-data", wire: `5\r\nhello\rX${LAST_CHUNK}` },
  { id: "cr-cr-lf-ends-size", wire: `5\r\r\nhello\r\n${LAST_CHUNK}` },
  { id: "cr-cr-lf-ends-data", wire: `5\r\nhello\r\r\n${LAST_CHUNK}` },
  { id: "lf-cr-ends-data", wire: `5\r\nhello\n\r${LAST_CHUNK}` },
  { id: "two-wrong-bytes", wire: `5\r\nhelloXX${LAST_CHUNK}` },
  { id: "one-wrong-byte", wire: `5\r\nhelloX${LAST_CHUNK}` },
  { id: "wrong-then-crlf", wire: `5\r\nhelloX\r\n${LAST_CHUNK}` },
  { id: "cr-in-extension-hides", wire: `5;\r${HIDDEN}\r\nhello\r\n${LAST_CHUNK}` },
  { id: "lf-in-extension-hides", wire: `2;\nxx\r\n0\r\n\r\n${HIDDEN}`, lf: "xx" },
  // No line ends there: who drops extensions drops these too.
  { id: "nul-in-extension", wire: `5;\0\r\nhello\r\n${LAST_CHUNK}`, lf: "hello" },
  { id: "control-in-extension", wire: `5;\x0b\r\nhello\r\n${LAST_CHUNK}`, lf: "hello" },
  { id: "cr-ends-last", wire: "5\r\nhello\r\n0\r\r\n" },
  { id: "last-then-x", wire: "5\r\nhello\r\n0\r\nX" },
  { id: "last-cr-x", wire: "5\r\nhello\r\n0\r\n\rX" },
  { id: "last-without-end", wire: "5\r\nhello\r\n0\r\n" },
  { id: "quoted-lf", wire: `5;x="\n"\r\nhello\r\n${LAST_CHUNK}` },
  { id: "quoted-crlf", wire: `5;x="\r\n"\r\nhello\r\n${LAST_CHUNK}` },
];

/** Rule 9: line ends of chunks that only some readers see. */
export function chunkTrickCases(): readonly Case[] {
  return [
    ...TRICKS.map(requestCaseOf),
    ...TRICKS.filter(({ id }) => !id.includes("hides") && !id.startsWith("last-")).map(answerCaseOf),
  ];
}

function requestCaseOf({ id, wire, lf }: Trick): Case {
  const title = `chunks: ${JSON.stringify(wire.replace(HIDDEN, "…"))}`;
  const hides = id.includes("lf-in-extension-hides");
  const taken = hides
    ? // To this reader it is a request of its own, in plain sight.
      served({ part: "a", method: "POST", body: "xx" }, { part: "smuggled", backend: "any" }, SERVED_AFTER)
    : served({ ...WANT, body: lf ?? "" }, SERVED_AFTER);
  const bytes = chunked("a", wire);
  if (id === "last-then-x" || id === "last-without-end") {
    // What follows is a trailer to those who drop trailers unread; they wait for their end.
    const steps = [{ send: bytes + AFTER }, { wait: "read" }, { finish: "end" }] as const;
    return bad(RULE, id, title, bytes, STATUSES, [servedAndClosed(WANT), dropped], { steps, until: "close" });
  }
  return bad(RULE, id, title, bytes, STATUSES, lf === undefined ? [] : [taken], hides ? { until: 3 } : {});
}

function answerCaseOf({ id, wire, lf }: Trick): Case {
  const verdicts = [BAD_GATEWAY, SEEN_TO_BE_SHORT, ...(lf === undefined ? [] : [relayed({ status: 200, body: lf })])];
  const pieces = [response("200 OK", ["Transfer-Encoding: chunked"], wire)];
  return responseCase(
    RULE,
    `answer-${id}`,
    `an answer with chunks: ${JSON.stringify(wire)}`,
    { pieces, finish: "end" },
    anyOf(...verdicts),
  );
}
