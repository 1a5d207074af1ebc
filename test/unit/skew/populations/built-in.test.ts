import { createHash } from "node:crypto";
import { expect } from "chai";
import { concentration } from "../../../../src/skew/measures/concentration.ts";
import { buildPopulation } from "../../../../src/skew/populations/build-population.ts";
import { builtInPopulation, builtInPopulations } from "../../../../src/skew/populations/built-in.ts";
import { clientNumber } from "../../../../src/skew/populations/draw-addresses.ts";
import type { Population } from "../../../../src/skew/populations/population.ts";

/** Name -> addresses, users, n_eff by users (rounded), and the beginning of the SHA-256 of everything that was drawn with seed 1. */
const golden: Readonly<Record<string, readonly [addresses: number, users: number, effective: number, digest: string]>> =
  {
    s1: [10000, 10000, 10000, "37dbf1f908107c08"],
    s2: [10000, 11400, 8550, "695516bbc0344625"],
    s3: [157, 10048, 157, "6f0072497f136f25"],
    s4: [79, 10112, 79, "7f7180f984644a78"],
    s5: [9001, 10000, 99, "ac5c6ee6a18a8935"],
    s6: [8993, 20001, 90, "5a88bd30cd053157"],
    s7: [1105, 12520, 28, "64165c0f93890042"],
    s8: [10003, 19000, 13, "c8717996216f7f2f"],
    "zipf-0.6": [10000, 99838, 1978, "1fe9f5d438c4d9b3"],
    "zipf-0.8": [10000, 100028, 323, "1d1e7c07c986a665"],
    "zipf-1.0": [10000, 99627, 58, "84eb9ec07ec83fa3"],
    "zipf-1.2": [10000, 102554, 18, "b58d1d36df6b2510"],
  };

const populations = new Map<string, Population>();

function population(name: string): Population {
  const known = populations.get(name);
  if (known !== undefined) return known;
  const plan = builtInPopulation(name);
  if (plan === undefined) throw new Error(`no population ${name}`);
  const made = buildPopulation(plan, 1);
  populations.set(name, made);
  return made;
}

function usersOf({ users }: Population): Float64Array {
  return users ?? new Float64Array(0);
}

function digest({ addresses, users, connections, groupOf }: Population): string {
  const hash = createHash("sha256");
  for (let i = 0; i < addresses.length; i++) {
    hash.update(`${addresses.text(i)} ${users?.[i]} ${connections[i]} ${groupOf[i]}\n`);
  }
  return hash.digest("hex").slice(0, 16);
}

describe("the populations that come with the program", () => {
  it("are S1 to S8 and the Zipf family", () => {
    expect(builtInPopulations.map(({ name }) => name)).to.deep.equal(Object.keys(golden));
    for (const { source } of builtInPopulations) expect(source).to.match(/ours|\d{4}/);
    expect(builtInPopulation("S5")?.name).to.equal("s5");
    expect(builtInPopulation("s9")).to.equal(undefined);
  });

  for (const [name, [addresses, users, effective, sha]] of Object.entries(golden)) {
    it(`${name} has ${addresses} addresses and ${users} users, as uneven as ${effective} addresses`, () => {
      const made = population(name);
      const found = concentration(usersOf(made));
      expect(found.addresses).to.equal(addresses);
      expect(made.addresses.length).to.equal(addresses);
      expect(found.total).to.equal(users);
      expect(Math.round(found.effectiveAddresses)).to.equal(effective);
    });

    it(`${name} is made of the same bytes on every engine`, () => {
      expect(digest(population(name))).to.equal(sha);
    });

    it(`${name} has as many addresses and users with another seed, elsewhere`, () => {
      const plan = builtInPopulation(name);
      if (plan === undefined) throw new Error(name);
      const other = buildPopulation(plan, 2);
      expect([...usersOf(other)].sort()).to.deep.equal([...usersOf(population(name))].sort());
      expect(digest(other)).to.not.equal(sha);
    });
  }

  it("have no address twice, none outside of the public ones, and a connection for each user", () => {
    for (const { name } of builtInPopulations) {
      const { addresses, connections, users } = population(name);
      const seen = new Set<bigint>();
      const wrong: string[] = [];
      for (let i = 0; i < addresses.length; i++) {
        const bytes = addresses.bytes(i);
        const [octet = 0] = bytes;
        seen.add(clientNumber(bytes));
        const isPublic = octet >= 1 && octet <= 223 && ![10, 100, 127, 169, 172, 192, 198, 203].includes(octet);
        if (!isPublic || (connections[i] ?? 0) < (users?.[i] ?? 1)) wrong.push(addresses.text(i));
      }
      expect(wrong).to.deep.equal([]);
      expect(seen.size).to.equal(addresses.length);
    }
  });

  it("put a carrier's pool into consecutive addresses: the 157 of S3 are in one /24", () => {
    const { addresses } = population("s3");
    const nets = new Set(Array.from({ length: 157 }, (_, i) => addresses.text(i, { v4: 24, v6: 64 })));
    expect(nets.size).to.equal(1);
    expect(addresses.text(0)).to.match(/\.0$/);
    expect(addresses.text(156)).to.match(/\.156$/);
  });

  it("give a person six connections on average", () => {
    const { connections } = population("s1");
    expect(connections.reduce((a, b) => a + b, 0) / 10_000).to.be.closeTo(6, 0.3);
  });
});
