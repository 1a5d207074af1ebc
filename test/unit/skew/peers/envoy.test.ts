import { expect } from "chai";
import { envoyHosts } from "../../../../src/skew/peers/envoy-hosts.ts";
import { EnvoyMaglev } from "../../../../src/skew/peers/envoy-maglev.ts";
import { defaultEnvoyRingOptions, EnvoyRingHash, envoyRing } from "../../../../src/skew/peers/envoy-ring-hash.ts";
import { peerServer } from "../../../../src/skew/peers/peer.ts";
import { xxHash64 } from "../../../../src/skew/peers/xxhash64.ts";
import { choices, ipv4Clients, loads, peerClient, tenNet } from "../../../support/peer-clients.ts";

const RING_OF_12 = { minimumRingSize: 12, maximumRingSize: 8_388_608 };

const local = (...weights: readonly number[]) =>
  weights.map((weight, index) => peerServer(`127.0.0.1:${90 + index}`, { weight }));

describe("xxHash64", () => {
  const hash = (text: string, seed?: bigint) => xxHash64(new TextEncoder().encode(text), seed).toString(16);

  it("agrees with the reference implementation", () => {
    expect(hash("")).to.equal("ef46db3751d8e999");
    expect(hash("a")).to.equal("d24ec4f1a98c6e5b");
    expect(hash("abc")).to.equal("44bc2cf5ad770999");
    expect(hash("Nobody inspects the spammish repetition")).to.equal("fbcea83c8a378bf1");
  });

  it("depends on every byte, at every length, and on the seed", () => {
    const seen = new Set<string>();
    for (let length = 0; length <= 100; length++) {
      seen.add(hash("x".repeat(length)));
      seen.add(hash("x".repeat(length), 1n));
      for (let at = 0; at < length; at += 7) seen.add(hash(`${"x".repeat(at)}y${"x".repeat(length - at - 1)}`));
    }
    const expected =
      101 + 101 + Array.from({ length: 101 }, (_, length) => Math.ceil(length / 7)).reduce((a, b) => a + b);
    expect(seen.size).to.equal(expected);
  });
});

// Rings and tables that Envoy's own tests print (ring_hash_lb_test.cc, maglev_lb_test.cc).
describe("EnvoyRingHash", () => {
  const ringOf = (...addresses: readonly string[]) => {
    const servers = addresses.map((address) => peerServer(address));
    const { points, owners } = envoyRing(envoyHosts(servers, "RING_HASH"), RING_OF_12);
    return Array.from(points, (point, i) => `${addresses[owners[i] ?? -1]} ${point}`);
  };

  it("has the points of Envoy's ring of six addresses", () => {
    expect(ringOf(...local(1, 1, 1, 1, 1, 1).map(({ address }) => address))).to.deep.equal([
      "127.0.0.1:94 833437586790550860",
      "127.0.0.1:92 928266305478181108",
      "127.0.0.1:90 1033482794131418490",
      "127.0.0.1:95 3551244743356806947",
      "127.0.0.1:93 3851675632748031481",
      "127.0.0.1:91 5583722120771150861",
      "127.0.0.1:91 6311230543546372928",
      "127.0.0.1:93 7700377290971790572",
      "127.0.0.1:95 13144177310400110813",
      "127.0.0.1:92 13444792449719432967",
      "127.0.0.1:94 15516499411664133160",
      "127.0.0.1:90 16117243373044804889",
    ]);
  });

  it("has the points of Envoy's ring of six host names", () => {
    expect(ringOf("90", "91", "92", "93", "94", "95")).to.deep.equal([
      "95 1975508444536362413",
      "95 2376063919839173711",
      "93 2386806903309390596",
      "94 6749904478991551885",
      "93 6803900775736438537",
      "92 7225015537174310577",
      "90 8787465352164086522",
      "92 11282020843382717940",
      "91 13723418369486627818",
      "90 13776502110861797421",
      "91 14338313586354474791",
      "94 15364271037087512980",
    ]);
  });

  it("finds what Envoy finds in it", () => {
    const model = new EnvoyRingHash(local(1, 1, 1, 1, 1, 1), RING_OF_12);
    const found = [0n, 2n ** 64n - 1n, 3551244743356806947n, 3551244743356806948n, 16117243373044804880n];
    expect(found.map((hash) => model.placeHash(hash))).to.deep.equal([4, 4, 5, 3, 0]);
  });

  it("hashes the text of the client's address", () => {
    const model = new EnvoyRingHash(local(1, 1, 1));
    for (const text of ["192.0.2.1", "2001:db8::1"]) {
      expect(model.place(peerClient(text))).to.equal(model.placeHash(xxHash64(new TextEncoder().encode(text))));
    }
  });

  it("has at least 1024 points in all by default: few for each of many hosts", () => {
    const points = (count: number) =>
      envoyRing(envoyHosts(tenNet(count), "RING_HASH"), defaultEnvoyRingOptions).points.length / count;
    expect([1, 10, 50, 100].map(points)).to.deep.equal([1024, 103, 21, 11]);
  });

  it("gives each host points by its weight, and no more than the largest ring has", () => {
    const owners = (largest: number) =>
      envoyRing(envoyHosts(local(1, 2, 5), "RING_HASH"), { minimumRingSize: 16, maximumRingSize: largest }).owners;
    const count = (largest: number) =>
      [0, 1, 2].map((index) => owners(largest).filter((owner) => owner === index).length);
    expect(count(1000)).to.deep.equal([2, 4, 10]);
    expect(count(8)).to.deep.equal([1, 2, 5]);
    // Four hosts of a quarter and room for six points: two, one, two, one, as a comment in ring_hash_lb.cc explains.
    const four = envoyRing(envoyHosts(tenNet(4), "RING_HASH"), { minimumRingSize: 6, maximumRingSize: 6 }).owners;
    expect([0, 1, 2, 3].map((index) => four.filter((owner) => owner === index).length)).to.deep.equal([2, 1, 2, 1]);
  });
});

describe("EnvoyMaglev", () => {
  const table = (size: number, ...weights: readonly number[]) => {
    const model = new EnvoyMaglev(local(...weights), { tableSize: size });
    return Array.from({ length: size }, (_, slot) => model.placeHash(BigInt(slot)));
  };

  it("fills the tables of Envoy's tests", () => {
    expect(table(7, 1, 1, 1, 1, 1, 1)).to.deep.equal([2, 4, 0, 1, 5, 0, 3]);
    expect(table(17, 1, 2)).to.deep.equal([1, 0, 0, 1, 0, 1, 1, 0, 1, 1, 1, 1, 1, 0, 1, 0, 1]);
    expect(table(17, 1, 1)).to.deep.equal([1, 0, 0, 1, 0, 1, 1, 0, 0, 1, 0, 1, 0, 0, 1, 0, 1]);
    expect(table(17, 8, 2)).to.deep.equal([1, 0, 0, 0, 0, 0, 1, 0, 0, 1, 0, 1, 0, 0, 0, 0, 0]);
    expect(table(7, 1)).to.deep.equal([0, 0, 0, 0, 0, 0, 0]);
  });

  it("shares 65537 slots 1 : 2 to the last slot", () => {
    const slots = table(65_537, 1, 2);
    expect(slots.filter((owner) => owner === 0)).to.have.lengthOf(21_846);
  });

  it("does not care about the order of the list", () => {
    const servers = tenNet(9, (i) => ({ weight: 1 + (i % 3) }));
    const forward = new EnvoyMaglev(servers, { tableSize: 509 });
    const backward = new EnvoyMaglev(servers.toReversed(), { tableSize: 509 });
    for (let slot = 0n; slot < 509n; slot++) {
      expect(8 - (backward.placeHash(slot) ?? -1)).to.equal(forward.placeHash(slot));
    }
  });

  it("refuses a table that Envoy refuses", () => {
    for (const tableSize of [8, 1, 0, 7.5, 5_000_077]) {
      expect(() => new EnvoyMaglev(local(1), { tableSize })).to.throw(RangeError, `not ${tableSize}`);
    }
  });
});

describe("envoyHosts", () => {
  const clients = ipv4Clients(1_000);
  for (const [name, Model] of [["EnvoyRingHash", EnvoyRingHash] as const, ["EnvoyMaglev", EnvoyMaglev] as const]) {
    it(`leaves out hosts that are down, unless fewer than half are up (${name})`, () => {
      const down = (count: number) => loads(new Model(tenNet(10, (index) => ({ down: index < count }))), clients, 10);
      expect(down(5).map((load) => load > 0)).to.deep.equal([0, 0, 0, 0, 0, 1, 1, 1, 1, 1].map(Boolean));
      // Panic: all hosts, as if all were up.
      expect(down(6)).to.deep.equal(down(0));
      expect(down(10)).to.deep.equal(down(0));
    });

    it(`has nobody to choose without hosts (${name})`, () => {
      expect(choices(new Model([]), clients.slice(0, 2))).to.deep.equal([undefined, undefined]);
    });

    it(`takes neither a weight of 0 nor backups (${name})`, () => {
      expect(() => new Model(tenNet(2, () => ({ weight: 0 })))).to.throw(RangeError, "Envoy's");
      expect(() => new Model(tenNet(2, () => ({ backup: true })))).to.throw(RangeError, "backup");
    });
  }
});
