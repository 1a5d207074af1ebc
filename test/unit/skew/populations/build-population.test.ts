import { expect } from "chai";
import { buildPopulation } from "../../../../src/skew/populations/build-population.ts";
import { clientNumber, drawAddresses, parseBlock, roomOf } from "../../../../src/skew/populations/draw-addresses.ts";
import type { Law } from "../../../../src/skew/populations/law.ts";
import type { AddressGroup, PopulationPlan } from "../../../../src/skew/populations/population.ts";
import { createSeededRandom } from "../../../../src/skew/seeded-random.ts";

const one: Law = { law: "constant", value: 1 };

function plan(...groups: readonly Partial<AddressGroup>[]): PopulationPlan {
  const full = groups.map((group, i) => ({
    ...{ name: `group ${i}`, addresses: { at: [] }, usersPerAddress: one, connectionsPerUser: one },
    ...group,
  }));
  return { name: "p", title: "a population", source: "ours", groups: full };
}

function texts({ addresses }: ReturnType<typeof buildPopulation>): readonly string[] {
  return Array.from({ length: addresses.length }, (_, i) => addresses.text(i));
}

describe("buildPopulation", () => {
  it("keeps listed addresses in their order and says which group is whose", () => {
    const made = buildPopulation(
      plan(
        {
          name: "school",
          addresses: { at: ["198.51.100.7", "2001:db8::7"] },
          usersPerAddress: { law: "constant", value: 5 },
        },
        { name: "town", addresses: { at: ["203.0.113.1"] }, connectionsPerUser: { law: "constant", value: 3 } },
      ),
      0,
    );
    expect(texts(made)).to.deep.equal(["198.51.100.7", "2001:db8::7", "203.0.113.1"]);
    expect([...(made.users ?? [])]).to.deep.equal([5, 5, 1]);
    expect([...made.connections]).to.deep.equal([5, 5, 3]);
    expect(made.groups).to.deep.equal(["school", "town"]);
    expect([...made.groupOf]).to.deep.equal([0, 0, 1]);
    expect(made).to.include({ name: "p", title: "a population", source: "ours", seed: 0 });
  });

  it("draws around addresses that are listed, also in a later group", () => {
    const made = buildPopulation(
      plan(
        { addresses: { count: 3, spread: "scattered", within: "203.0.113.4/30" } },
        { addresses: { at: ["203.0.113.5"] } },
      ),
      1,
    );
    expect([...texts(made)].sort()).to.deep.equal(["203.0.113.4", "203.0.113.5", "203.0.113.6", "203.0.113.7"]);
  });

  it("changes nothing in a group when another one changes", () => {
    const homes = { name: "homes", addresses: { count: 50, spread: "scattered", within: undefined } } as const;
    const alone = buildPopulation(plan(homes), 9);
    const crowded = buildPopulation(plan(homes, { name: "x", addresses: { at: ["203.0.113.5"] } }), 9);
    expect(texts(crowded).slice(0, 50)).to.deep.equal(texts(alone));
  });

  it("follows a rank-size rule, with at least one user each", () => {
    const made = buildPopulation(
      plan({
        addresses: { count: 4, spread: "consecutive", within: undefined },
        usersPerAddress: { law: "rank-size", exponent: 2, users: 10 },
      }),
      1,
    );
    // 1 + 1/4 + 1/9 + 1/16 = 205/144: 7.02, 1.76, 0.78, 0.44.
    expect([...(made.users ?? [])].sort()).to.deep.equal([1, 1, 2, 7]);
  });

  it("draws for 100,000 users of an address, and takes their mean for more", () => {
    const users = 250_000;
    const made = buildPopulation(
      plan({
        addresses: { at: ["203.0.113.1"] },
        usersPerAddress: { law: "constant", value: users },
        connectionsPerUser: { law: "uniform", min: 1, max: 3 },
      }),
      1,
    );
    // Five standard errors of the mean of 100,000.
    expect((made.connections[0] ?? 0) / users).to.be.closeTo(2, 5 * Math.sqrt(2 / 3 / 100_000));
    expect(Number.isInteger(made.connections[0])).to.equal(true);
  });

  it("refuses addresses that are none, or there already, and blocks without room", () => {
    expect(() => buildPopulation(plan({ addresses: { at: ["10.0.0.256"] } }), 0)).to.throw(
      RangeError,
      'group 0: "10.0.0.256" is not an address',
    );
    expect(() => buildPopulation(plan({ addresses: { at: ["10.0.0.1", "::ffff:10.0.0.1"] } }), 0)).to.throw(
      RangeError,
      "listed twice",
    );
    const tight = { addresses: { count: 3, spread: "scattered", within: "203.0.113.4/31" } } as const;
    expect(() => buildPopulation(plan(tight), 0)).to.throw(RangeError, "no free address is left in 203.0.113.4/31");
  });
});

describe("drawn addresses", () => {
  const random = () => createSeededRandom(4, "test");

  it("fill a block to its last address, in either spread", () => {
    for (const spread of ["scattered", "consecutive"] as const) {
      const drawn = drawAddresses({ count: 256, spread, within: "203.0.113.0/24" }, random(), new Set());
      expect(new Set(drawn.map(clientNumber)).size).to.equal(256);
      for (const address of drawn) expect([...address.subarray(0, 3)]).to.deep.equal([203, 0, 113]);
    }
  });

  it("of IPv6 are in different /64 networks of their block", () => {
    const drawn = drawAddresses({ count: 200, spread: "scattered", within: "2001:db8::/56" }, random(), new Set());
    expect(new Set(drawn.map((address) => address[7])).size).to.equal(200);
    for (const address of drawn) {
      expect([...address.subarray(0, 7)]).to.deep.equal([0x20, 0x01, 0x0d, 0xb8, 0, 0, 0]);
      expect([...address.subarray(8)]).to.deep.equal([0, 0, 0, 0, 0, 0, 0, 1]);
    }
  });

  it("of a pool follow each other from a /24 on, further than it", () => {
    const drawn = drawAddresses({ count: 600, spread: "consecutive", within: undefined }, random(), new Set());
    const numbers = drawn.map((address) => Number(clientNumber(address)));
    expect((numbers[0] ?? 1) % 256).to.equal(0);
    expect(numbers).to.deep.equal(numbers.map((_, i) => (numbers[0] ?? 0) + i));
  });
});

describe("blocks of addresses", () => {
  it("have room for so many clients", () => {
    const room = (text: string): number | undefined => {
      const block = parseBlock(text);
      return block && roomOf(block);
    };
    expect(room("203.0.113.0/24")).to.equal(256);
    expect(room("203.0.113.9/32")).to.equal(1);
    expect(room("0.0.0.0/0")).to.equal(2 ** 32);
    expect(room("2001:db8::/48")).to.equal(65_536);
    expect(room("2001:db8::1/128")).to.equal(1);
  });

  it("are strict", () => {
    for (const text of [
      "203.0.113.0",
      "203.0.113.0/33",
      "203.0.113.1/24",
      "203.0.113.0/",
      "203.0.113.0/2x",
      "::/129",
      "a/8",
      "1.2.3.4/8/9",
    ]) {
      expect(parseBlock(text), text).to.equal(undefined);
    }
  });
});
