import { expect } from "chai";
import { TokenBuckets } from "../../../src/path/token-buckets.ts";

const rate = { perSecond: 10, burst: 3 };

/** How many of `tries` connections at this moment get a token. */
function taken(buckets: TokenBuckets, client: string, nowMs: number, tries = 20, at = rate): number {
  return Array.from({ length: tries }, () => buckets.take(client, at, nowMs)).filter(Boolean).length;
}

describe("TokenBuckets", () => {
  it("lets a burst through, then what the rate earns", () => {
    const buckets = new TokenBuckets();
    expect(taken(buckets, "c", 1000)).to.equal(3);
    expect(taken(buckets, "c", 1099)).to.equal(0);
    expect(taken(buckets, "c", 1101)).to.equal(1);
    expect(taken(buckets, "c", 1301)).to.equal(2);
  });

  it("never holds more than the burst", () => {
    const buckets = new TokenBuckets();
    expect(taken(buckets, "c", 0)).to.equal(3);
    expect(taken(buckets, "c", 3_600_000)).to.equal(3);
  });

  it("does not lose what is earned between two refusals", () => {
    const buckets = new TokenBuckets();
    taken(buckets, "c", 0);
    let through = 0;
    for (let nowMs = 0; nowMs <= 10_000; nowMs += 7) through += taken(buckets, "c", nowMs, 1);
    expect(through).to.be.within(98, 101);
  });

  it("keeps clients apart", () => {
    const buckets = new TokenBuckets();
    expect(taken(buckets, "a", 0)).to.equal(3);
    expect(taken(buckets, "b", 0)).to.equal(3);
    expect(taken(buckets, "a", 0)).to.equal(0);
  });

  it("follows a rate that was changed", () => {
    const buckets = new TokenBuckets();
    expect(taken(buckets, "c", 0)).to.equal(3);
    expect(taken(buckets, "c", 1000, 20, { perSecond: 1, burst: 1 })).to.equal(1);
    expect(taken(buckets, "c", 2000, 20, { perSecond: 100, burst: 50 })).to.equal(20);
  });

  it("takes less than one connection a second", () => {
    const buckets = new TokenBuckets();
    const slow = { perSecond: 0.5, burst: 1 };
    expect(taken(buckets, "c", 0, 5, slow)).to.equal(1);
    expect(taken(buckets, "c", 1999, 5, slow)).to.equal(0);
    expect(taken(buckets, "c", 2000, 5, slow)).to.equal(1);
  });
});
