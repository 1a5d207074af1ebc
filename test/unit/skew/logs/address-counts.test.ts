import { expect } from "chai";
import { AddressCounts, type AddressCountsOptions } from "../../../../src/skew/logs/address-counts.ts";
import { readAddress } from "../../../../src/skew/logs/read-address.ts";

const whole = { prefixV4: 32, prefixV6: 128, maxClients: 100 };

function counted(options: AddressCountsOptions, ...texts: readonly string[]): AddressCounts {
  const counts = new AddressCounts(options);
  for (const text of texts) {
    const words = new Int32Array(4);
    expect(readAddress(Buffer.from(text), 0, text.length, words)).to.equal(true);
    counts.add(words, 1);
  }
  return counts;
}

function lines(counts: AddressCounts): readonly string[] {
  const { addresses, counts: numbers, errors } = counts.clients();
  return Array.from(numbers, (n, i) => `${addresses.text(i)} ${n}${errors[i] === 0 ? "" : `-${errors[i]}`}`);
}

describe("AddressCounts", () => {
  it("sorts clients by their counts, then by their addresses", () => {
    const counts = counted(whole, "10.0.0.9", "10.0.0.1", "200.0.0.1", "10.0.0.9", "::1", "200.0.0.1", "10.0.0.9");
    expect(lines(counts)).to.deep.equal(["10.0.0.9 3", "200.0.0.1 2", "::1 1", "10.0.0.1 1"]);
    expect(counts.total).to.equal(7);
    expect(counts.size).to.equal(4);
    expect(counts.errorAtMost).to.equal(0);
  });

  it("counts by prefix", () => {
    const prefixes = { ...whole, prefixV4: 24, prefixV6: 64 };
    const counts = counted(
      prefixes,
      "10.0.0.9",
      "10.0.0.1",
      "10.0.1.1",
      "2001:db8::1",
      "2001:db8::ffff",
      "2001:db8:0:1::1",
      "::ffff:10.0.0.3",
    );
    expect(lines(counts)).to.deep.equal(["10.0.0.0 3", "2001:db8:: 2", "10.0.1.0 1", "2001:db8:0:1:: 1"]);
    expect(lines(counted({ ...whole, prefixV4: 0, prefixV6: 0 }, "1.2.3.4", "200.1.1.1", "fe80::1"))).to.deep.equal([
      "0.0.0.0 2",
      ":: 1",
    ]);
    expect(
      lines(counted({ ...whole, prefixV6: 33 }, "2001:db8:8000::", "2001:db8:ffff::", "2001:db8:7fff::")),
    ).to.deep.equal(["2001:db8:8000:: 2", "2001:db8:: 1"]);
  });

  it("drops the lightest when it is full, and says what that may have cost", () => {
    const counts = counted({ ...whole, maxClients: 2 }, "1.1.1.1", "1.1.1.1", "2.2.2.2", "3.3.3.3");
    expect(lines(counts)).to.deep.equal(["1.1.1.1 2", "3.3.3.3 2-1"]);
    expect(counts.errorAtMost).to.equal(1);
    expect(counts.size).to.equal(2);
    expect(counts.total).to.equal(4);
  });

  it("finds every client again, however many have come and gone before", () => {
    // As full as the index ever is: 1,024 of its 2,048 places.
    const counts = new AddressCounts({ ...whole, maxClients: 1_024 });
    for (let i = 0; i < 50_000; i++) counts.add(Int32Array.of(0x20010db8, 0, 0, i % 3 === 0 ? i % 600 : i), 1);
    const { addresses, counts: numbers } = counts.clients();
    expect(new Set(lines(counts).map((line) => line.split(" ")[0])).size).to.equal(addresses.length);
    expect(addresses.length).to.equal(1_024);
    expect(numbers.reduce((a, b) => a + b, 0)).to.equal(50_000);
  });

  describe("with thousands of clients", () => {
    /** Client i has 1 + i mod 3 connections; they come in three rounds, so that the index has grown in between. */
    function thousands(maxClients: number, clients: number): AddressCounts {
      const counts = new AddressCounts({ ...whole, maxClients });
      for (let round = 0; round < 3; round++) {
        for (let i = 0; i < clients; i++) {
          if (i % 3 >= round) counts.add(Int32Array.of(0x20010db8, i % 5, 0, i), 1);
        }
      }
      return counts;
    }

    it("is exact as long as they have room", () => {
      const counts = thousands(5_000, 5_000);
      const { addresses, counts: numbers } = counts.clients();
      expect(counts.size).to.equal(5_000);
      expect(counts.errorAtMost).to.equal(0);
      const found = Array.from(numbers, (n, i) => {
        const bytes = addresses.bytes(i);
        const client = (bytes[14] ?? 0) * 256 + (bytes[15] ?? 0);
        return n === 1 + (client % 3) && bytes[7] === client % 5 ? client : -1;
      });
      expect(found.sort((a, b) => a - b)).to.deep.equal(found.map((_, i) => i));
    });

    it("keeps its promises, and finds again whom it keeps, when they have none", () => {
      const counts = thousands(3_000, 50_000);
      for (let i = 0; i < 500; i++) counts.add(Int32Array.of(0x20010db8, 0, 0, 7), 1);
      const { addresses, counts: numbers, errors } = counts.clients();
      expect(counts.size).to.equal(3_000);
      expect(counts.total).to.equal(100_499);
      expect(numbers.reduce((a, b) => a + b, 0)).to.equal(counts.total);
      expect(counts.errorAtMost).to.be.within(1, counts.total / 3_000);
      expect(addresses.text(0)).to.equal("2001:db8::7");
      expect(500).to.be.within((numbers[0] ?? 0) - (errors[0] ?? 0), numbers[0] ?? 0);
      const names = new Set(Array.from(numbers, (_, i) => addresses.text(i)));
      expect(names.size).to.equal(3_000);
    });
  });

  it("refuses options out of range", () => {
    const make = (options: Partial<AddressCountsOptions>) => () => new AddressCounts({ ...whole, ...options });
    expect(make({ prefixV4: 33 })).to.throw(
      RangeError,
      "the prefix of IPv4 must be a whole number from 0 to 32, not 33",
    );
    expect(make({ prefixV6: 129 })).to.throw(RangeError, "from 0 to 128");
    expect(make({ maxClients: 0 })).to.throw(RangeError, "from 1 to 16777216");
    expect(make({ maxClients: 1.5 })).to.throw(RangeError);
  });
});
