import type { Case, Verdict } from "../case.ts";
import { chunk, get, LAST_CHUNK, ok, post, request } from "../messages.ts";
import { allOf, anyOf, holds, refused, served, servedAndClosed } from "../verdicts.ts";
import { type About, bad, good, idOf, relayed, requestCase, responseCase, SERVED_AFTER } from "./define.ts";

const RULE: About = { rule: 22, rank: 1 };
const QUALITY: About = { rule: 22, rank: 2 };

/** Rule 22: Connection is a list of tokens; hop-by-hop fields end here, and only those. */
export function connectionOptionCases(): readonly Case[] {
  return [...closeCases(), ...keptCases(), ...strippedCases(), ...protectedCases(), ...answerCases()];
}

function closeCases(): readonly Case[] {
  const lines: readonly (readonly [string, readonly string[]])[] = [
    ["close", ["Connection: close"]],
    ["capital", ["Connection: Close"]],
    ["capitals", ["CONNECTION: CLOSE"]],
    ["last", ["Connection: keep-alive, close"]],
    ["first", ["Connection: close, keep-alive"]],
    ["between", ["Connection: x-a, close, x-b"]],
    ["empty-members", ["Connection: ,, close ,"]],
    ["second-line", ["Connection: keep-alive", "Connection: close"]],
    ["first-line", ["Connection: close", "Connection: keep-alive"]],
    ["tabs", ["Connection:\tclose\t"]],
  ];
  return lines.map(([id, some]) =>
    requestCase(RULE, id, some.join(" · "), get("a", { lines: some }), servedAndClosed({ part: "a" }), {
      until: "close",
    }),
  );
}

function keptCases(): readonly Case[] {
  const both = served({ part: "a" }, SERVED_AFTER);
  const lines: readonly (readonly [string, string])[] = [
    ["keep-alive", "Connection: keep-alive"],
    ["not-quite-close", "Connection: closed"],
    ["close-in-word", "Connection: x-close"],
    ["unknown", "Connection: x-unknown"],
  ];
  return [
    ...lines.map(([id, line]) =>
      requestCase(QUALITY, `stays-${id}`, `${line}: the connection stays`, get("a", { lines: [line] }), both),
    ),
    bad(
      QUALITY,
      "no-token",
      "an option that is no token",
      get("a", { lines: ["Connection: a b"] }),
      [400],
      [both, servedAndClosed({ part: "a" })],
    ),
    bad(QUALITY, "empty", "an empty Connection", get("a", { lines: ["Connection:"] }), [400], [both]),
  ];
}

function strippedCases(): readonly Case[] {
  const gone = (id: string, lines: readonly string[], name: string): Case =>
    good(RULE, `strips-${id}`, `${lines.join(" · ")}: ${name} is not passed on`, get("a", { lines }), {
      part: "a",
      fields: { [name]: [] },
    });
  const options = (o: Parameters<Verdict>[0]): string =>
    o.seen
      .flatMap(({ fields }) => fields.filter(([name]) => /^connection$/i.test(name)).map(([, value]) => value))
      .join();
  return [
    gone("keep-alive", ["Connection: keep-alive", "Keep-Alive: timeout=5"], "keep-alive"),
    gone("proxy-connection", ["Proxy-Connection: keep-alive"], "proxy-connection"),
    gone("te", ["Connection: TE", "TE: gzip"], "te"),
    gone("nominated", ["Connection: x-gone", "X-Gone: 1"], "x-gone"),
    gone("nominated-case", ["Connection: X-GONE", "x-gone: 1"], "x-gone"),
    gone("nominated-second-line", ["Connection: keep-alive", "Connection: x-gone", "X-Gone: 1"], "x-gone"),
    gone("nominated-twice", ["Connection: x-gone", "X-Gone: 1", "X-Gone: 2"], "x-gone"),
    gone("nominated-ahead", ["X-Gone: 1", "Connection: x-gone"], "x-gone"),
    requestCase(
      RULE,
      "strips-option",
      "the client's options are not passed on",
      get("a", { lines: ["Connection: x-gone, keep-alive"] }),
      allOf(
        served({ part: "a" }, SERVED_AFTER),
        holds("x-gone is not passed on", (o) => !/x-gone/i.test(options(o))),
      ),
    ),
    requestCase(
      QUALITY,
      "te-trailers",
      "TE: trailers may go on, alone",
      get("a", { lines: ["Connection: TE", "TE: trailers, gzip"] }),
      anyOf(
        served({ part: "a", fields: { te: [] } }, SERVED_AFTER),
        served({ part: "a", fields: { te: ["trailers"] } }, SERVED_AFTER),
      ),
    ),
  ];
}

/** What no client may take away from a message by naming it. */
function protectedCases(): readonly Case[] {
  const about: About = { rule: 22, rank: 0 };
  const about1: About = { rule: 22, rank: 1 };
  return [
    good(about, "keeps-host", "Connection names Host", get("a", { lines: ["Connection: host"] }), {
      part: "a",
      fields: { host: ["shop.example"] },
    }),
    good(
      about,
      "keeps-cookie",
      "Connection names Cookie: the binding counts",
      get("a", { cookie: "B", lines: ["Connection: cookie"] }),
      { part: "a", backend: "B" },
    ),
    good(
      about,
      "keeps-length",
      "Connection names Content-Length",
      post("a", "hello", { lines: ["Connection: content-length"] }),
      { part: "a", method: "POST", body: "hello" },
    ),
    requestCase(
      about,
      "keeps-coding",
      "Connection names Transfer-Encoding",
      request("POST", "a", {
        lines: ["Connection: transfer-encoding", "Transfer-Encoding: chunked"],
        body: chunk("hello") + LAST_CHUNK,
      }),
      served({ part: "a", method: "POST", body: "hello" }, SERVED_AFTER),
    ),
    {
      ...about1,
      ...{
        id: idOf(22, "keeps-other-cookies"),
        side: "request",
        title: "Connection names Cookie: other cookies go on",
      },
      steps: [{ send: get("a", { cookie: null, lines: ["Cookie: x=1; {A}", "Connection: cookie"] }) }],
      until: 1,
      verdict: anyOf(
        allOf(
          served({ part: "a" }),
          holds(
            "x=1 was passed on",
            (o) => o.seen[0]?.fields.some(([n, v]) => /^cookie$/i.test(n) && v.includes("x=1")) === true,
          ),
        ),
        refused([400]),
      ),
    },
  ];
}

function answerCases(): readonly Case[] {
  const has = (name: string): Verdict =>
    holds(`${name} was not passed on`, (o) => !(o.answers[0]?.fields ?? []).some(([n]) => n.toLowerCase() === name));
  const whole = relayed({ status: 200, body: "hello" });
  return [
    responseCase(
      RULE,
      "answer-nominated",
      "an answer names X-Gone",
      ok("hello", ["Connection: x-gone", "X-Gone: 1"]),
      allOf(whole, has("x-gone")),
    ),
    responseCase(
      RULE,
      "answer-keep-alive",
      "an answer with Keep-Alive",
      ok("hello", ["Connection: keep-alive", "Keep-Alive: timeout=77"]),
      allOf(
        whole,
        holds("the backend's Keep-Alive was not passed on", (o) => !o.received.includes("timeout=77")),
      ),
    ),
    responseCase(
      RULE,
      "answer-proxy-connection",
      "an answer with Proxy-Connection",
      ok("hello", ["Proxy-Connection: keep-alive"]),
      allOf(whole, has("proxy-connection")),
    ),
    responseCase(
      QUALITY,
      "answer-close",
      "Connection: close of a backend does not close the client",
      { pieces: [ok("hello", ["Connection: close"])], finish: "end" },
      allOf(
        whole,
        holds("both were served", (o) => o.answers.length === 2),
      ),
    ),
    responseCase(
      RULE,
      "answer-upgrade",
      "an answer of 200 with Upgrade",
      ok("hello", ["Connection: upgrade", "Upgrade: h2c"]),
      whole,
    ),
    responseCase(
      RULE,
      "answer-names-cookie",
      "an answer names Set-Cookie",
      ok("hello", ["Connection: set-cookie", "Set-Cookie: x=1"]),
      whole,
    ),
  ];
}
