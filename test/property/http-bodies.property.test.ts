import { expect } from "chai";
import fc from "fast-check";
import { cutsOf, mutated, plainField } from "../support/http-arbitraries.ts";
import { type BodySetup, readBody } from "../support/http-bodies.ts";
import { oracleChunks } from "../support/http-oracle.ts";

const bytes = (maxLength: number): fc.Arbitrary<string> =>
  fc.oneof(
    fc.uint8Array({ minLength: 1, maxLength }).map((all) => Buffer.from(all).toString("latin1")),
    fc.constantFrom("0\r\n\r\n", "\r\n", "5\r\n"),
  );
const extension = fc.constantFrom("", "", ";a", ";a=b", ';a="b;\\" \t\xe9"', ";a;b=c");

interface Encoded {
  readonly text: string;
  readonly data: string;
  readonly trailers: string;
}

/** A chunked body in one of its many spellings. */
const chunked: fc.Arbitrary<Encoded> = fc
  .record({
    chunks: fc.array(fc.record({ data: bytes(40), zeros: fc.nat(3), upper: fc.boolean(), extension }), {
      maxLength: 6,
    }),
    zeros: fc.nat(3),
    last: extension,
    trailers: fc.array(
      plainField.filter(({ name }) => /^x(?!-forwarded)/i.test(name)),
      { maxLength: 2 },
    ),
  })
  .map(({ chunks, zeros, last, trailers }) => {
    const size = (length: number, upper: boolean): string =>
      upper ? length.toString(16).toUpperCase() : length.toString(16);
    const encoded = chunks.map(
      (chunk) =>
        `${"0".repeat(chunk.zeros)}${size(chunk.data.length, chunk.upper)}${chunk.extension}\r\n${chunk.data}\r\n`,
    );
    const section = trailers.map(({ name, value }) => `${name}: ${value}\r\n`).join("");
    return {
      text: `${encoded.join("")}0${"0".repeat(zeros)}${last}\r\n${section}\r\n`,
      data: chunks.map(({ data }) => data).join(""),
      trailers: section,
    };
  });

const withCuts = <T extends { readonly text: string }>(
  message: fc.Arbitrary<T>,
): fc.Arbitrary<readonly [T, number[]]> =>
  message.chain((value) => cutsOf(value.text.length).map((cuts) => [value, cuts] as const));

describe("HTTP bodies", () => {
  it("in chunks arrive byte for byte at every cut, as data or as chunks, and end where they end", () => {
    fc.assert(
      fc.property(withCuts(chunked), fc.boolean(), fc.string(), ([{ text, data, trailers }, cuts], compact, next) => {
        const all = text + next;
        const strip = readBody(all, { out: { chunks: "strip" }, compact }, cuts);
        expect(strip).to.deep.equal({ state: "complete", passed: data, dataBytes: data.length, taken: text.length });
        const keep = readBody(all, { compact }, cuts);
        expect(oracleChunks(keep.passed ?? "")).to.deep.equal({ data, length: keep.passed?.length });
        expect(keep.passed).to.not.include(trailers || "no trailers");
        const kept = readBody(all, { out: { trailers: "keep" }, compact }, cuts);
        expect(kept.passed?.endsWith(`\r\n${trailers}\r\n`)).to.equal(true);
      }),
      { numRuns: 1500 },
    );
  });

  it("of a known length arrive byte for byte at every cut, and end where they end", () => {
    fc.assert(
      fc.property(withCuts(bytes(80).map((text) => ({ text }))), fc.nat(90), ([{ text }, cuts], length) => {
        const read = readBody(text, { framing: "length", length }, cuts);
        const passed = text.slice(0, length);
        const state = text.length >= length ? "complete" : "open";
        expect(read).to.deep.equal({ state, passed, dataBytes: passed.length, taken: passed.length });
      }),
      { numRuns: 500 },
    );
  });

  it("are read the same at every cut when they were tampered with, and nobody reads another body behind", () => {
    const setups: readonly BodySetup[] = [{}, { compact: true }];
    const tampered = chunked.chain(({ text }) => mutated(text)).map((text) => ({ text }));
    const junk = fc
      .array(
        fc.constantFrom("0", "1", "5", "a", "\r\n", "\r", "\n", ";", "=", '"', "\\", "x", " ", ":", "\0", "\xe9"),
        { maxLength: 40 },
      )
      .map((parts) => ({ text: parts.join("") }));
    let complete = 0;
    let refused = 0;
    fc.assert(
      fc.property(
        withCuts(fc.oneof({ weight: 3, arbitrary: tampered }, { weight: 1, arbitrary: junk })),
        ([{ text }, cuts]) => {
          const keep = readBody(text, {});
          const strip = readBody(text, { out: { chunks: "strip" } });
          for (const setup of setups) {
            expect(readBody(text, setup, cuts)).to.deep.equal(keep);
            expect(readBody(text, { ...setup, out: { chunks: "strip" } }, cuts)).to.deep.equal(strip);
          }
          expect(strip.state).to.deep.equal(keep.state);
          if (typeof keep.state === "object") refused++;
          if (keep.state !== "complete") return;
          complete++;
          expect(strip.taken).to.equal(keep.taken);
          expect(oracleChunks(keep.passed ?? "")).to.deep.equal({ data: strip.passed, length: keep.passed?.length });
        },
      ),
      { numRuns: 4000 },
    );
    expect(complete).to.be.greaterThan(100);
    expect(refused).to.be.greaterThan(500);
  });
});
