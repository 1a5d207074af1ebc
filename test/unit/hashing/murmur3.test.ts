import { expect } from "chai";
import { fmix32, hashBytes, hashOfNumbered, hashWords, keyHash } from "../../../src/hashing/murmur3.ts";

/**
 * The verification code of SMHasher (`VerificationTest` in its KeysetTest.cpp): hash the keys {}, {0}, {0,1} … {0,…,254},
 * each with the seed 256 − length, then hash all the results together; the first four bytes are the code.
 */
function verificationCode(hash: (bytes: Uint8Array, seed: number) => readonly number[]): number {
  const results: number[] = [];
  for (let length = 0; length < 256; length++) {
    const key = Uint8Array.from({ length }, (_, i) => i);
    for (const word of hash(key, 256 - length)) {
      results.push(word & 0xff, (word >>> 8) & 0xff, (word >>> 16) & 0xff, word >>> 24);
    }
  }
  return hash(Uint8Array.from(results), 0)[0] ?? 0;
}

function addressBytes(address: number): Uint8Array {
  return Uint8Array.of(address >>> 24, address >>> 16, address >>> 8, address);
}

describe("murmur3", () => {
  it("hashBytes has the SMHasher verification code of MurmurHash3_x86_32", () => {
    expect(verificationCode((bytes, seed) => [hashBytes(bytes, seed)])).to.equal(0xb0f57ee3);
  });

  it("hashWords has the SMHasher verification code of MurmurHash3_x86_128", () => {
    expect(verificationCode(hashWords)).to.equal(0xb3ece62a);
  });

  it("answers unsigned integers", () => {
    for (let address = 0; address < 2000; address++) {
      const hash = hashBytes(addressBytes(address), 0xffffffff);
      expect(hash).to.satisfy(Number.isInteger).and.to.be.within(0, 0xffffffff);
    }
  });

  it("never gives two IPv4 addresses the same hash", () => {
    const hashes = new Set<number>();
    let addresses = 0;
    for (let i = 0; i < 60_000; i++, addresses++) hashes.add(keyHash(addressBytes(0x0a000000 + i), 5));
    for (let i = 0; i < 60_000; i++, addresses++) hashes.add(keyHash(addressBytes(0x40000000 + 35_789 * i), 5));
    expect(hashes.size).to.equal(addresses);
  });

  it("depends on the seed", () => {
    expect(keyHash(addressBytes(1), 0)).to.not.equal(keyHash(addressBytes(1), 1));
  });

  it("hashes the bytes of a view, not those of its buffer", () => {
    const view = new Uint8Array([9, 9, 1, 2, 3, 4, 9]).subarray(2, 6);
    expect(hashBytes(view, 7)).to.equal(hashBytes(Uint8Array.of(1, 2, 3, 4), 7));
    expect(hashBytes(Buffer.from(view), 7)).to.equal(hashBytes(Uint8Array.of(1, 2, 3, 4), 7));
  });

  it("refuses text instead of placing every client alike", () => {
    const text = "10.0.0.1" as unknown as Uint8Array;
    expect(() => hashBytes(text, 0)).to.throw(TypeError, "only bytes");
    expect(() => hashWords(text, 0)).to.throw(TypeError, "only bytes");
    expect(() => keyHash(text, 0)).to.throw(TypeError, "only bytes");
  });

  it("hashOfNumbered is hashBytes of the prefix and the number behind it, whatever the length", () => {
    for (let length = 0; length <= 13; length++) {
      const prefix = Uint8Array.from({ length }, (_, i) => 0xff - 37 * i);
      for (const seed of [0, 1, 0x80000000, 0xffffffff]) {
        const hash = hashOfNumbered(prefix, seed);
        for (const number of [0, 1, 0xff, 0x100, 0x01020304, 0x7fffffff, 0x80000000, 0xfedcba98, 0xffffffff]) {
          const [a, b, c, d] = addressBytes(number);
          const bytes = Uint8Array.of(...prefix, d ?? 0, c ?? 0, b ?? 0, a ?? 0);
          expect(hash(number) >>> 0, `${length} bytes, ${number}, seed ${seed}`).to.equal(hashBytes(bytes, seed));
        }
      }
    }
  });

  it("fmix32 ends murmur3: of the empty input it sees the seed alone", () => {
    for (const seed of [0, 1, 2, 0x7fffffff, 0x80000000, 0xdeadbeef, 0xffffffff]) {
      expect(fmix32(seed) >>> 0).to.equal(hashBytes(new Uint8Array(0), seed));
    }
    expect(fmix32(0)).to.equal(0);
    expect(fmix32(1)).to.equal(0x514e28b7);
  });
});
