import { expect } from "chai";
import type { Cidr } from "../../../src/model/cidr.ts";
import { addressBytes } from "../../../src/path/client-address.ts";
import { type ClientLimits, type Identified, identify, isTrustedProxy } from "../../../src/path/identify.ts";
import { ClientCounts } from "../../../src/path/nat-split.ts";
import type { LiveOptions } from "../../../src/path/options.ts";
import { TokenBuckets } from "../../../src/path/token-buckets.ts";
import { optionsOf } from "../../support/data-path-of.ts";

function cidr(text: string): Cidr {
  const [address = "", bits = ""] = text.split("/");
  const bytes = addressBytes(address);
  if (bytes === undefined) throw new Error(`no block: ${text}`);
  return { bytes, bits: Number(bits), text };
}

function liveOf(more: Partial<LiveOptions> = {}): LiveOptions {
  return { ...optionsOf().live, ...more };
}

function limits(): ClientLimits {
  return { counts: new ClientCounts(), buckets: new TokenBuckets() };
}

function ask(address: string, live: LiveOptions, of: ClientLimits = limits(), nowMs = 0): string {
  const result: Identified = identify({ address, port: 1 }, optionsOf().placement, live, of, nowMs);
  return "refused" in result ? result.refused : result.key.text;
}

describe("isTrustedProxy", () => {
  const live = liveOf({ proxyProtocolTrusted: [cidr("10.0.0.0/8"), cidr("2001:db8::/32")] });
  for (const [address, expected] of [
    ["10.255.0.1", true],
    ["2001:db8:1::1", true],
    ["11.0.0.1", false],
    ["2001:db9::1", false],
    ["::1", false],
    ["", true],
    ["not an address", false],
  ] as const) {
    it(`${JSON.stringify(address)}: ${expected}`, () => {
      expect(isTrustedProxy({ address, port: 0 }, live)).to.equal(expected);
    });
  }

  it("trusts nobody but unix sockets by default", () => {
    expect(isTrustedProxy({ address: "127.0.0.1", port: 1 }, liveOf())).to.equal(false);
    expect(isTrustedProxy({ address: "", port: 0 }, liveOf())).to.equal(true);
  });
});

describe("identify", () => {
  it("lets everybody in by default", () => {
    expect(ask("192.0.2.7", liveOf())).to.equal("192.0.2.7/32");
    expect(ask("2001:db8::7", liveOf())).to.equal("2001:db8::/64");
    expect(ask("", liveOf())).to.equal("unix");
  });

  it("ALLOW lets in whom it names, and nobody else", () => {
    const live = liveOf({ allow: [cidr("192.0.2.0/24"), cidr("2001:db8::/32")] });
    expect(ask("192.0.2.7", live)).to.equal("192.0.2.7/32");
    expect(ask("2001:db8::7", live)).to.equal("2001:db8::/64");
    expect(ask("192.0.3.7", live)).to.equal("denied");
    expect(ask("2001:db9::7", live)).to.equal("denied");
  });

  it("DENY wins, by the whole address and not by its prefix", () => {
    const live = liveOf({ allow: [cidr("192.0.2.0/24")], deny: [cidr("192.0.2.7/32"), cidr("2001:db8::7/128")] });
    expect(ask("192.0.2.7", live)).to.equal("denied");
    expect(ask("192.0.2.8", live)).to.equal("192.0.2.8/32");
    expect(ask("2001:db8::7", liveOf({ deny: live.deny }))).to.equal("denied");
    expect(ask("2001:db8::8", liveOf({ deny: live.deny }))).to.equal("2001:db8::/64");
  });

  it("limits the open connections of a prefix", () => {
    const of = limits();
    const live = liveOf({ maxConnectionsPerClient: 2 });
    of.counts.opened("2001:db8::/64");
    expect(ask("2001:db8::2", live, of)).to.equal("2001:db8::/64");
    of.counts.opened("2001:db8::/64");
    expect(ask("2001:db8::3", live, of)).to.equal("client-limit");
    expect(ask("2001:db8:0:1::3", live, of)).to.equal("2001:db8:0:1::/64");
    of.counts.closed("2001:db8::/64");
    expect(ask("2001:db8::3", live, of)).to.equal("2001:db8::/64");
  });

  it("limits the rate of a prefix", () => {
    const of = limits();
    const live = liveOf({ ratePerClient: { perSecond: 1, burst: 2 } });
    const at = (nowMs: number) => ask("192.0.2.7", live, of, nowMs);
    expect([at(0), at(0), at(0), at(999), at(1000)].map((said) => said === "client-rate")).to.deep.equal([
      false,
      false,
      true,
      true,
      false,
    ]);
    expect(ask("192.0.2.8", live, of, 1000)).to.equal("192.0.2.8/32");
  });

  it("who is denied or over the limit uses up no token", () => {
    const of = limits();
    const ratePerClient = { perSecond: 1, burst: 1 };
    expect(ask("192.0.2.7", liveOf({ ratePerClient, deny: [cidr("192.0.2.0/24")] }), of)).to.equal("denied");
    of.counts.opened("192.0.2.7/32");
    expect(ask("192.0.2.7", liveOf({ ratePerClient, maxConnectionsPerClient: 1 }), of)).to.equal("client-limit");
    expect(ask("192.0.2.7", liveOf({ ratePerClient }), of)).to.equal("192.0.2.7/32");
  });
});

describe("identify: a client without an address", () => {
  it("is let in while nobody is listed, and on no list when somebody is", () => {
    expect(ask("", liveOf())).to.equal("unix");
    expect(ask("", liveOf({ deny: [cidr("0.0.0.0/0")] }))).to.equal("unix");
    expect(ask("", liveOf({ allow: [cidr("0.0.0.0/0")] }))).to.equal("denied");
  });
});
