import { isIPv6 } from "node:net";
import { expect } from "chai";
import fc from "fast-check";
import { isHostAndPort } from "../../src/http/host.ts";
import { latin1 } from "../support/http-messages.ts";

const bracketed = fc.oneof(
  fc.string({
    unit: fc.constantFrom(":", ":", "::", "0", "1", "f", "ffff", "12345", ".", "1.2.3.4", "g"),
    maxLength: 12,
  }),
  fc.ipV6(),
  fc.ipV6().chain((text) => fc.nat(text.length).map((at) => text.slice(0, at) + text.slice(at + 1))),
);

describe("IPv6 hosts", () => {
  it("are those that Node takes for addresses", () => {
    fc.assert(
      fc.property(bracketed, fc.constantFrom("", ":", ":80"), (text, port) => {
        const bytes = latin1(`x[${text}]${port}]`);
        expect(isHostAndPort(bytes, 1, bytes.length - 1), text).to.equal(isIPv6(text));
      }),
      { numRuns: 5000 },
    );
  });
});
