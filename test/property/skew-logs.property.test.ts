import { expect } from "chai";
import fc from "fast-check";
import { parseAddress } from "../../src/proxy-protocol/address-text.ts";
import { AddressCounts } from "../../src/skew/logs/address-counts.ts";
import { LogReader } from "../../src/skew/logs/log-reader.ts";
import { readAddress } from "../../src/skew/logs/read-address.ts";
import { AddressList } from "../../src/skew/populations/address-list.ts";

const addresses = fc.oneof(fc.constantFrom("10.0.0.1", "10.0.0.2", "2001:db8::1"), fc.ipV4(), fc.ipV6());

const line = fc.oneof(
  {
    weight: 4,
    arbitrary: addresses.map((a) => `${a} - - [10/Oct/2000:13:55:36 -0700] "GET / HTTP/1.1" 200 5 "-" "-"`),
  },
  {
    weight: 2,
    arbitrary: addresses.map((a) => `${a}:33313 [06/Feb/2009:12:12:51.443] f b/s 0/0/5007 212 -- 0/0/0/0/3 0/0`),
  },
  { weight: 2, arbitrary: addresses.map((a) => `{"kind":"connection","client_ip":"${a}"}`) },
  { weight: 2, arbitrary: fc.tuple(addresses, fc.nat(9)).map(([a, n]) => `${a},${n}`) },
  {
    weight: 1,
    arbitrary: fc.constantFrom("", " ", "\r", "junk", "\u0000\u00ff", `#${"x".repeat(70_000)}`, "x".repeat(30_000)),
  },
);

const logs = fc
  .tuple(fc.array(line, { maxLength: 40 }), fc.constantFrom("\n", "\r\n"), fc.boolean())
  .map(([lines, end, ended]) => Buffer.from(lines.join(end) + (ended ? end : ""), "latin1"));

/** Cuts anywhere: most at small distances, to hit heads and ends of lines. */
const cuts = fc.array(fc.oneof(fc.integer({ min: 0, max: 90 }), fc.integer({ min: 0, max: 40_000 })), {
  minLength: 1,
  maxLength: 30,
});

function read(log: Uint8Array, sizes: readonly number[]) {
  const counts = new AddressCounts({ prefixV4: 32, prefixV6: 64, maxClients: 8 });
  const reader = new LogReader(counts, { format: undefined, badLinesShown: 3, masked: false });
  let at = 0;
  for (const size of sizes) {
    reader.push(log.subarray(at, at + size));
    at += size;
  }
  reader.push(log.subarray(at));
  const facts = reader.end();
  const { addresses: list, counts: numbers, errors } = counts.clients();
  return { facts, clients: Array.from(numbers, (n, i) => [list.text(i), n, errors[i]]), total: counts.total };
}

describe("reading logs", () => {
  it("gives the same answer however the bytes are cut", () => {
    fc.assert(
      fc.property(logs, cuts, (log, sizes) => {
        expect(read(log, sizes)).to.deep.equal(read(log, []));
      }),
      { numRuns: 200 },
    );
  });

  it("puts every line that is not blank into one of five heaps", () => {
    fc.assert(
      fc.property(logs, (log) => {
        const { facts } = read(log, []);
        const blank = /^[ \t]*\r?$/;
        const lines = log
          .toString("latin1")
          .split("\n")
          .filter((text) => !blank.test(text)).length;
        expect(facts.lines).to.equal(lines);
        expect(facts.counted + facts.passedOver + facts.withoutAddress + facts.malformed).to.equal(lines);
        expect(facts.bytes).to.equal(log.length);
      }),
      { numRuns: 100 },
    );
  });
});

describe("reading addresses", () => {
  /** Addresses, and what is almost one. */
  const texts = fc.oneof(
    addresses,
    fc
      .tuple(addresses, fc.nat(40), fc.constantFrom("", ":", "::", ".", "0", "f", "%", "1.2.3.4"))
      .map(([text, at, piece]) => text.slice(0, at) + piece + text.slice(at + 1)),
    fc
      .array(fc.constantFrom(":", "::", "0", "1", "ffff", ".", "255"), { maxLength: 12 })
      .map((parts) => parts.join("")),
  );

  it("takes and refuses what the parser of PROXY headers does", () => {
    fc.assert(
      fc.property(texts, (text) => {
        const words = new Int32Array(4);
        const bytes = Buffer.from(text, "latin1");
        const expected = parseAddress(text);
        const isAddress = readAddress(bytes, 0, bytes.length, words);
        expect(isAddress, text).to.equal(expected !== undefined);
        if (expected !== undefined) expect([...new AddressList(words).bytes(0)], text).to.deep.equal([...expected]);
      }),
      { numRuns: 3_000 },
    );
  });
});

describe("counting addresses", () => {
  /** Few clients, of which the first come most. */
  const stream = fc.array(
    fc
      .tuple(fc.nat(60), fc.nat(60), fc.integer({ min: 1, max: 5 }))
      .map(([a, b, count]) => ({ client: Math.min(a, b), count })),
    { maxLength: 400 },
  );
  const wordsOf = (client: number): Int32Array =>
    client % 2 === 0 ? Int32Array.of(0, 0, 0xffff, client << 24) : Int32Array.of(0x20010db8, client, 0, 0);

  it("is exact with enough room, and keeps the promises of Space-Saving without", () => {
    fc.assert(
      fc.property(stream, fc.integer({ min: 1, max: 70 }), (steps, maxClients) => {
        const counts = new AddressCounts({ prefixV4: 32, prefixV6: 64, maxClients });
        const truth = new Map<string, number>();
        for (const { client, count } of steps) {
          counts.add(wordsOf(client), count);
          const name = new AddressList(wordsOf(client)).text(0);
          truth.set(name, (truth.get(name) ?? 0) + count);
        }
        const total = steps.reduce((sum, { count }) => sum + count, 0);
        const { addresses: list, counts: numbers, errors } = counts.clients();
        const kept = new Set(Array.from(numbers, (_, i) => list.text(i)));
        expect(counts.total).to.equal(total);
        expect(kept.size).to.equal(Math.min(maxClients, truth.size));
        expect(numbers.reduce((a, b) => a + b, 0)).to.equal(total);
        expect(counts.errorAtMost).to.be.at.most(total / maxClients);
        if (truth.size <= maxClients) expect(counts.errorAtMost).to.equal(0);
        numbers.forEach((atMost, i) => {
          const error = errors[i] ?? 0;
          expect(truth.get(list.text(i)) ?? 0).to.be.within(atMost - error, atMost);
          expect(error).to.be.at.most(counts.errorAtMost);
        });
        for (const [name, count] of truth) if (!kept.has(name)) expect(count).to.be.at.most(counts.errorAtMost);
      }),
      { numRuns: 200 },
    );
  });
});
