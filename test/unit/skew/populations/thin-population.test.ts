import { expect } from "chai";
import { concentration } from "../../../../src/skew/measures/concentration.ts";
import type { Population } from "../../../../src/skew/populations/population.ts";
import { RememberedAddresses } from "../../../../src/skew/populations/remembered-addresses.ts";
import { thinPopulation } from "../../../../src/skew/populations/thin-population.ts";

/** Clients 10.0.0.0, 10.0.0.1, … with these counts. */
function logOf(counts: readonly number[]): Population {
  const words = new Int32Array(4 * counts.length);
  counts.forEach((_, i) => {
    words.set([0, 0, 0xffff, 0x0a000000 + i], 4 * i);
  });
  return {
    ...{ name: "log", title: "a log", source: "log", seed: undefined, users: undefined, groups: ["log"] },
    addresses: new RememberedAddresses(words),
    connections: Float64Array.from(counts),
    groupOf: new Uint16Array(counts.length),
  };
}

const sum = (counts: Float64Array): number => counts.reduce((a, b) => a + b, 0);

describe("thinPopulation", () => {
  it("leaves a small population alone", () => {
    const small = logOf([5, 4, 3, 2]);
    expect(thinPopulation(small, 4)).to.equal(small);
    expect(thinPopulation(small, 5)).to.equal(small);
  });

  it("keeps the heaviest as they are, wherever they are, and the total", () => {
    const counts = Array.from({ length: 10_000 }, (_, i) => 1 + (i % 3));
    counts[7_777] = 4_000;
    counts[12] = 900;
    const whole = logOf(counts);
    const thin = thinPopulation(whole, 400);
    expect(thin.addresses.length).to.be.within(390, 400);
    expect(thin.groupOf.length).to.equal(thin.addresses.length);
    expect([thin.addresses.text(0), thin.addresses.text(1)]).to.deep.equal(["10.0.30.97", "10.0.0.12"]);
    expect([...thin.connections.subarray(0, 2)]).to.deep.equal([4_000, 900]);
    expect(sum(thin.connections)).to.equal(sum(whole.connections));
    for (const count of thin.connections) expect(Number.isInteger(count) && count > 0).to.equal(true);
    expect(new Set(Array.from(thin.connections, (_, i) => thin.addresses.text(i))).size).to.equal(
      thin.addresses.length,
    );
    expect(concentration(thin.connections).heaviestShare).to.equal(concentration(whole.connections).heaviestShare);
    // The others are few now, but equal.
    const rest = [...thin.connections.subarray(100)];
    expect(Math.max(...rest) - Math.min(...rest)).to.be.lessThan(2);
  });

  it("leaves every network its part", () => {
    const thin = thinPopulation(logOf(Array.from({ length: 25_600 }, () => 4)), 1_000);
    const byNetwork = new Map<string, number>();
    thin.connections.forEach((count, i) => {
      const network = thin.addresses.text(i, { v4: 20, v6: 64 });
      // The heaviest are the first here, as all are equal.
      if (i >= 250) byNetwork.set(network, (byNetwork.get(network) ?? 0) + count);
    });
    const full = [...byNetwork.values()].slice(1, -1);
    expect(full.length).to.equal(5);
    for (const part of full) expect(part).to.be.within(4 * 4096 - 140, 4 * 4096 + 140);
  });

  it("takes those in the middle of their stretches, so that neither end is preferred", () => {
    // Two as the heaviest, and of the other 54 one in nine.
    const { addresses } = thinPopulation(logOf(Array.from({ length: 56 }, () => 1)), 8);
    const kept = Array.from({ length: addresses.length }, (_, i) => addresses.bytes(i)[3]);
    expect(kept).to.deep.equal([0, 1, 6, 15, 24, 33, 42, 51]);
  });

  it("does not invent connections where most come once", () => {
    const thin = thinPopulation(logOf(Array.from({ length: 50 }, () => 1)), 40);
    expect(sum(thin.connections)).to.equal(50);
  });
});

describe("RememberedAddresses", () => {
  it("gives the same array and text at every call, and masks all the same", () => {
    const { addresses } = logOf([1, 2]);
    expect(addresses.bytes(1)).to.equal(addresses.bytes(1));
    expect([...addresses.bytes(1)]).to.deep.equal([10, 0, 0, 1]);
    expect(addresses.text(1)).to.equal("10.0.0.1");
    expect(addresses.text(1, { v4: 24, v6: 48 })).to.equal("10.0.0.0/24");
    expect(addresses.text(1)).to.equal("10.0.0.1");
    expect(() => addresses.bytes(2)).to.throw("there is no address 2");
  });
});
