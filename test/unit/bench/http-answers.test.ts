import { expect } from "chai";
import { type Answer, AnswerReader, type Fault } from "../../../bench/http/answer-reader.ts";
import { pageOffset } from "../../../bench/http/shop.ts";
import { assertSpread, faultOf, sessionOf } from "../../../bench/http/visitors.ts";
import { Pattern } from "../../../bench/support/pattern.ts";

const PATTERN = new Pattern(3);
const BYTES = 40;

function answer(backend: number, fields = "", body = PATTERN.slice(pageOffset(backend), BYTES)): Buffer {
  const head = `HTTP/1.1 200 OK\r\nX-Backend: ${backend}\r\nContent-Length: ${body.length}\r\n${fields}\r\n`;
  return Buffer.concat([Buffer.from(head), body]);
}

/** What a reader says to bytes that arrive whole, or in two pieces cut at `at`. */
function read(bytes: Buffer, at = 0): Answer | Fault | undefined {
  const reader = new AnswerReader(PATTERN);
  reader.expect(BYTES);
  const scratch = Buffer.alloc(4096);
  let said: Answer | Fault | undefined;
  for (const piece of [bytes.subarray(0, at), bytes.subarray(at)]) {
    if (piece.length === 0) continue;
    expect(said, "answered too early").to.equal(undefined);
    // As with sockets: one buffer, used again for each piece.
    piece.copy(scratch);
    said = reader.received(scratch, piece.length);
  }
  return said;
}

describe("answers of the HTTP benchmark", () => {
  it("are understood however they are cut, in any letters", () => {
    const bytes = answer(2, "set-cookie: lengket=abc.def; Path=/\r\n");
    for (let at = 0; at < bytes.length; at++) {
      expect(read(bytes, at), `cut at ${at}`).to.deep.equal({ backend: 2, cookie: "abc.def" });
    }
  });

  it("may come one after the other", () => {
    const reader = new AnswerReader(PATTERN);
    for (const backend of [0, 3, 1]) {
      reader.expect(BYTES);
      const bytes = answer(backend);
      expect(reader.received(bytes, bytes.length)).to.deep.equal({ backend, cookie: undefined });
    }
  });

  const bad: Readonly<Record<string, readonly [Buffer, string]>> = {
    "another status": [Buffer.from("HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n"), "502"],
    "another length": [answer(1, "", PATTERN.slice(pageOffset(1), BYTES - 1)), "39 bytes instead of 40"],
    "the page of another backend": [answer(1, "", PATTERN.slice(pageOffset(2), BYTES)), "changed"],
    "more than the answer": [Buffer.concat([answer(1), Buffer.from("x")]), "longer"],
    "no backend": [Buffer.from(`HTTP/1.1 200 OK\r\nContent-Length: ${BYTES}\r\n\r\n`), "does not name"],
    "an endless head": [Buffer.alloc(4096, "x"), "no end"],
  };
  for (const [what, [bytes, because]] of Object.entries(bad)) {
    it(`are refused: ${what}`, () => {
      const reader = new AnswerReader(PATTERN);
      reader.expect(BYTES);
      const first = reader.received(bytes, bytes.length);
      const said = first ?? reader.received(bytes, bytes.length);
      expect(said).to.have.property("fault").that.contains(because);
    });
  }

  it("belong to their session", () => {
    const session = sessionOf({ backend: 1, cookie: "abc" });
    expect(faultOf({ backend: 1, cookie: undefined }, session)).to.equal(undefined);
    expect(faultOf({ backend: 2, cookie: undefined }, session))
      .to.contain("backend 1")
      .and.contain("backend 2");
    expect(faultOf({ backend: 1, cookie: "abc" }, session)).to.contain("another one");
    expect(() => sessionOf({ backend: 1, cookie: undefined })).to.throw("sets none");
  });

  it("must come from more than one backend", () => {
    const one = { cookie: "a", backend: 1 };
    expect(() => assertSpread([one, one])).to.throw("all 2 visitors");
    assertSpread([one, { cookie: "b", backend: 2 }]);
  });
});
