import { expect } from "chai";
import { editDistance, likelyName, nearestName } from "../../../src/config/nearest-name.ts";

describe("editDistance", () => {
  for (const [a, b, distance] of [
    ["", "", 0],
    ["", "abc", 3],
    ["ring", "ring", 0],
    ["rng", "ring", 1],
    ["rign", "ring", 1],
    ["kitten", "sitting", 3],
    ["ca", "abc", 3],
    ["abcdef", "badcfe", 3],
  ] as const) {
    it(`of ${a || "nothing"} and ${b || "nothing"} is ${distance}`, () => {
      expect(editDistance(a, b)).to.equal(distance);
      expect(editDistance(b, a)).to.equal(distance);
    });
  }
});

describe("nearestName", () => {
  it("finds the nearest within two edits, the first of equals", () => {
    expect(nearestName("RETRYS", ["RETRIES", "QUEUE"])).to.equal("RETRIES");
    expect(nearestName("aa", ["ab", "ac"])).to.equal("ab");
    expect(nearestName("ring2", ["rin", "ring"])).to.equal("ring");
    expect(nearestName("Ring", ["ring"])).to.equal("ring");
  });

  it("finds nothing that is three edits away, nor a word that shares nothing", () => {
    expect(nearestName("abcdef", ["abcxyz"])).to.equal(undefined);
    expect(nearestName("xx", ["on"])).to.equal(undefined);
    expect(nearestName("", ["on"])).to.equal(undefined);
    expect(nearestName("a", [])).to.equal(undefined);
  });
});

describe("likelyName", () => {
  const names = ["COOKIE_SECRET", "COOKIE_SECRET_FILE", "HASH_KEY", "HASH_POLICY", "IDLE_TIMEOUT", "CONNECT_TIMEOUT"];

  it("is the nearest, or the only one that holds the name as a whole", () => {
    expect(likelyName("HASH_POLCY", names)).to.equal("HASH_POLICY");
    expect(likelyName("SECRET", names)).to.equal("COOKIE_SECRET");
    expect(likelyName("SECRET_FILE", names)).to.equal("COOKIE_SECRET_FILE");
    expect(likelyName("POLICY", names)).to.equal("HASH_POLICY");
    expect(likelyName("--policy", ["--hash-key", "--hash-policy"])).to.equal("--hash-policy");
  });

  it("is none where several could be meant, or only a piece of a word agrees", () => {
    for (const name of ["TIMEOUT", "HASH", "SEC", "METRICS_LISTEN", "", "_"]) {
      expect(likelyName(name, names), name).to.equal(undefined);
    }
  });
});
