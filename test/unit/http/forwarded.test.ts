import { expect } from "chai";
import { findOrigin, isTrustedPeer, type Origin } from "../../../src/http/forwarded.ts";
import type { ForwardingFields, ForwardingRules } from "../../../src/http/forwarding-rules.ts";
import { fieldsOf, rulesFor } from "../../support/forwarding.ts";

const STRANGER = "198.51.100.9";

function origin(header: ForwardingRules["header"], given: Partial<ForwardingFields>, peer = "10.0.0.1"): Origin {
  return findOrigin({ address: peer, port: 4000 }, fieldsOf(given), rulesFor(header));
}

const clientOf = (found: Origin): string => `${found.client.address} ${found.client.port}`;

describe("the client behind trusted proxies", () => {
  it("is the peer, when the peer is not trusted, whatever it claims", () => {
    for (const header of ["x-forwarded-for", "forwarded", "none"] as const) {
      const found = origin(
        header,
        {
          xForwardedFor: ["10.0.0.7"],
          forwarded: ["for=10.0.0.7;proto=https;host=evil"],
          xForwardedProto: ["https"],
          xForwardedHost: ["evil"],
          realIp: ["10.0.0.7"],
        },
        STRANGER,
      );
      expect(found).to.deep.equal({
        client: { address: STRANGER, port: 4000 },
        peerTrusted: false,
        scheme: undefined,
        host: undefined,
      });
    }
  });

  it("is the peer, when nothing is told", () => {
    for (const header of ["x-forwarded-for", "forwarded", "none"] as const)
      expect(origin(header, {})).to.deep.equal({
        client: { address: "10.0.0.1", port: 4000 },
        peerTrusted: true,
        scheme: undefined,
        host: undefined,
      });
    expect(clientOf(origin("none", { xForwardedFor: ["192.0.2.1"], forwarded: ["for=192.0.2.1"] }))).to.equal(
      "10.0.0.1 4000",
    );
  });

  it("may come over a unix socket", () => {
    expect(clientOf(origin("x-forwarded-for", { xForwardedFor: ["192.0.2.1"] }, ""))).to.equal("192.0.2.1 0");
    expect(isTrustedPeer({ address: "", port: 0 }, rulesFor("none"))).to.equal(true);
    expect(isTrustedPeer({ address: "fd12::1", port: 0 }, rulesFor("none"))).to.equal(true);
    expect(isTrustedPeer({ address: "2001:db8::1", port: 0 }, rulesFor("none"))).to.equal(false);
  });

  const lists: readonly (readonly [readonly string[], string])[] = [
    [["192.0.2.1"], "192.0.2.1 0"],
    [["192.0.2.1:5555"], "192.0.2.1 5555"],
    [["6.6.6.6, 192.0.2.1"], "192.0.2.1 0"],
    [["6.6.6.6", "192.0.2.1"], "192.0.2.1 0"],
    [["6.6.6.6, 192.0.2.1, 10.0.0.2"], "192.0.2.1 0"],
    [["6.6.6.6, 192.0.2.1", "10.0.0.2", "10.0.0.3"], "192.0.2.1 0"],
    [["10.0.0.9, 10.0.0.2"], "10.0.0.9 0"],
    [["192.0.2.1, , ,\t10.0.0.2 ,"], "192.0.2.1 0"],
    [["", "192.0.2.1", ""], "192.0.2.1 0"],
    [["2001:DB8::1"], "2001:db8::1 0"],
    [["[2001:db8::1]:99, fd00::2"], "2001:db8::1 99"],
    [["::ffff:192.0.2.1, ::ffff:10.0.0.2"], "192.0.2.1 0"],
    // Where a hop does not tell, that hop is the last one known.
    [["192.0.2.1, unknown"], "10.0.0.1 4000"],
    [["192.0.2.1, garbage, 10.0.0.2"], "10.0.0.2 0"],
    [["192.0.2.1, 10.0.0.3:99999, 10.0.0.2:7"], "10.0.0.2 7"],
    [["192.0.2.1 10.0.0.2"], "10.0.0.1 4000"],
    [[",,,"], "10.0.0.1 4000"],
  ];
  for (const [xForwardedFor, expected] of lists) {
    it(`is ${expected} in X-Forwarded-For ${JSON.stringify(xForwardedFor)}`, () =>
      expect(clientOf(origin("x-forwarded-for", { xForwardedFor }))).to.equal(expected));
  }

  const elements: readonly (readonly [readonly string[], string])[] = [
    [["for=192.0.2.1"], "192.0.2.1 0"],
    [['for="192.0.2.1:5555";proto=http'], "192.0.2.1 5555"],
    [['For="[2001:db8::1]:99", for=10.0.0.2'], "2001:db8::1 99"],
    [["for=6.6.6.6, for=192.0.2.1;by=10.0.0.2", "for=10.0.0.2"], "192.0.2.1 0"],
    [["for=192.0.2.1, for=unknown"], "10.0.0.1 4000"],
    [["for=192.0.2.1, for=_hidden, for=10.0.0.2"], "10.0.0.2 0"],
    [["for=192.0.2.1, proto=https"], "10.0.0.1 4000"],
    [["for=192.0.2.1, for=10.0.0.2;for=10.0.0.3"], "10.0.0.1 4000"],
    [['for="6.6.6.6, for=192.0.2.1'], "192.0.2.1 0"],
    [['for=6.6.6.6, for="192.0.2.1'], "10.0.0.1 4000"],
    [[String.raw`for="6.6.6.6\", for="192.0.2.1"`], "192.0.2.1 0"],
  ];
  for (const [forwarded, expected] of elements) {
    it(`is ${expected} in Forwarded ${JSON.stringify(forwarded)}`, () =>
      expect(clientOf(origin("forwarded", { forwarded }))).to.equal(expected));
  }

  it("is read from the family that was chosen, and from no other", () => {
    const both = { forwarded: ["for=192.0.2.1"], xForwardedFor: ["192.0.2.2"] };
    expect(clientOf(origin("forwarded", both))).to.equal("192.0.2.1 0");
    expect(clientOf(origin("x-forwarded-for", both))).to.equal("192.0.2.2 0");
  });

  it("is what a CDN says in one value, before the list; two values name nobody", () => {
    const xForwardedFor = ["192.0.2.1"];
    const found = (realIp: readonly string[]): string => clientOf(origin("x-forwarded-for", { xForwardedFor, realIp }));
    expect(found(["192.0.2.77"])).to.equal("192.0.2.77 0");
    expect(found(["2001:db8::7"])).to.equal("2001:db8::7 0");
    expect(found([])).to.equal("192.0.2.1 0");
    for (const realIp of [["192.0.2.77", "192.0.2.78"], ["192.0.2.77, 192.0.2.78"], [""], ["nobody"]])
      expect(found(realIp), JSON.stringify(realIp)).to.equal("10.0.0.1 4000");
  });

  it("is looked for over at most 64 hops", () => {
    const hops = Array.from({ length: 5000 }, (_, i) => `10.1.${i >> 8}.${i & 255}`);
    expect(origin("x-forwarded-for", { xForwardedFor: [`192.0.2.1, ${hops.join(",")}`] }).client.address).to.equal(
      hops.at(-64),
    );
  });
});

describe("the scheme and host that a client used", () => {
  const schemes: readonly (readonly [string, readonly string[], readonly string[], string | undefined])[] = [
    ["one hop, one value", ["192.0.2.1"], ["https"], "https"],
    ["in any case", ["192.0.2.1"], ["HTTPS"], "https"],
    ["WebSocket words", ["192.0.2.1"], ["wss"], "https"],
    ["WebSocket words without TLS", ["192.0.2.1"], ["ws"], "http"],
    ["the client's own word is left of the hop's", ["192.0.2.1"], ["https, http"], "http"],
    ["two hops, each with a value", ["192.0.2.1, 10.0.0.2"], ["https, http"], "https"],
    ["two hops and a client's word", ["192.0.2.1, 10.0.0.2"], ["http, https, http"], "https"],
    ["two hops, of which the last overwrote", ["192.0.2.1, 10.0.0.2"], ["https"], "https"],
    ["no list at all", [], ["https"], "https"],
    ["a word that is no scheme", ["192.0.2.1"], ["gopher"], undefined],
    ["nothing", ["192.0.2.1"], [], undefined],
  ];
  for (const [label, xForwardedFor, xForwardedProto, scheme] of schemes) {
    it(`X-Forwarded-Proto: ${label}`, () => {
      expect(origin("x-forwarded-for", { xForwardedFor, xForwardedProto }).scheme).to.equal(scheme);
      // The host follows the same rule.
      const found = origin("x-forwarded-for", { xForwardedFor, xForwardedHost: xForwardedProto }).host;
      expect(["http", "https", "ws", "wss"].includes(found?.toLowerCase() ?? "")).to.equal(scheme !== undefined);
    });
  }

  it("are in the element of the outermost trusted hop", () => {
    const forwarded = [
      "for=6.6.6.6;proto=http;host=evil, for=192.0.2.1;proto=https;host=shop.example, for=10.0.0.2;proto=http;host=in",
    ];
    const found = origin("forwarded", { forwarded, xForwardedProto: ["http"], xForwardedHost: ["other"] });
    expect([found.scheme, found.host]).to.deep.equal(["https", "shop.example"]);
    // Also when that hop keeps the client's address to itself.
    expect(origin("forwarded", { forwarded: ["for=_hidden;proto=https"] }).scheme).to.equal("https");
    expect(origin("forwarded", { forwarded: ["for=192.0.2.1"] }).scheme).to.equal(undefined);
    expect(origin("forwarded", { forwarded: ["proto=https;proto=http"] }).scheme).to.equal(undefined);
  });
});
