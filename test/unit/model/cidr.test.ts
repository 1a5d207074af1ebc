import { expect } from "chai";
import { anyCidrContains, type Cidr, cidrContains } from "../../../src/model/cidr.ts";

function block(bytes: readonly number[], bits: number): Cidr {
  return { bytes: Uint8Array.from(bytes), bits, text: "" };
}

const v4 = (...bytes: readonly number[]): Uint8Array => Uint8Array.from(bytes);
const v6 = (...head: readonly number[]): Uint8Array => Uint8Array.from({ length: 16 }, (_, i) => head[i] ?? 0);

describe("cidrContains", () => {
  const cases: readonly (readonly [string, Cidr, Uint8Array, boolean])[] = [
    ["whole bytes, inside", block([10, 1, 0, 0], 16), v4(10, 1, 255, 7), true],
    ["whole bytes, outside", block([10, 1, 0, 0], 16), v4(10, 2, 0, 0), false],
    ["parts of a byte, the last inside", block([10, 16, 0, 0], 12), v4(10, 31, 255, 255), true],
    ["parts of a byte, the first outside", block([10, 16, 0, 0], 12), v4(10, 32, 0, 0), false],
    ["one address", block([192, 0, 2, 7], 32), v4(192, 0, 2, 7), true],
    ["its neighbour", block([192, 0, 2, 7], 32), v4(192, 0, 2, 6), false],
    ["a pair, 31 bits", block([192, 0, 2, 6], 31), v4(192, 0, 2, 7), true],
    ["everything", block([0, 0, 0, 0], 0), v4(255, 1, 2, 3), true],
    ["bits of the block that do not count", block([10, 1, 2, 3], 8), v4(10, 200, 0, 1), true],
    ["IPv6, inside", block([...v6(0x20, 0x01, 0x0d, 0xb8)], 33), v6(0x20, 0x01, 0x0d, 0xb8, 0x7f), true],
    ["IPv6, outside", block([...v6(0x20, 0x01, 0x0d, 0xb8)], 33), v6(0x20, 0x01, 0x0d, 0xb8, 0x80), false],
    ["IPv4 in the IPv6 block of everything", block([...v6()], 0), v4(10, 0, 0, 1), false],
    ["IPv6 in the IPv4 block of everything", block([0, 0, 0, 0], 0), v6(0x20), false],
    ["no address at all", block([0, 0, 0, 0], 0), new Uint8Array(0), false],
  ];
  for (const [name, cidr, address, expected] of cases) {
    it(`${name}: ${expected}`, () => {
      expect(cidrContains(cidr, address)).to.equal(expected);
    });
  }

  it("agrees with comparing bit by bit, for every length", () => {
    const bits = (bytes: Uint8Array) => [...bytes].map((b) => b.toString(2).padStart(8, "0")).join("");
    const [a, b] = [v4(172, 16, 170, 85), v4(172, 16, 170, 84)];
    for (let length = 0; length <= 32; length++) {
      const expected = bits(a).slice(0, length) === bits(b).slice(0, length);
      expect(cidrContains(block([...a], length), b), `/${length}`).to.equal(expected);
    }
  });
});

describe("anyCidrContains", () => {
  it("asks all blocks", () => {
    const blocks = [block([10, 0, 0, 0], 8), block([192, 0, 2, 0], 24)];
    expect(anyCidrContains(blocks, v4(192, 0, 2, 1))).to.equal(true);
    expect(anyCidrContains(blocks, v4(192, 0, 3, 1))).to.equal(false);
    expect(anyCidrContains([], v4(10, 0, 0, 1))).to.equal(false);
  });
});
