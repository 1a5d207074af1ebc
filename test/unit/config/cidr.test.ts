import { expect } from "chai";
import type { Reading } from "../../../src/config/reading.ts";
import { readText } from "../../../src/config/setting-type.ts";
import { cidrList } from "../../../src/config/types/cidr.ts";
import { anyCidrContains, type Cidr } from "../../../src/model/cidr.ts";

const { schema } = cidrList();

function blocks(text: string): readonly Cidr[] {
  const reading: Reading<readonly Cidr[]> = readText(schema, text);
  if (!reading.ok) throw new Error(reading.refusals.map(({ problem }) => problem).join());
  return reading.value;
}

function refusal(text: string) {
  const reading = readText(schema, text);
  return reading.ok ? undefined : reading.refusals[0];
}

const v4 = (...bytes: number[]): Uint8Array => Uint8Array.from(bytes);

describe("CIDR list", () => {
  it("reads blocks and single addresses of both families, and keeps the text", () => {
    expect(blocks("10.0.0.0/8, 192.0.2.1 2001:db8::/32\n::1")).to.deep.equal([
      { bytes: v4(10, 0, 0, 0), bits: 8, text: "10.0.0.0/8" },
      { bytes: v4(192, 0, 2, 1), bits: 32, text: "192.0.2.1" },
      { bytes: v4(0x20, 1, 0x0d, 0xb8, ...Array(12).fill(0)), bits: 32, text: "2001:db8::/32" },
      { bytes: v4(...Array(15).fill(0), 1), bits: 128, text: "::1" },
    ]);
  });

  it("reads /0 as everything of one family", () => {
    expect(anyCidrContains(blocks("0.0.0.0/0"), v4(203, 0, 113, 9))).to.equal(true);
    expect(anyCidrContains(blocks("::/0"), v4(203, 0, 113, 9))).to.equal(false);
  });

  it("folds IPv4-mapped blocks, counting the prefix from the IPv4 part", () => {
    expect(blocks("::ffff:10.0.0.0/104")).to.deep.equal([
      { bytes: v4(10, 0, 0, 0), bits: 8, text: "::ffff:10.0.0.0/104" },
    ]);
    expect(blocks("::ffff:10.0.0.7")[0]?.bits).to.equal(32);
    expect(refusal("::ffff:10.0.0.0/8")?.problem).to.include("96 to 128");
  });

  it("knows words", () => {
    const inside = (words: string, ...address: number[]): boolean => anyCidrContains(blocks(words), v4(...address));
    expect(inside("loopback", 127, 9, 9, 9)).to.equal(true);
    expect(inside("loopback", 10, 0, 0, 1)).to.equal(false);
    expect(inside("private", 172, 31, 255, 255)).to.equal(true);
    expect(inside("private", 172, 32, 0, 0)).to.equal(false);
    expect(inside("uniquelocal", 0xfd, ...Array(15).fill(1))).to.equal(true);
    expect(inside("private", 0xfd, ...Array(15).fill(1))).to.equal(false);
    expect(inside("LinkLocal", 169, 254, 1, 1)).to.equal(true);
    expect(inside("linklocal", 0xfe, 0x80, ...Array(14).fill(1))).to.equal(true);
  });

  for (const [text, network] of [
    ["10.1.2.3/8", "10.0.0.0/8"],
    ["192.0.2.129/25", "192.0.2.128/25"],
    ["192.0.2.1/31", "192.0.2.0/31"],
    ["2001:db8::1/64", "2001:db8::/64"],
    ["255.255.255.255/0", "0.0.0.0/0"],
  ] as const) {
    it(`refuses host bits in ${text} and names ${network}`, () => {
      expect(refusal(text)?.hint).to.equal(`did you mean ${network}?`);
    });
  }

  for (const text of [
    "10.0.0.0/33",
    "::/129",
    "10.0.0.0/",
    "10.0.0.0/8/8",
    "10/8",
    "010.0.0.0/8",
    "fe80::%eth0/64",
    "all",
    "/8",
  ]) {
    it(`refuses ${text}`, () => {
      expect(refusal(text)?.at).to.equal("[0]");
    });
  }
});
