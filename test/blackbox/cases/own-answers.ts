import type { Case, Verdict } from "../case.ts";
import { get, request } from "../messages.ts";
import { valuesOf } from "../observe/message-reader.ts";
import { allOf, anyOf, closed, holds, told } from "../verdicts.ts";
import { type About, AFTER, idOf } from "./define.ts";

const RULE: About = { rule: 32, rank: 2 };

const COMPLETE: Verdict = holds("it has a length, says close, and repeats nothing", (o) => {
  const [answer] = o.answers;
  if (answer === undefined || !answer.complete) return false;
  const length = valuesOf(answer.fields, "content-length");
  const framed = length.length === 1 && Number(length[0]) === answer.body.length;
  return (
    framed && valuesOf(answer.fields, "connection").join().toLowerCase() === "close" && !o.received.includes("canary")
  );
});

/** Rule 32: what a balancer says itself is complete and harmless. */
export function ownAnswerCases(): readonly Case[] {
  const refusals: readonly (readonly [id: string, title: string, bytes: string])[] = [
    ["no-colon", "a line without colon", get("a", { lines: ["canary"] })],
    ["name", "a bad name", get("a", { lines: ["canary(x: 1"] })],
    ["value", "a bad value", get("a", { lines: ["x: canary\0"] })],
    ["method", "a bad method", request("canary(", "a")],
    ["target", "a bad target", get("a", { target: "/{id}/canary\x01" })],
    ["version", "a bad version", get("a", { version: "canary/1.1" })],
    ["length", "a bad length", request("POST", "a", { lines: ["Content-Length: canary"] })],
    ["coding", "a bad coding", request("POST", "a", { lines: ["Transfer-Encoding: canary"] })],
    ["line", "a line too long", get("a", { target: `/{id}/canary?${"q".repeat(100_000)}` })],
    ["script", "a script in the target", get("a", { target: "/{id}/<script>canary</script>\xff" })],
    ["connect", "CONNECT", request("CONNECT", "a", { target: "canary.example:443" })],
  ];
  const make = (id: string, title: string, extras: Pick<Case, "steps" | "verdict"> & Partial<Case>): Case => ({
    ...RULE,
    ...{ id: idOf(32, id), side: "request", title, until: "close", wholeOnly: true },
    ...extras,
  });
  const error: Verdict = (o) => ((o.answers[0]?.status ?? 0) >= 400 ? [] : [`no error: ${o.answers[0]?.status}`]);
  // Whether it had to be refused is the question of other rules.
  const taken = holds("it was taken", (o) => o.seen.length > 0);
  const bodiless: Verdict = allOf(
    error,
    holds(
      "no body to HEAD",
      (o) => o.answers.length === 1 && o.unreadable === undefined && o.received.endsWith("\r\n\r\n"),
    ),
  );
  return [
    ...refusals.map(([id, title, bytes]) =>
      make(id, `the answer to ${title}`, {
        steps: [{ send: bytes + AFTER }],
        verdict: anyOf(allOf(error, closed, COMPLETE), taken),
      }),
    ),
    make("head-502", "502 to HEAD has no body", {
      ...{ steps: [{ send: request("HEAD", "a") }], methods: ["HEAD"], until: 1, side: "response" },
      answers: { a: { pieces: ["garbage\r\n\r\n"], finish: "end" } },
      verdict: allOf(told({ status: 502, body: "" }), bodiless),
    }),
    make("head-503", "503 to HEAD has no body", {
      ...{ steps: [{ send: request("HEAD", "a", { cookie: null }) }], methods: ["HEAD"], until: 1, profile: "dead" },
      verdict: allOf(told({ status: [502, 503], body: "" }), bodiless),
    }),
    make("502", "502 is complete", {
      ...{ steps: [{ send: get("a") }], until: 1, side: "response" },
      answers: { a: { pieces: ["canary garbage\r\n\r\n"], finish: "end" } },
      verdict: allOf(
        told({ status: 502 }),
        holds("it repeats nothing of the backend", (o) => !o.received.includes("canary")),
      ),
    }),
    make("allow", "405 to CONNECT says what is allowed", {
      ...{ steps: [{ send: request("CONNECT", "a", { target: "shop.example:443" }) }] },
      verdict: holds(
        "Allow comes with 405",
        (o) =>
          o.answers[0] !== undefined &&
          (o.answers[0].status !== 405 || valuesOf(o.answers[0].fields, "allow").length === 1),
      ),
    }),
  ];
}
