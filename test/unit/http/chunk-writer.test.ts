import { expect } from "chai";
import { CHUNK_END, chunkSizeLine, LAST_CHUNK } from "../../../src/http/chunk-writer.ts";
import { InvariantError } from "../../../src/model/failure.ts";
import { readBody } from "../../support/http-bodies.ts";

describe("chunk writer", () => {
  it("writes sizes as hexadecimal digits", () => {
    const lines = [1, 9, 10, 255, 65_536, 2 ** 32, 2 ** 53 - 1].map(chunkSizeLine);
    const digits = ["1", "9", "a", "ff", "10000", "100000000", "1fffffffffffff"];
    expect(lines).to.deep.equal(digits.map((size) => `${size}\r\n`));
  });

  it("makes bodies that the framer reads", () => {
    const body = `${chunkSizeLine(26)}abcdefghijklmnopqrstuvwxyz${CHUNK_END}${LAST_CHUNK}`;
    expect(readBody(body, {})).to.deep.include({ state: "complete", passed: body, dataBytes: 26 });
  });

  it("never writes the size that would end the body, nor what is no size", () => {
    for (const size of [0, -1, 0.5, Number.NaN, 2 ** 53]) {
      expect(() => chunkSizeLine(size), `${size}`).to.throw(InvariantError);
    }
  });
});
