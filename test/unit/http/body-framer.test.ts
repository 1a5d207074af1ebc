import { expect } from "chai";
import { BodyFramer } from "../../../src/http/body-framer.ts";
import { DEFAULT_BODY_LIMITS } from "../../../src/http/message-limits.ts";
import type { RefusalCode } from "../../../src/http/refusal.ts";
import { type BodySetup, type ReadBody, readBody } from "../../support/http-bodies.ts";
import { latin1, shown } from "../../support/http-messages.ts";

/** Whole, byte by byte, cut in two at every byte, and compacted: all must agree. */
function bodyEverywhere(text: string, setup: BodySetup = {}): ReadBody {
  const whole = readBody(text, setup);
  const everyByte = Array.from({ length: Math.max(text.length - 1, 0) }, (_, i) => i + 1);
  expect(readBody(text, setup, everyByte), "byte by byte").to.deep.equal(whole);
  expect(readBody(text, { ...setup, compact: true }), "compacted").to.deep.equal(whole);
  if (text.length <= 300) {
    for (const cut of everyByte) expect(readBody(text, setup, [cut]), `cut at ${cut}`).to.deep.equal(whole);
  }
  return whole;
}

const complete = (passed: string, dataBytes: number, taken: number): ReadBody => ({
  state: "complete",
  passed,
  dataBytes,
  taken,
});
const open = (passed: string, dataBytes: number): ReadBody => ({
  state: "open",
  passed,
  dataBytes,
  taken: passed.length,
});

describe("body framer", () => {
  it("counts a length and leaves the next message alone", () => {
    expect(bodyEverywhere("helloGET", { framing: "length", length: 5 })).to.deep.equal(complete("hello", 5, 5));
    expect(bodyEverywhere("hell", { framing: "length", length: 5 })).to.deep.equal(open("hell", 4));
    expect(bodyEverywhere("x", { framing: "length", length: Number.MAX_SAFE_INTEGER })).to.deep.equal(open("x", 1));
  });

  it("takes nothing where there is no body", () => {
    expect(readBody("GET", { framing: "none" })).to.deep.equal(complete("", 0, 0));
    expect(readBody("GET", { framing: "length", length: 0 })).to.deep.equal(complete("", 0, 0));
  });

  it("passes everything until the connection ends, and only then is that the end", () => {
    for (const framing of ["until-close", "tunnel"] as const) {
      expect(bodyEverywhere("0\r\n\r\n", { framing })).to.deep.equal(open("0\r\n\r\n", 5));
    }
    const framer = new BodyFramer("response", DEFAULT_BODY_LIMITS);
    const ends = (framing: "until-close" | "chunked" | "length" | "none"): boolean => {
      framer.begin(framing, 3, { chunks: "keep", trailers: "drop" });
      framer.push(latin1("2\r"), 0, 2);
      return framer.finish();
    };
    expect([ends("until-close"), ends("chunked"), ends("length"), ends("none")]).to.deep.equal([
      true,
      false,
      false,
      true,
    ]);
  });

  it("passes chunks on as they are, and their data only when told to", () => {
    const body = "5\r\nhello\r\n00A\r\n0123456789\r\n000\r\n\r\n";
    expect(bodyEverywhere(`${body}GET`)).to.deep.equal(complete(body, 15, body.length));
    expect(bodyEverywhere(`${body}GET`, { out: { chunks: "strip" } })).to.deep.equal(
      complete("hello0123456789", 15, body.length),
    );
    expect(bodyEverywhere("0\r\n\r\n")).to.deep.equal(complete("0\r\n\r\n", 0, 5));
    expect(bodyEverywhere("5\r\nhe")).to.deep.equal(open("5\r\nhe", 2));
  });

  it("drops extensions and nothing else", () => {
    const body = '5;a\r\nhello\r\n1;b=c;d="e\\"\xe9 ;\t\\\\";f\r\nx\r\n0;last=""\r\n\r\n';
    expect(bodyEverywhere(body)).to.deep.equal(complete("5\r\nhello\r\n1\r\nx\r\n0\r\n\r\n", 6, body.length));
    expect(bodyEverywhere(body, { out: { chunks: "strip" } })).to.deep.equal(complete("hellox", 6, body.length));
  });

  it("checks trailers and drops them, or keeps those that may travel", () => {
    const body = "1\r\nx\r\n0\r\nX-Sum: 1\r\nContent-Length: 5\r\nhost: b\r\nX-B:\t2 \r\n\r\n";
    const start = "1\r\nx\r\n0\r\n";
    expect(bodyEverywhere(`${body}GET`)).to.deep.equal(complete(`${start}\r\n`, 1, body.length));
    expect(bodyEverywhere(`${body}GET`, { out: { trailers: "keep" } })).to.deep.equal(
      complete(`${start}X-Sum: 1\r\nX-B:\t2 \r\n\r\n`, 1, body.length),
    );
    expect(bodyEverywhere(`${body}GET`, { out: { chunks: "strip", trailers: "keep" } })).to.deep.equal(
      complete("x", 1, body.length),
    );
    const bad = "0\r\nTransfer-Encoding: chunked\r\nCookie: a\r\nX-Forwarded-For: b\r\nConnection: c\r\n\r\n";
    expect(bodyEverywhere(bad, { out: { trailers: "keep" } })).to.deep.equal(complete("0\r\n\r\n", 0, bad.length));
  });

  describe("rules 8 and 9: chunks are hexadecimal digits, CR LF, data, CR LF (RFC 9112, section 7.1)", () => {
    const zeros = "0".repeat(15);
    for (const text of [
      `${zeros}1\r\nx\r\n0\r\n\r\n`,
      "aB\r\n",
      "1fffffffffffff\r\n",
      `00${"1fffffffffffff"}\r\n`,
      "1;a;b=c\r\n",
      "0\r\nA:\r\n\r\n",
    ]) {
      it(`accepts ${shown(text)}`, () => expect(bodyEverywhere(text).state).to.be.oneOf(["open", "complete"]));
    }
    const refused: Readonly<Partial<Record<RefusalCode, readonly string[]>>> = {
      "chunk-size": [
        "\r\n",
        ";a\r\n",
        " 5\r\n",
        "+5\r\n",
        "-5\r\n",
        "0x5\r\n",
        "5 \r\n",
        "5\t\r\n",
        "5 ;a\r\n",
        "5 junk\r\n",
        "5h\r\n",
        "g\r\n",
        "\0\r\n",
        "5\0\r\n",
        "5.\r\n",
        "5_0\r\n",
        "\xb2\r\n",
        `${zeros}05\r\n`,
        "1\r\nx\r\n\r\n",
        "1\r\nx\r\n;a\r\n",
      ],
      "chunk-size-too-large": [
        "20000000000000\r\n",
        "ffffffffffffffff\r\n",
        "10000000000000000\r\n",
        `${"f".repeat(300)}\r\n`,
      ],
      "bare-lf": ["5\nhello", "\n", "5;a\nhello", "5;a=\nb", '5;a="\n"\r\n', "0\nX"],
      "bare-cr": ["5\rX", "5\r\r\n", "5;a\rX", "0\r\r\n"],
      "chunk-extension": [
        "5;\r\n",
        "5; a\r\n",
        "5;a \r\n",
        "5;a=\r\n",
        "5;=b\r\n",
        "5;a=b=c\r\n",
        "5;a;;b\r\n",
        '5;a="\r\n',
        '5;a="b\r"\r\n',
        '5;a="b"c\r\n',
        '5;a="\\\r"\r\n',
        "5;a\0\r\n",
        "5;\x7f\r\n",
        "5;a=\xe9\r\n",
      ],
      "chunk-end": [
        "1\r\nxy\r\n",
        "1\r\nx\n0\r\n",
        "1\r\nx0\r\n",
        "1\r\nx\rx\r\n",
        "1\r\nx\r\r\n",
        "1\r\nx\0\0",
        "1\r\nx;;",
      ],
      "end-of-head": ["0\r\n\rX", "0\r\n\r\r\n", "0\r\nX: 1\r\n\rX"],
      "field-name": [
        "0\r\n: 1\r\n\r\n",
        "0\r\nX : 1\r\n\r\n",
        "0\r\nX\r\n\r\n",
        "0\r\n0\r\n\r\n",
        "0\r\nGET / HTTP/1.1\r\n",
      ],
      "obs-fold": ["0\r\n X: 1\r\n\r\n", "0\r\nX: 1\r\n 2\r\n\r\n"],
      nul: ["0\r\nX: \0\r\n\r\n"],
    };
    for (const [code, texts] of Object.entries(refused)) {
      for (const text of texts) {
        const status = code === "chunk-size-too-large" ? 413 : 400;
        it(`${status} ${code}: ${shown(text)}`, () => {
          expect(bodyEverywhere(text).state).to.deep.equal({ status, code });
          expect(bodyEverywhere(text, { direction: "response", out: { chunks: "strip" } }).state).to.deep.equal({
            status: 502,
            code,
          });
        });
      }
    }
    for (const text of ["1\r\nx\r\n0\r\nX: 1\n\r\n", "0\r\n\n", "0\r\nX\n: 1\r\n"]) {
      it(`400 bare-lf: ${shown(text)}`, () =>
        expect(bodyEverywhere(text).state).to.deep.equal({ status: 400, code: "bare-lf" }));
    }
  });

  it("bounds chunk-size lines, extensions and trailers", () => {
    const state = (text: string, limits: BodySetup["limits"] = {}) => bodyEverywhere(text, { limits }).state;
    expect(state("1;abc\r\n", { maxChunkLineBytes: 5 })).to.equal("open");
    expect(state("1;abcd\r\n", { maxChunkLineBytes: 5 })).to.deep.equal({ status: 400, code: "chunk-line-too-long" });
    expect(state(`1;${"a".repeat(2000)}`)).to.deep.equal({ status: 400, code: "chunk-line-too-long" });
    const two = "1;ab\r\nx\r\n1;cd\r\n";
    expect(state(two, { maxExtensionBytes: 6 })).to.equal("open");
    expect(state(two, { maxExtensionBytes: 5 })).to.deep.equal({ status: 413, code: "chunk-extensions-too-large" });
    const trailers = "X: 1\r\nY: 2\r\n\r\n";
    expect(state(`0\r\n${trailers}`, { maxTrailerBytes: trailers.length, maxTrailerFields: 2 })).to.equal("complete");
    for (const limits of [{ maxTrailerBytes: trailers.length - 1 }, { maxTrailerFields: 1 }]) {
      expect(state(`0\r\n${trailers}`, limits)).to.deep.equal({ status: 413, code: "trailers-too-large" });
    }
    expect(state(`0\r\nX: ${"y".repeat(9000)}`)).to.deep.equal({ status: 413, code: "trailers-too-large" });
  });

  it("stays refused, and is as new with the next body", () => {
    const framer = new BodyFramer("request", DEFAULT_BODY_LIMITS);
    const as = { chunks: "keep", trailers: "drop" } as const;
    framer.begin("chunked", -1, as);
    const bad = latin1("1;a\r\nx\r\nz");
    expect(framer.pushCompact(bad, 0, bad.length)).to.be.at.most(bad.length);
    expect(framer.refusal).to.deep.equal({ status: 400, code: "chunk-size" });
    framer.push(latin1("0\r\n\r\n"), 0, 5);
    expect([framer.passTo - framer.passFrom, framer.complete, framer.finish()]).to.deep.equal([0, false, false]);
    framer.begin("chunked", -1, as);
    expect(framer.push(latin1("0\r\n\r\n"), 0, 5)).to.equal(5);
    expect([framer.refusal, framer.complete]).to.deep.equal([undefined, true]);
  });

  it("forgets half a trailer section with the body it belonged to", () => {
    const framer = new BodyFramer("request", DEFAULT_BODY_LIMITS);
    const as = { chunks: "keep", trailers: "keep" } as const;
    framer.begin("chunked", -1, as);
    framer.push(latin1("0\r\nOld: 1\r\nHal"), 0, 14);
    framer.begin("chunked", -1, as);
    const body = latin1("0\r\nNew: 2\r\n\r\n");
    expect(framer.push(body, 0, body.length)).to.equal(body.length);
    expect(framer.tail.toString("latin1")).to.equal("New: 2\r\n\r\n");
  });
});
