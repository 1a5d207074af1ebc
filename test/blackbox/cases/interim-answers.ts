import type { Case, Verdict } from "../case.ts";
import { get, ok, response } from "../messages.ts";
import { allOf, anyOf, closed, holds, told } from "../verdicts.ts";
import { type About, BAD_GATEWAY, relayed, responseCase } from "./define.ts";

const RULE: About = { rule: 25, rank: 1 };
const interim = (status: string, lines: readonly string[] = []): string => response(status, lines);
const EARLY = interim("103 Early Hints", ["Link: </style.css>; rel=preload"]);

/** Rule 25: answers that are not the answer. */
export function interimAnswerCases(): readonly Case[] {
  const whole = relayed({ status: 200, body: "hello" });
  const final = ok("hello");
  const old = { steps: [{ send: get("a", { version: "HTTP/1.0" }) }], until: "close" } as const;
  const none = holds("no 1xx to a client of HTTP/1.0", (o) => o.interim.length === 0);
  const noCookie: Verdict = holds("no 1xx sets a cookie", (o) =>
    o.interim.every(({ fields }) => fields.every(([name]) => !/^set-cookie$/i.test(name))),
  );
  const newUser = { steps: [{ send: get("a", { cookie: null }) }], until: 1 } as const;
  const taken = told({ status: 200, body: "hello" });
  return [
    responseCase(RULE, "103", "103 ahead of the answer", EARLY + final, whole),
    responseCase(RULE, "103-later", "103, then the answer", { pieces: [EARLY, final] }, whole),
    responseCase(RULE, "102", "102 ahead of the answer", interim("102 Processing") + final, whole),
    responseCase(RULE, "199", "199 ahead of the answer", interim("199 Odd") + final, whole),
    responseCase(RULE, "100", "100 that nobody asked for", interim("100 Continue") + final, whole),
    responseCase(RULE, "three", "three of them", EARLY + interim("102 Processing") + EARLY + final, whole),
    responseCase(
      RULE,
      "twenty",
      "20 of them, each in a piece of its own",
      { pieces: [...Array(20).fill(EARLY), final] },
      whole,
    ),
    responseCase(
      RULE,
      "with-length",
      "103 with Content-Length has no body",
      interim("103 Early Hints", ["Content-Length: 5"]) + final,
      anyOf(whole, BAD_GATEWAY),
    ),
    responseCase(
      RULE,
      "with-coding",
      "103 with Transfer-Encoding has no body",
      interim("103 Early Hints", ["Transfer-Encoding: chunked"]) + final,
      anyOf(whole, BAD_GATEWAY),
    ),
    responseCase(
      RULE,
      "many",
      "2,000 of them",
      EARLY.repeat(2000) + final,
      anyOf(whole, BAD_GATEWAY, (o) => (o.answers.length === 0 ? closed(o) : ["neither"])),
      { wholeOnly: true, rank: 2 },
    ),
    responseCase(
      RULE,
      "malformed",
      "a malformed one",
      `HTTP/1.1 103 Early Hints\r\n: x\r\n\r\n${final}`,
      anyOf(BAD_GATEWAY, whole),
    ),
    responseCase(RULE, "103-to-1.0", "103 to a client of HTTP/1.0", EARLY + final, allOf(taken, none), old),
    responseCase(
      RULE,
      "102-to-1.0",
      "102 to a client of HTTP/1.0, later",
      { pieces: [interim("102 Processing"), final] },
      allOf(taken, none),
      old,
    ),
    responseCase(RULE, "no-cookie-103", "103 to a new user", EARLY + final, allOf(taken, noCookie), newUser),
    responseCase(
      RULE,
      "no-cookie-100",
      "100 and 102 to a new user",
      { pieces: [interim("100 Continue"), interim("102 Processing"), final] },
      allOf(taken, noCookie),
      newUser,
    ),
    responseCase(
      { rule: 25, rank: 2 },
      "relayed",
      "103 is passed on",
      { pieces: [EARLY, final] },
      allOf(
        whole,
        holds("103 arrived with its field", (o) =>
          o.interim.some(({ status, fields }) => status === 103 && fields.some(([name]) => /^link$/i.test(name))),
        ),
      ),
    ),
  ];
}
