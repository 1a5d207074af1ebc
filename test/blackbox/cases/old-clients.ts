import type { Case } from "../case.ts";
import { chunk, get, LAST_CHUNK, post, request } from "../messages.ts";
import { allOf, anyOf, closed, holds, refused, saw, served, servedAndClosed } from "../verdicts.ts";
import { type About, bad, requestCase, SERVED_AFTER } from "./define.ts";

const RULE: About = { rule: 20, rank: 1 };
const OLD = { version: "HTTP/1.0" };

/** Rule 20: HTTP/1.0 knows no chunks. */
export function oldClientCases(): readonly Case[] {
  const body = chunk("hello") + LAST_CHUNK;
  const coded = (lines: readonly string[]): string => request("POST", "a", { ...OLD, lines, body });
  // RFC 9112, section 6.1: faulty framing; who serves it nevertheless has to end the connection.
  const takenAndClosed = servedAndClosed({ part: "a", method: "POST", body: "hello" });
  const alone = (bytes: string): { steps: readonly [{ send: string }]; until: "close" } => ({
    steps: [{ send: bytes }],
    until: "close",
  });
  const plain = get("a", OLD);
  const kept = get("a", { ...OLD, lines: ["Connection: keep-alive"] });
  const upgraded = holds("backends see HTTP/1.1", (o) => o.seen.every(({ version }) => version === "HTTP/1.1"));
  return [
    bad(RULE, "coding", "chunks in HTTP/1.0", coded(["Transfer-Encoding: chunked"]), [400, 501], [takenAndClosed]),
    bad(
      RULE,
      "coding-keep-alive",
      "chunks in HTTP/1.0 with keep-alive",
      coded(["Connection: keep-alive", "Transfer-Encoding: chunked"]),
      [400, 501],
      [takenAndClosed],
    ),
    bad(
      RULE,
      "coding-and-length",
      "chunks and a length in HTTP/1.0",
      coded(["Transfer-Encoding: chunked", `Content-Length: ${body.length}`]),
      [400, 501],
      [takenAndClosed],
    ),
    bad(
      RULE,
      "length-and-coding",
      "a length and chunks in HTTP/1.0",
      coded(["Content-Length: 3", "Transfer-Encoding: chunked"]),
      [400, 501],
      [takenAndClosed],
    ),
    bad(
      RULE,
      "coding-get",
      "chunks in GET of HTTP/1.0",
      request("GET", "a", { ...OLD, lines: ["Transfer-Encoding: chunked"], body }),
      [400, 411, 413, 501],
      [servedAndClosed({ part: "a", body: "hello" })],
    ),
    bad(RULE, "coding-unknown", "an unknown coding in HTTP/1.0", coded(["Transfer-Encoding: cow"]), [400, 501]),
    requestCase(
      RULE,
      "plain",
      "HTTP/1.0 closes behind the answer",
      plain,
      allOf(servedAndClosed({ part: "a" })),
      alone(plain),
    ),
    requestCase(RULE, "pipelined", "HTTP/1.0 closes, whatever comes behind", plain, servedAndClosed({ part: "a" }), {
      until: "close",
    }),
    requestCase(
      RULE,
      "keep-alive",
      "HTTP/1.0 with keep-alive: both are served, or it closes",
      kept,
      anyOf(served({ part: "a" }, SERVED_AFTER), servedAndClosed({ part: "a" })),
    ),
    requestCase(
      RULE,
      "length",
      "a body with a length in HTTP/1.0",
      post("a", "hello", OLD),
      servedAndClosed({ part: "a", method: "POST", body: "hello" }),
      { until: "close" },
    ),
    requestCase(
      { rule: 20, rank: 2 },
      "as-1.1",
      "HTTP/1.0 goes on as HTTP/1.1",
      plain,
      allOf(closed, saw({ part: "a" }), upgraded),
      alone(plain),
    ),
    requestCase(
      RULE,
      "no-length",
      "POST of HTTP/1.0 without a length",
      request("POST", "a", OLD),
      anyOf(servedAndClosed({ part: "a", method: "POST" }), refused([400, 411])),
      { until: "close" },
    ),
  ];
}
