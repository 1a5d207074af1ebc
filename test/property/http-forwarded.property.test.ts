import { expect } from "chai";
import fc from "fast-check";
import { findOrigin } from "../../src/http/forwarded.ts";
import { lastForwardedComma, readForwardedElement, writeForwardedElement } from "../../src/http/forwarded-element.ts";
import { forwardingEdit } from "../../src/http/forwarding-out.ts";
import { lastToFirst } from "../../src/http/forwarding-rules.ts";
import { fieldsOf, rulesFor } from "../support/forwarding.ts";

const PROXY = { address: "10.0.0.1", port: 4000 };

const stranger = fc
  .tuple(fc.integer({ min: 11, max: 223 }), fc.nat(255), fc.nat(255))
  .map((rest) => [...rest, 1].join("."));
const hop = fc.tuple(fc.nat(255), fc.nat(255), fc.nat(255)).map((rest) => [10, ...rest].join("."));
/** What a client may have written: separators, quotes and escapes come often. */
const junk = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        ",",
        ";",
        '"',
        "\\",
        "for=",
        "for=10.0.0.9",
        "10.0.0.9",
        "unknown",
        "proto=https",
        " ",
        "[",
        "]",
        "=",
        '\\"',
      ),
      fc.uint8Array({ maxLength: 5 }).map((bytes) =>
        Buffer.from(bytes)
          .toString("latin1")
          .replace(/[\r\n\0]/g, ""),
      ),
    ),
    { maxLength: 16 },
  )
  .map((pieces) => pieces.join(""));
const scheme = fc.constantFrom("http" as const, "https" as const);

describe("forwarding headers of any bytes", () => {
  it("never throw, and never move a client that is not trusted", () => {
    fc.assert(
      fc.property(
        stranger,
        fc.array(junk, { maxLength: 3 }),
        fc.constantFrom("forwarded" as const, "x-forwarded-for" as const),
        (address, values, header) => {
          const rules = rulesFor(header);
          const fields = fieldsOf({
            forwarded: values,
            xForwardedFor: values,
            xForwardedProto: values,
            xForwardedHost: values,
            realIp: values,
          });
          const peer = { address, port: 1 };
          const origin = findOrigin(peer, fields, rules);
          expect(origin).to.deep.equal({ client: peer, peerTrusted: false, scheme: undefined, host: undefined });
          for (const mode of ["append", "replace"] as const) {
            const request = { peer, origin, scheme: "http", host: "h" } as const;
            const { remove, add } = forwardingEdit(mode, request, fields, rules);
            expect(remove.size).to.equal(values.length === 0 ? 0 : 5);
            const [first] = add;
            expect(first?.value).to.equal(header === "forwarded" ? `for=${address};host=h;proto=http` : address);
          }
        },
      ),
      { numRuns: 500 },
    );
  });

  it("never throw behind a trusted peer either; what names nobody leaves the peer", () => {
    fc.assert(
      fc.property(
        fc.array(junk, { maxLength: 3 }),
        junk,
        fc.constantFrom("forwarded" as const, "x-forwarded-for" as const),
        (values, other, header) => {
          const rules = rulesFor(header);
          const fields = fieldsOf({
            forwarded: values,
            xForwardedFor: values,
            xForwardedProto: [other],
            xForwardedHost: [other],
          });
          const origin = findOrigin(PROXY, fields, rules);
          expect(rules.addresses.parse(origin.client.address)).to.not.equal(undefined);
          expect(
            findOrigin(PROXY, { ...fields, forwarded: ["for=_x"], xForwardedFor: [...values, "nobody"] }, rules).client,
          ).to.deep.equal(PROXY);
          for (const mode of ["append", "replace", "off"] as const)
            forwardingEdit(mode, { peer: PROXY, origin, scheme: "http", host: other }, fields, rules);
        },
      ),
      { numRuns: 500 },
    );
  });

  it("give the client that the trusted hops wrote, whatever the client wrote to the left of it", () => {
    fc.assert(
      fc.property(
        junk,
        stranger,
        fc.array(hop, { maxLength: 4 }),
        scheme,
        fc.boolean(),
        (forged, client, hops, proto, ownLine) => {
          const said = [client, ...hops];
          const xForwarded = said.join(", ");
          const forwarded = said
            .map((address, i) => writeForwardedElement({ for: address, host: `h${i}:80`, ...(i === 0 && { proto }) }))
            .join(", ");
          const lines = (trusted: string): string[] => (ownLine ? [forged, trusted] : [`${forged}, ${trusted}`]);
          const list = findOrigin(PROXY, fieldsOf({ xForwardedFor: lines(xForwarded) }), rulesFor("x-forwarded-for"));
          expect(list.client).to.deep.equal({ address: client, port: 0 });
          const elements = findOrigin(PROXY, fieldsOf({ forwarded: lines(forwarded) }), rulesFor("forwarded"));
          expect(elements).to.deep.equal({
            client: { address: client, port: 0 },
            peerTrusted: true,
            scheme: proto,
            host: "h0:80",
          });
        },
      ),
      { numRuns: 1000 },
    );
  });

  it("never trust a hop that is not: all to the right of the client found are trusted", () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(stranger, hop, fc.constantFrom("unknown", "_x", "x y")), { maxLength: 6 }),
        (list) => {
          const found = findOrigin(PROXY, fieldsOf({ xForwardedFor: [list.join(",")] }), rulesFor("x-forwarded-for"))
            .client.address;
          let expected = PROXY.address;
          for (const entry of [...list].reverse()) {
            if (!/^\d/.test(entry)) break;
            expected = entry;
            if (!entry.startsWith("10.")) break;
          }
          expect(found).to.equal(expected);
        },
      ),
      { numRuns: 500 },
    );
  });

  it("are read back as they were written", () => {
    const text = fc.stringMatching(/^[ -~]{0,12}$/);
    fc.assert(
      fc.property(fc.array(fc.record({ for: text, host: text }), { minLength: 1, maxLength: 4 }), (elements) => {
        const value = elements.map(writeForwardedElement).join(", ");
        const read = [...lastToFirst([value], lastForwardedComma)].reverse().map(readForwardedElement);
        expect(read.map((element) => element && Object.fromEntries(element))).to.deep.equal(elements);
      }),
      { numRuns: 500 },
    );
  });
});
