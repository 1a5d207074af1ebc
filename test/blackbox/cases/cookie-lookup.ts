import type { Case, Verdict } from "../case.ts";
import { get } from "../messages.ts";
import { valuesOf } from "../observe/message-reader.ts";
import { COOKIE } from "../subjects/subject.ts";
import { allOf, anyOf, holds, refused, served } from "../verdicts.ts";
import { type About, requestCase } from "./define.ts";

const RULE: About = { rule: 29, rank: 1 };
const KEPT: About = { rule: 29, rank: 2 };

/** Rule 29: our cookie is found where it is, and only there; the others stay as they are. */
export function cookieLookupCases(): readonly Case[] {
  return [...foundCases(), ...notOursCases(), ...keptCases()];
}

function make(about: About, id: string, lines: readonly string[], verdict: Verdict): Case {
  return requestCase(about, id, lines.join(" · "), "", verdict, {
    steps: [{ send: get("a", { cookie: null, lines }) }],
    until: 1,
  });
}

/** All of these name B. A is what a new user might be given by chance, so each is asked for twice. */
function foundCases(): readonly Case[] {
  const found: readonly (readonly [string, readonly string[]])[] = [
    ["alone", ["Cookie: {B}"]],
    ["first", ["Cookie: {B}; x=1; y=2"]],
    ["middle", ["Cookie: x=1; {B}; y=2"]],
    ["last", ["Cookie: x=1; y=2; {B}"]],
    ["no-blanks", ["Cookie: x=1;{B};y=2"]],
    ["many-blanks", ["Cookie: x=1;   {B}  ; y=2"]],
    ["tabs", ["Cookie: x=1;\t{B}\t;\ty=2"]],
    ["empty-pairs", ["Cookie: ;; {B} ;;"]],
    ["no-equals", ["Cookie: x; {B}; y"]],
    ["empty-value", ["Cookie: x=; {B}"]],
    ["equals-in-value", ["Cookie: x=a=b=c; {B}"]],
    ["quoted-value", ['Cookie: x="1"; {B}']],
    ["second-line", ["Cookie: x=1", "Cookie: {B}"]],
    ["first-line", ["Cookie: {B}", "Cookie: x=1"]],
    ["lower-case", ["cookie: {B}"]],
    ["upper-case", ["COOKIE: {B}"]],
    ["many-pairs", [`Cookie: ${Array.from({ length: 60 }, (_, i) => `n${i}=${i}`).join("; ")}; {B}`]],
    ["obs-text", ["Cookie: x=\xe9\xff; {B}"]],
    ["unknown-first", [`Cookie: ${COOKIE}=unknown; {B}`]],
    ["empty-first", [`Cookie: ${COOKIE}=; {B}`]],
    ["same-twice", ["Cookie: {B}; {B}"]],
    ["first-of-two", ["Cookie: {B}; {A}"]],
    ["first-of-two-lines", ["Cookie: {B}", "Cookie: {A}"]],
  ];
  return found.map(([id, lines]) => make(RULE, id, lines, served({ part: "a", backend: "B" })));
}

/** Names and values that only look like ours; the last pair is the one that counts. */
function notOursCases(): readonly Case[] {
  const other: readonly (readonly [string, string])[] = [
    ["other-case", `${COOKIE.toUpperCase()}={a}`],
    ["capital", `${COOKIE[0]?.toUpperCase()}${COOKIE.slice(1)}={a}`],
    ["suffix-of-name", `x${COOKIE}={a}`],
    ["prefix-of-name", `${COOKIE}x={a}`],
    ["dashed-name", `x-${COOKIE}={a}`],
    ["in-value", `x=${COOKIE}={a}`],
    ["behind-blank", `x=1 ${COOKIE}={a}`],
    ["behind-comma", `x=1, ${COOKIE}={a}`],
    ["in-quotes", `x="${COOKIE}={a}"`],
    ["value-suffix", `${COOKIE}=x{a}`],
    ["value-prefix", `${COOKIE}={a}x`],
    ["value-other-case", `${COOKIE}={a}`.replace("{a}", "B999")],
  ];
  return other.map(([id, pair]) =>
    make(RULE, `not-${id}`, [`Cookie: ${pair}; {B}`], served({ part: "a", backend: "B" })),
  );
}

/** What is left of the lines: as they came, or without our pair. */
function keptCases(): readonly Case[] {
  const cases: readonly (readonly [string, readonly string[], readonly string[]])[] = [
    ["first", ["{A}; x=1; y=2"], ["x=1; y=2"]],
    ["middle", ["x=1; {A}; y=2"], ["x=1; y=2"]],
    ["last", ["x=1; y=2; {A}"], ["x=1; y=2"]],
    ["alone", ["{A}"], []],
    ["lines", ["x=1", "{A}", "y=2"], ["x=1", "y=2"]],
    ["quoted", ['x="a; b"; {A}'], ['x="a; b"']],
    ["odd", ["x; =y; z==; {A}"], ["x; =y; z=="]],
    ["obs-text", ["x=\xe9\xff; {A}; y=\x80"], ["x=\xe9\xff; y=\x80"]],
  ];
  return cases.map(([id, before, after]) => {
    const same: Verdict = holds("other cookies stay byte for byte", (o) => {
      const seen = valuesOf(o.seen[0]?.fields ?? [], "cookie");
      const without = seen.map((value) =>
        value
          .split(/; ?/)
          .filter((pair) => !pair.startsWith(`${COOKIE}=`))
          .join("; "),
      );
      const wellFormed = seen.every((value) => value !== "" && !/^;|;\s*;|;\s*$/.test(value));
      const left = without.filter((value) => value !== "");
      // One line of all, or as many as there were (RFC 9113, section 8.2.3, joins them so).
      return wellFormed && left.join("; ") === after.join("; ");
    });
    return make(
      KEPT,
      `kept-${id}`,
      before.map((value) => `Cookie: ${value}`),
      anyOf(allOf(served({ part: "a" }), same), ...(id === "odd" ? [refused([400])] : [])),
    );
  });
}
