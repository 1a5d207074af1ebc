import { isIPv4, isIPv6 } from "node:net";
import { expect } from "chai";
import fc from "fast-check";
import type { Endpoint } from "../../src/model/client-key.ts";
import { foldMapped, formatAddress, parseIpv4, parseIpv6 } from "../../src/proxy-protocol/address-text.ts";
import { decodeProxyHeader } from "../../src/proxy-protocol/decode.ts";
import { encodeProxyV1, encodeProxyV2 } from "../../src/proxy-protocol/encode.ts";
import type { Decoded, Tlv } from "../../src/proxy-protocol/header.ts";

const port = fc.nat(65_535);
const ipv4 = fc.uint8Array({ minLength: 4, maxLength: 4 });
/** Zeros and mapped addresses are what goes wrong, so they come often. */
const ipv6 = fc.oneof(
  fc.uint8Array({ minLength: 16, maxLength: 16 }),
  fc
    .array(fc.constantFrom(0, 0, 0, 1, 0xffff, 0x0db8), { minLength: 8, maxLength: 8 })
    .map((groups) => Uint8Array.from(groups.flatMap((group) => [group >> 8, group & 0xff]))),
  ipv4.map((bytes) => Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, ...bytes)),
);
/** As the model wants them: IPv4-mapped folded. */
const address = fc.oneof(ipv4, ipv6).map((bytes) => formatAddress(foldMapped(bytes)));
const endpoint: fc.Arbitrary<Endpoint> = fc.record({ address, port });
const tlv: fc.Arbitrary<Tlv> = fc.record({
  type: fc.nat(255).filter((type) => type !== 3 && type !== 4),
  value: fc.uint8Array({ maxLength: 40 }),
});
const payload = fc.uint8Array({ maxLength: 64 });

const v1Header = fc.oneof(
  fc.tuple(endpoint, endpoint).map(([source, destination]) => encodeProxyV1(source, destination)),
  fc
    .uint8Array({ maxLength: 91 })
    .map((junk) => junk.map((byte) => (byte === 0x0a ? 0x20 : byte)))
    .map((junk) => Buffer.concat([Buffer.from("PROXY UNKNOWN "), junk, Buffer.from("\r\n")])),
);
const v2Header = fc
  .record({
    source: endpoint,
    destination: endpoint,
    command: fc.constantFrom("proxy" as const, "local" as const),
    tlvs: fc.array(tlv, { maxLength: 4 }),
    crc32c: fc.boolean(),
  })
  .map(({ source, destination, ...options }) => encodeProxyV2(source, destination, options));
const anyHeader = fc.oneof(v1Header, v2Header);

const join = (...parts: readonly Uint8Array[]): Uint8Array => new Uint8Array(Buffer.concat(parts));

function decoded(bytes: Uint8Array): Decoded {
  const result = decodeProxyHeader(bytes);
  if (result.kind !== "header") throw new Error(`not a header but ${JSON.stringify(result)}`);
  return result;
}

describe("PROXY protocol codec", () => {
  it("v1: decode is the inverse of encode", () => {
    fc.assert(
      fc.property(endpoint, endpoint, payload, (source, destination, rest) => {
        const bytes = encodeProxyV1(source, destination);
        expect(bytes.length).to.be.at.most(107);
        expect(decoded(join(bytes, rest))).to.deep.equal({
          kind: "header",
          header: { version: 1, command: "proxy", transport: "stream", source, destination, tlvs: [] },
          length: bytes.length,
        });
      }),
      { numRuns: 500 },
    );
  });

  it("v2: decode is the inverse of encode", () => {
    const options = fc.record({ tlvs: fc.array(tlv, { maxLength: 4 }), crc32c: fc.boolean() });
    fc.assert(
      fc.property(endpoint, endpoint, options, payload, (source, destination, { tlvs, crc32c }, rest) => {
        const bytes = encodeProxyV2(source, destination, { tlvs, crc32c });
        expect(decoded(join(bytes, rest))).to.deep.equal({
          kind: "header",
          header: { version: 2, command: "proxy", transport: "stream", source, destination, tlvs },
          length: bytes.length,
        });
        const local = encodeProxyV2(source, destination, { tlvs, crc32c, command: "local" });
        expect(decoded(join(local, rest))).to.deep.equal({
          kind: "header",
          header: { version: 2, command: "local", transport: "unspec", tlvs },
          length: local.length,
        });
      }),
      { numRuns: 500 },
    );
  });

  it("every prefix of a header needs more, and the answer does not depend on what follows the header", () => {
    fc.assert(
      fc.property(anyHeader, payload, (bytes, rest) => {
        for (let end = 0; end < bytes.length; end++) {
          expect(decodeProxyHeader(bytes.subarray(0, end)).kind, `${end} of ${bytes.length}`).to.equal("need-more");
        }
        const whole = decoded(bytes);
        expect(whole.length).to.equal(bytes.length);
        for (let end = 0; end <= rest.length; end++) {
          expect(decoded(join(bytes, rest.subarray(0, end)))).to.deep.equal(whole);
        }
      }),
      { numRuns: 150 },
    );
  });

  it("atLeast is honest: below it nothing can be decided, at it something can", () => {
    // Continuations that decide wherever a decision is possible: a wrong byte, the end of a line or half of it, no length.
    const deciders = [Uint8Array.of(0xff), Buffer.from("\r\n"), Buffer.from("\n"), Uint8Array.of(0)];
    fc.assert(
      fc.property(anyHeader, fc.uint8Array({ minLength: 64, maxLength: 64 }), (bytes, noise) => {
        for (let end = 0; end < bytes.length; end++) {
          const prefix = bytes.subarray(0, end);
          const result = decodeProxyHeader(prefix);
          if (result.kind !== "need-more") throw new Error(result.kind);
          const { atLeast } = result;
          expect(atLeast).to.be.within(end + 1, bytes.length);
          for (let length = end + 1; length < atLeast; length++) {
            const longer = join(prefix, noise, bytes).subarray(0, length);
            expect(decodeProxyHeader(longer).kind, `${end} + ${length - end}`).to.equal("need-more");
          }
          const ways = [bytes, ...deciders.map((tail) => join(prefix, ...Array(1 + atLeast - end).fill(tail)))];
          // The first half of a length may already rule out every decision; then byte 16 only tells how much is to come.
          if (end === 15 && atLeast === 16) continue;
          const kinds = ways.map((way) => decodeProxyHeader(way.subarray(0, atLeast)).kind);
          expect(
            kinds.some((kind) => kind !== "need-more"),
            `${end}, ${atLeast}: ${kinds}`,
          ).to.equal(true);
        }
      }),
      { numRuns: 100 },
    );
  });

  it("never throws, never claims more than it was given, and gives a final answer once for all", () => {
    const start = fc.constantFrom(
      "",
      "P",
      "PROXY ",
      "PROXY TCP4 ",
      "PROXY TCP6 ",
      "PROXY UNKNOWN",
      "\r\n\r\n\0\r\nQUIT\n",
    );
    const nearly = fc
      .tuple(anyHeader, fc.nat(), fc.nat(255))
      .map(([bytes, at, value]) => bytes.map((byte, index) => (index === at % bytes.length ? value : byte)));
    const lines = fc
      .array(fc.constantFrom(..."PROXYTCP46UNKW 0123456789abcdef.:%\r\n"), { maxLength: 60 })
      .map((letters) => Buffer.from(letters.join("")));
    const noise = fc.oneof(fc.uint8Array({ maxLength: 130 }), lines, nearly);
    fc.assert(
      fc.property(start, noise, (beginning, rest) => {
        const bytes = join(Buffer.from(beginning), rest);
        const before = bytes.slice();
        let final: unknown;
        for (let end = 0; end <= bytes.length; end++) {
          const result = decodeProxyHeader(bytes.subarray(0, end));
          if (final !== undefined) {
            expect(result).to.deep.equal(final);
          } else if (result.kind === "need-more") {
            expect(result.atLeast).to.be.greaterThan(end);
          } else {
            final = result;
            if (result.kind === "header") expect(result.length).to.be.at.most(end);
          }
        }
        expect(bytes).to.deep.equal(before);
      }),
      { numRuns: 1500 },
    );
  });

  it("reads and writes addresses as Node and the URL standard do", () => {
    const letters = fc.array(fc.constantFrom(..."01259af:.", "::", "ffff", "255", "1.2.3.4"), { maxLength: 18 });
    const textual = fc.oneof(
      letters.map((parts) => parts.join("")),
      fc.ipV6(),
      fc.ipV4(),
      fc.ipV4Extended(),
      address,
    );
    fc.assert(
      fc.property(textual, (text) => {
        expect(parseIpv4(text) !== undefined, text).to.equal(isIPv4(text));
        const bytes = parseIpv6(text);
        expect(bytes !== undefined, text).to.equal(isIPv6(text));
        if (bytes !== undefined) expect(hexGroups(bytes), text).to.equal(urlHost(text));
      }),
      { numRuns: 3000 },
    );
    fc.assert(
      fc.property(ipv6, (bytes) => {
        const text = formatAddress(bytes);
        expect(parseIpv6(text)).to.deep.equal(bytes);
        expect(hexGroups(bytes)).to.equal(urlHost(text));
      }),
      { numRuns: 1000 },
    );
  });
});

/** IPv6 text as the URL standard writes it: like RFC 5952 without the dotted form. */
function urlHost(text: string): string {
  return new URL(`http://[${text}]/`).hostname.slice(1, -1);
}

function hexGroups(bytes: Uint8Array): string {
  const folded = foldMapped(bytes);
  if (folded === bytes) return formatAddress(bytes);
  const hex = Buffer.from(folded).toString("hex");
  return `::ffff:${Number.parseInt(hex.slice(0, 4), 16).toString(16)}:${Number.parseInt(hex.slice(4), 16).toString(16)}`;
}
