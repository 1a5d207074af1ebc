import { expect } from "chai";
import { CHUNK_END, CHUNK_SIZE_MAX_LENGTH, LAST_CHUNK, writeChunkSize } from "../../../src/http/chunk-writer.ts";
import { InvariantError } from "../../../src/model/failure.ts";
import { readBody } from "../../support/http-bodies.ts";

function sizeLine(size: number): string {
  const target = Buffer.alloc(CHUNK_SIZE_MAX_LENGTH + 1, "x");
  return target.toString("latin1", 1, writeChunkSize(size, target, 1));
}

describe("chunk writer", () => {
  it("writes sizes as hexadecimal digits", () => {
    for (const size of [1, 9, 10, 15, 16, 255, 256, 65_535, 65_536, 2 ** 31, 2 ** 32 - 1, 2 ** 32, 2 ** 53 - 1]) {
      expect(sizeLine(size)).to.equal(`${size.toString(16)}\r\n`);
    }
  });

  it("makes bodies that the framer reads", () => {
    const body = `${sizeLine(26)}abcdefghijklmnopqrstuvwxyz${CHUNK_END}${LAST_CHUNK}`;
    expect(readBody(body, {})).to.deep.include({ state: "complete", passed: body, dataBytes: 26 });
  });

  it("never writes the size that would end the body, nor beyond its room", () => {
    const room = Buffer.alloc(CHUNK_SIZE_MAX_LENGTH);
    for (const size of [0, -1, 0.5, Number.NaN, 2 ** 53]) {
      expect(() => writeChunkSize(size, room, 0), `${size}`).to.throw(InvariantError);
    }
    expect(() => writeChunkSize(1, room, 1)).to.throw(InvariantError);
  });
});
