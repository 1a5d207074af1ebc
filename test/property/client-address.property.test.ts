import { expect } from "chai";
import fc from "fast-check";
import ipaddr from "ipaddr.js";
import { addressBytes, clientKey, parseDottedQuad } from "../../src/path/client-address.ts";

const hex = (bytes: Uint8Array | readonly number[] | undefined) =>
  bytes === undefined ? undefined : Buffer.from(bytes).toString("hex");

/** What ipaddr.js makes of a text that both understand. */
function byLibrary(text: string): string | undefined {
  const address = ipaddr.parse(text);
  if (address instanceof ipaddr.IPv6 && address.isIPv4MappedAddress())
    return hex(address.toIPv4Address().toByteArray());
  return hex(address.toByteArray());
}

const bytesOf = (length: number) =>
  fc.array(fc.oneof(fc.constantFrom(0, 0, 255), fc.nat(255)), { minLength: length, maxLength: length });

/** Characters that addresses are made of, and a few that they are not. */
const nearly = fc.string({ unit: fc.constantFrom(..."0123456789abcfFx.:%[] /-"), maxLength: 24 });

describe("client addresses", () => {
  it("IPv4: every address is read as it is written, and as ipaddr.js reads it", () => {
    fc.assert(
      fc.property(fc.ipV4(), (text) => {
        expect(hex(parseDottedQuad(text))).to.equal(hex(text.split(".").map(Number)));
        expect(hex(addressBytes(text))).to.equal(byLibrary(text));
        expect(hex(addressBytes(`::ffff:${text}`))).to.equal(byLibrary(text));
      }),
      { numRuns: 1000 },
    );
  });

  it("IPv6: every way of writing is read as ipaddr.js reads it", () => {
    fc.assert(
      fc.property(bytesOf(16), (bytes) => {
        const address = new ipaddr.IPv6(bytes);
        const expected = address.isIPv4MappedAddress() ? hex(bytes.slice(12)) : hex(bytes);
        for (const text of [
          address.toString(),
          address.toNormalizedString(),
          address.parts.map((part) => part.toString(16).padStart(4, "0")).join(":"),
          address.toRFC5952String().toUpperCase(),
        ]) {
          expect(hex(addressBytes(text)), text).to.equal(expected);
        }
      }),
      { numRuns: 1000 },
    );
  });

  it("nothing is read that ipaddr.js refuses, and nothing differently", () => {
    fc.assert(
      fc.property(fc.oneof(nearly, fc.string(), fc.ipV6()), (text) => {
        const bytes = addressBytes(text);
        if (bytes === undefined) return;
        expect(ipaddr.isValid(text), text).to.equal(true);
        // Here the library takes the deprecated `::a.b.c.d` for `::ffff:a.b.c.d`.
        if (!/^::\d+\.\d+\.\d+\.\d+$/.test(text)) expect(hex(bytes), text).to.equal(byLibrary(text));
      }),
      { numRuns: 3000 },
    );
  });

  it("never throws, and gives 4 bytes, 16 or none", () => {
    fc.assert(
      fc.property(fc.oneof(nearly, fc.string({ unit: "binary" })), (text) => {
        expect(addressBytes(text)?.length ?? 0).to.be.oneOf([0, 4, 16]);
      }),
      { numRuns: 1000 },
    );
  });

  it("two clients have the same key exactly when their first bits are the same", () => {
    const bits = (bytes: readonly number[]) => bytes.map((byte) => byte.toString(2).padStart(8, "0")).join("");
    const pair = fc
      .constantFrom(4, 16)
      .chain((length) => fc.tuple(bytesOf(length), bytesOf(length), fc.nat(length * 8), fc.nat(length * 8)));
    fc.assert(
      fc.property(pair, ([a, noise, shared, prefix]) => {
        const b = a.map((byte, i) => {
          const keep = Math.min(8, Math.max(0, shared - 8 * i));
          const mask = (0xff00 >> keep) & 0xff;
          return (byte & mask) | ((noise[i] ?? 0) & ~mask & 0xff);
        });
        const options = { prefixV4: prefix, prefixV6: prefix, withPort: false };
        const [one, other] = [a, b].map((bytes) => clientKey(Uint8Array.from(bytes), 1, options));
        const isSame = bits(a).slice(0, prefix) === bits(b).slice(0, prefix);
        expect(hex(one?.bytes) === hex(other?.bytes)).to.equal(isSame);
        expect(one?.text === other?.text).to.equal(isSame);
        expect(bits([...(one?.bytes ?? [])]).slice(prefix)).to.match(/^0*$/);
      }),
      { numRuns: 1000 },
    );
  });
});
