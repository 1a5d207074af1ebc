import { expect } from "chai";
import { parseAddress } from "../../../../src/proxy-protocol/address-text.ts";
import { addressFacts } from "../../../../src/skew/advice/address-facts.ts";
import { AddressList } from "../../../../src/skew/populations/address-list.ts";
import type { Population } from "../../../../src/skew/populations/population.ts";

function population(connections: Readonly<Record<string, number>>, users?: readonly number[]): Population {
  const texts = Object.keys(connections);
  return {
    ...{ name: "test", title: "a test", source: "ours", seed: undefined, groups: ["all"] },
    addresses: AddressList.of(texts.map((text) => parseAddress(text) ?? new Uint8Array(4))),
    users: users && Float64Array.from(users),
    connections: Float64Array.from(Object.values(connections)),
    groupOf: new Uint16Array(texts.length),
  };
}

describe("addressFacts", () => {
  it("finds the /24 that carries the most, wherever its addresses are in the list", () => {
    const facts = addressFacts(
      population({ "203.0.113.9": 30, "10.0.0.1": 25, "198.51.100.1": 10, "203.0.113.1": 15, "198.51.100.255": 20 }),
    );
    expect(facts.heaviestPool).to.deep.equal({
      ...{ network: "203.0.113.0/24", addresses: 2, share: 0.45, heaviestShare: 0.3 },
    });
    expect(facts.shareV6).to.equal(0);
  });

  it("takes no single address for a pool", () => {
    expect(addressFacts(population({ "10.0.0.1": 5, "10.0.1.1": 5 })).heaviestPool).to.equal(undefined);
    expect(addressFacts(population({ "10.0.0.1": 5, "10.0.0.2": 0 })).heaviestPool).to.equal(undefined);
  });

  it("counts users where they are known", () => {
    const clients = { "10.0.0.1": 1, "10.0.0.2": 1, "10.0.1.1": 50, "10.0.1.2": 50 };
    expect(addressFacts(population(clients)).heaviestPool?.network).to.equal("10.0.1.0/24");
    expect(addressFacts(population(clients, [9, 9, 1, 1])).heaviestPool).to.include({
      network: "10.0.0.0/24",
      share: 0.9,
    });
  });

  it("tells the share of IPv6, and survives nothing", () => {
    expect(addressFacts(population({ "2001:db8::1": 3, "255.255.255.255": 1, "255.255.255.254": 2 }))).to.deep.equal({
      shareV6: 0.5,
      heaviestPool: { network: "255.255.255.0/24", addresses: 2, share: 0.5, heaviestShare: 1 / 3 },
    });
    expect(addressFacts(population({}))).to.deep.equal({ shareV6: 0, heaviestPool: undefined });
  });
});
