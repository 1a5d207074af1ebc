import { expect } from "chai";
import { crc32c } from "../../../src/proxy-protocol/crc32c.ts";

const ascii = (text: string): Uint8Array => new TextEncoder().encode(text);

describe("crc32c", () => {
  it("gives the published check value", () => {
    expect(crc32c(ascii("123456789"))).to.equal(0xe3069283);
  });

  it("gives the vectors of RFC 3720, Appendix B.4", () => {
    expect(crc32c(new Uint8Array(32))).to.equal(0x8a9136aa);
    expect(crc32c(new Uint8Array(32).fill(0xff))).to.equal(0x62a8ab43);
    expect(crc32c(Uint8Array.from({ length: 32 }, (_, i) => i))).to.equal(0x46dd794e);
    expect(crc32c(Uint8Array.from({ length: 32 }, (_, i) => 31 - i))).to.equal(0x113fdb5c);
  });

  it("is 0 for nothing, and sums in pieces to the same", () => {
    expect(crc32c(new Uint8Array(0))).to.equal(0);
    const whole = ascii("sticky load balancer");
    for (let cut = 0; cut <= whole.length; cut++) {
      expect(crc32c(whole.subarray(cut), crc32c(whole.subarray(0, cut)))).to.equal(crc32c(whole));
    }
  });
});
