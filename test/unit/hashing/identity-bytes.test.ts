import { expect } from "chai";
import { identityBytes, writeU32 } from "../../../src/hashing/identity-bytes.ts";

describe("identityBytes", () => {
  it("is the length in bytes and the UTF-8 text", () => {
    expect([...identityBytes("aé")]).to.deep.equal([3, 0, 0, 0, 0x61, 0xc3, 0xa9]);
    expect([...identityBytes("")]).to.deep.equal([0, 0, 0, 0]);
  });

  it("writes an unsigned 32-bit number, lowest byte first", () => {
    const bytes = new Uint8Array(6);
    writeU32(bytes, 1, 0xfedcba98);
    expect([...bytes]).to.deep.equal([0, 0x98, 0xba, 0xdc, 0xfe, 0]);
  });

  it("keeps an id with digits at its end apart from a shorter id with a longer number", () => {
    const short = Uint8Array.of(...identityBytes("app"), 0x31, 0, 0, 0);
    const long = identityBytes("app1\0\0\0");
    expect(short.length).to.equal(long.length);
    expect([...short.subarray(4)]).to.deep.equal([...long.subarray(4)]);
    expect([...short]).to.not.deep.equal([...long]);
  });
});
