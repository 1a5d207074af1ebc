import type { Answer, Case, ClientStep, Verdict } from "../case.ts";
import { chunk, get, LAST_CHUNK, ok, post, request, response } from "../messages.ts";
import { allOf, anyOf, closed, holds, refused, saw, served, summary, told } from "../verdicts.ts";
import {
  type About,
  AFTER,
  BAD_GATEWAY,
  idOf,
  requestCase,
  responseCase,
  SERVED_AFTER,
  thenServedOrClosed,
  twoRequests,
  unseen,
} from "./define.ts";

const RULE: About = { rule: 15, rank: 0 };
export const ASK = [
  "Connection: Upgrade",
  "Upgrade: websocket",
  "Sec-WebSocket-Version: 13",
  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
];
/** The answer to that key (RFC 6455, section 1.3). */
const ACCEPT = "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";
export const SWITCH: Answer = {
  pieces: [response("101 Switching Protocols", ["Connection: Upgrade", "Upgrade: websocket", ACCEPT])],
};
const ONE_101: Verdict = holds("exactly one 101", (o) => o.interim.filter(({ status }) => status === 101).length === 1);

/** Rule 15: a tunnel only where both sides asked for it. */
export function upgradeCases(): readonly Case[] {
  return [...tunnelCases(), ...refusedUpgrades(), ...unaskedCases(), ...halfAskedCases()];
}

/** Backends echo what comes through a tunnel. */
function tunnelCases(): readonly Case[] {
  const through = (text: string): Verdict =>
    allOf(
      ONE_101,
      saw({ part: "a" }),
      holds(`the tunnel gave back ${JSON.stringify(text)}`, (o) => o.tunnelled === text),
    );
  const ask: ClientStep = { send: get("a", { lines: ASK }) };
  const start: readonly ClientStep[] = [ask, { wait: "interim", count: 1 }];
  const make = (
    id: string,
    title: string,
    steps: readonly ClientStep[],
    verdict: Verdict,
    answer: Answer = SWITCH,
  ): Case => ({
    ...RULE,
    ...{ id: idOf(15, id), side: "request", title, steps, answers: { a: answer }, until: "close", verdict },
  });
  return [
    make(
      "echo",
      "bytes through a tunnel",
      [...start, { send: "hello" }, { wait: "tunnelled", count: 5 }, { finish: "end" }],
      through("hello"),
    ),
    make(
      "binary",
      "every byte through a tunnel",
      [...start, { send: everyByte() }, { wait: "tunnelled", count: 256 }, { finish: "end" }],
      through(everyByte()),
    ),
    make(
      "request-in-tunnel",
      "a request inside a tunnel is no request",
      [...start, { send: AFTER }, { wait: "tunnelled", count: 1 }, { finish: "end" }],
      allOf(ONE_101, unseen("after"), (o) =>
        o.tunnelled.startsWith("GET /") ? [] : [`it was not passed through; ${summary(o)}`],
      ),
    ),
    make(
      "large",
      "300,000 bytes through a tunnel",
      [...start, { send: "t".repeat(300_000) }, { wait: "tunnelled", count: 300_000 }, { finish: "end" }],
      through("t".repeat(300_000)),
    ),
    make(
      "early-bytes",
      "bytes sent behind the request wait for 101",
      [{ send: `${get("a", { lines: ASK })}early` }, { wait: "tunnelled", count: 5 }, { finish: "end" }],
      through("early"),
    ),
    make(
      "bytes-behind-101",
      "bytes of the backend right behind its 101",
      [...start, { wait: "tunnelled", count: 8 }, { finish: "end" }],
      allOf(
        ONE_101,
        holds("they arrived", (o) => o.tunnelled === "greeting"),
      ),
      { pieces: [`${SWITCH.pieces.join("")}greeting`] },
    ),
    make("backend-ends", "the backend ends the tunnel", start, allOf(ONE_101, closed), { ...SWITCH, finish: "end" }),
    make(
      "after-others",
      "a tunnel behind another request",
      [
        { send: get("b") + get("a", { lines: ASK }) },
        { wait: "interim", count: 1 },
        { send: "hello" },
        { wait: "tunnelled", count: 5 },
        { finish: "end" },
      ],
      allOf(
        ONE_101,
        saw({ part: "b" }, { part: "a" }),
        holds("the tunnel works", (o) => o.tunnelled === "hello"),
      ),
    ),
  ];
}

function everyByte(): string {
  return Array.from({ length: 256 }, (_, i) => String.fromCharCode(i)).join("");
}

/** The backend does not switch: what comes behind is the next request. */
function refusedUpgrades(): readonly Case[] {
  const asking = get("a", { lines: ASK });
  const refusal = (id: string, title: string, status: string): Case =>
    requestCase(
      RULE,
      id,
      title,
      asking,
      allOf(thenServedOrClosed(told({ status: Number(status.slice(0, 3)), body: "hello" })), askedOnceOrTwice()),
      {
        answers: { a: { pieces: [response(status, ["Content-Length: 5"], "hello")] } },
      },
    );
  return [
    refusal("answered-200", "an upgrade is answered with 200: the next request is one", "200 OK"),
    refusal("answered-400", "an upgrade is answered with 400: the next request is one", "400 Bad Request"),
    refusal("answered-426", "an upgrade is answered with 426: the next request is one", "426 Upgrade Required"),
    requestCase(
      RULE,
      "answered-200-other-user",
      "behind a refused upgrade the next request goes to its own backend",
      asking,
      allOf(thenServedOrClosed(told({ status: 200 }), { part: "b", backend: "B" })),
      {
        steps: [{ send: asking + get("b", { cookie: "B" }) }],
      },
    ),
    requestCase(
      RULE,
      "garbage-behind",
      "an upgrade is answered with 200: garbage behind it is refused",
      asking,
      allOf(anyOf(refused([400], [{ part: "a" }]), allOf(served({ part: "a" }), closed))),
      {
        steps: [{ send: `${asking}\x81\x85\x01\x02\r\n\r\n` }],
      },
    ),
    requestCase(
      RULE,
      "with-body",
      "an upgrade with a body that is answered with 200",
      post("a", "hello", { lines: ASK }),
      anyOf(served({ part: "a", method: "POST", body: "hello" }, SERVED_AFTER), refused([400, 413, 501])),
      {},
    ),
    requestCase(
      RULE,
      "with-chunks",
      "an upgrade with a chunked body that is answered with 200",
      request("POST", "a", { lines: [...ASK, "Transfer-Encoding: chunked"], body: chunk("hello") + LAST_CHUNK }),
      anyOf(served({ part: "a", method: "POST", body: "hello" }, SERVED_AFTER), refused([400, 413, 501])),
      {},
    ),
  ];
}

/** The upgrade was seen, and what came behind it was either a request or never looked at. */
function askedOnceOrTwice(): Verdict {
  return (o) => (o.seen.length <= 2 && o.seen[0]?.part === "a" ? [] : [summary(o)]);
}

function unaskedCases(): readonly Case[] {
  const bytes = SWITCH.pieces.join("");
  const noTunnel = holds("no 101 arrived", (o) => o.interim.every(({ status }) => status !== 101));
  const verdict = allOf(BAD_GATEWAY, noTunnel);
  const half = (lines: readonly string[]): { steps: readonly ClientStep[] } => ({
    steps: twoRequests(get("a", { lines })),
  });
  return [
    responseCase(RULE, "unasked", "101 that nobody asked for", bytes, verdict),
    responseCase(
      RULE,
      "unasked-then-answer",
      "101 that nobody asked for, then an answer",
      bytes + ok("hello"),
      verdict,
    ),
    responseCase(
      RULE,
      "unasked-no-connection",
      "101 to Upgrade without Connection",
      bytes,
      verdict,
      half(["Upgrade: websocket"]),
    ),
    responseCase(
      RULE,
      "unasked-no-upgrade",
      "101 to Connection: upgrade without Upgrade",
      bytes,
      verdict,
      half(["Connection: upgrade"]),
    ),
    responseCase(RULE, "unasked-post", "101 to a POST", bytes, verdict, {
      steps: twoRequests(post("a", "hello")),
    }),
  ];
}

function halfAskedCases(): readonly Case[] {
  const none = served({ part: "a", fields: { upgrade: [] } }, SERVED_AFTER);
  const about: About = { rule: 15, rank: 1 };
  return [
    requestCase(
      about,
      "no-connection",
      "Upgrade that Connection does not name is not passed on",
      get("a", { lines: ["Upgrade: websocket"] }),
      none,
    ),
    requestCase(
      about,
      "no-upgrade",
      "Connection: upgrade without Upgrade",
      get("a", { lines: ["Connection: upgrade"] }),
      none,
    ),
    requestCase(
      { rule: 15, rank: 2 },
      "in-1.0",
      "Upgrade in HTTP/1.0 is not passed on",
      get("a", { version: "HTTP/1.0", lines: ASK }),
      allOf(told({ status: 200 }), closed, saw({ part: "a", fields: { upgrade: [] } })),
    ),
    requestCase(
      about,
      "case",
      "CONNECTION: UPGRADE in other cases",
      get("a", { lines: ["CONNECTION: keep-alive, uPGRADE", "UPGRADE: WebSocket", ...ASK.slice(2)] }),
      holds("it was asked for", (o) => o.seen[0]?.fields.some(([name]) => name.toLowerCase() === "upgrade") === true),
    ),
  ];
}
