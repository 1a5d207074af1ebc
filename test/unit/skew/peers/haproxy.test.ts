import { expect } from "chai";
import { foldAddress } from "../../../../src/skew/peers/fold-address.ts";
import { HaproxyConsistent } from "../../../../src/skew/peers/haproxy-consistent.ts";
import { HaproxyMapBased } from "../../../../src/skew/peers/haproxy-map-based.ts";
import { fullHash } from "../../../../src/skew/peers/haproxy-servers.ts";
import { choices, ipv4Clients, loads, movedClients, peerClient, tenNet } from "../../../support/peer-clients.ts";

const clients = ipv4Clients(4_000);

/** The addresses 0.0.0.0, 0.0.0.1, …: the whole map of a map-based backend, slot after slot. */
const counting = (count: number) => Array.from({ length: count }, (_, i) => peerClient(`0.0.${i >> 8}.${i & 255}`));

describe("foldAddress", () => {
  it("leaves an IPv4 address as it is and joins the words of an IPv6 address", () => {
    expect(foldAddress(peerClient("255.1.2.3").bytes)).to.equal(0xff010203);
    expect(foldAddress(peerClient("2001:db8:0:1::8:7").bytes)).to.equal((0x20010db8 ^ 0x1 ^ 0x80007) >>> 0);
    expect(foldAddress(new Uint8Array(0))).to.equal(0);
  });
});

describe("fullHash", () => {
  /** The definition, step by step, in exact arithmetic. */
  function slowly(word: number): number {
    const u32 = (value: bigint): bigint => value & 0xffffffffn;
    let a = BigInt(word);
    a = u32(a + 0x7ed55d16n + (a << 12n));
    a = u32(a ^ 0xc761c23cn ^ (a >> 19n));
    a = u32(a + 0x165667b1n + (a << 5n));
    a = u32((a + 0xd3a2646cn) ^ (a << 9n));
    a = u32(a + 0xfd7046c5n + (a << 3n));
    a = u32(a ^ 0xb55a4f09n ^ (a >> 16n));
    return Number(u32(a * 3_221_225_473n));
  }

  it("equals its definition", () => {
    const words = [0, 1, 0x7fffffff, 0x80000000, 0xffffffff, ...clients.map(({ bytes }) => foldAddress(bytes))];
    for (const word of words) expect(fullHash(word)).to.equal(slowly(word));
  });

  it("never maps two words to one", () => {
    const seen = new Set(Array.from({ length: 100_000 }, (_, i) => fullHash(i)));
    expect(seen.size).to.equal(100_000);
  });
});

describe("HaproxyMapBased", () => {
  it("sends every x.y.z.1 to one server when there are 4, 8 or 16", () => {
    const ones = clients.map(({ bytes }) => peerClient([...bytes.subarray(0, 3), 1].join(".")));
    for (const count of [4, 8, 16]) {
      expect(new Set(choices(new HaproxyMapBased(tenNet(count)), ones))).to.deep.equal(new Set([1]));
      const mixed = new HaproxyMapBased(tenNet(count), { avalanche: true });
      expect(new Set(choices(mixed, ones)).size).to.equal(count);
    }
  });

  it("spreads weights over the map, the first server first", () => {
    const weights = [3, 1, 2];
    const map = new HaproxyMapBased(tenNet(3, (i) => ({ weight: weights[i] ?? 1 })));
    const slots = choices(map, counting(12));
    expect(loads(map, counting(6), 3)).to.deep.equal(weights);
    expect(slots.slice(6)).to.deep.equal(slots.slice(0, 6));
    expect(slots[0]).to.equal(0);
  });

  it("divides by what all weights have in common, those of servers that are down included", () => {
    const same = (weights: readonly number[], down = -1) =>
      choices(new HaproxyMapBased(tenNet(3, (i) => ({ weight: weights[i] ?? 1, down: i === down }))), counting(40));
    expect(same([30, 10, 20])).to.deep.equal(same([3, 1, 2]));
    // With 3 in the list the others stay 2 and 4: a map of 6, not of 3.
    expect(same([2, 3, 4], 1).slice(0, 6)).to.deep.equal([0, 2, 2, 0, 2, 2].map((i) => i));
  });

  it("moves nearly everybody when one of ten is disabled", () => {
    const disabled = tenNet(10, (index) => ({ down: index === 3 }));
    const moved = movedClients(new HaproxyMapBased(tenNet(10)), new HaproxyMapBased(disabled), clients);
    expect(moved).to.be.within(0.87, 0.92);
  });

  it("asks a backup when nobody else is up, and nobody when there is none", () => {
    const last = (given: (index: number) => object) =>
      new HaproxyMapBased(tenNet(4, given)).place(peerClient("1.2.3.4"));
    expect(last((i) => ({ down: i < 2, backup: i > 1 }))).to.equal(2);
    expect(last((i) => ({ backup: i > 1, weight: i < 2 ? 0 : 1 }))).to.equal(2);
    expect(last(() => ({ down: true }))).to.equal(undefined);
    expect(last(() => ({ weight: 0 }))).to.equal(undefined);
    // The map has as many slots as the first backup has weight, but a heavier one takes the first of them.
    expect(last((i) => ({ down: i < 2, backup: i > 1, weight: i === 3 ? 10 : 3 }))).to.equal(3);
  });
});

describe("HaproxyConsistent", () => {
  it("chooses the nearest of 16 points for each unit of weight", () => {
    const weights = [1, 3, 2];
    const model = new HaproxyConsistent(tenNet(3, (i) => ({ weight: weights[i] ?? 1 })));
    const points = weights.flatMap((weight, index) =>
      Array.from({ length: 16 * weight }, (_, j) => ({ index, point: fullHash((index + 1) * 4096 + j) })),
    );
    const distance = (a: number, b: number): number => Math.min((a - b) >>> 0, (b - a) >>> 0);
    for (const client of clients.slice(0, 500)) {
      const hash = fullHash(foldAddress(client.bytes));
      const best = points.reduce((a, b) => (distance(a.point, hash) <= distance(b.point, hash) ? a : b));
      expect(model.place(client)).to.equal(best.index);
    }
  });

  it("moves the clients of a disabled server only", () => {
    const before = choices(new HaproxyConsistent(tenNet(10)), clients);
    const after = choices(new HaproxyConsistent(tenNet(10, (i) => ({ down: i === 3 }))), clients);
    for (const [i, choice] of before.entries()) {
      if (choice === 3) expect(after[i]).to.not.equal(3);
      else expect(after[i]).to.equal(choice);
    }
  });

  it("knows a server by its place in the list", () => {
    const other = tenNet(10, () => ({}));
    const renamed = other.map((server) => ({ ...server, address: "elsewhere:1" }));
    expect(choices(new HaproxyConsistent(renamed), clients)).to.deep.equal(
      choices(new HaproxyConsistent(other), clients),
    );
    // Without the first line every other has the number of the one before it.
    const [all, fewer] = [other, other.slice(1)].map((list) =>
      choices(new HaproxyConsistent(list), clients).map((choice = -1) => list[choice]?.address),
    );
    const moved = all?.filter((address, i) => address !== fewer?.[i]).length ?? 0;
    expect(moved / clients.length).to.be.above(0.95);
  });

  it("keeps every server below its share of factor · (connections + 1), and at the bound leaves home", () => {
    for (const weights of [new Array<number>(10).fill(1), [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]]) {
      const served = weights.map(() => 0);
      const servers = tenNet(10, (i) => ({ weight: weights[i] ?? 1 }));
      const model = new HaproxyConsistent(servers, { hashBalanceFactor: 125, served: (i) => served[i] ?? 0 });
      const total = weights.reduce((sum, weight) => sum + weight, 0);
      for (let connections = 0; connections < 300; connections++) {
        const choice = model.place(peerClient("203.0.113.7")) ?? -1;
        served[choice] = (served[choice] ?? 0) + 1;
        const slots = Math.ceil(((connections + 1) * 125) / 100);
        const share = Math.max(1, Math.ceil((slots * (weights[choice] ?? 0)) / total));
        expect(served[choice], `connection ${connections + 1}`).to.be.at.most(share);
      }
    }
  });

  it("sends 1 − c / N of one address away from home: 87.5 % of 200 at 125 %, to 8 of 10 servers", () => {
    const served = new Array<number>(10).fill(0);
    const model = new HaproxyConsistent(tenNet(10), { hashBalanceFactor: 125, served: (i) => served[i] ?? 0 });
    const home = new HaproxyConsistent(tenNet(10)).place(peerClient("203.0.113.7")) ?? -1;
    for (let i = 0; i < 200; i++) {
      const choice = model.place(peerClient("203.0.113.7")) ?? -1;
      served[choice] = (served[choice] ?? 0) + 1;
    }
    expect(served[home]).to.equal(25);
    expect(served.toSorted((a, b) => a - b)).to.deep.equal([0, 0, 25, 25, 25, 25, 25, 25, 25, 25]);
  });

  it("asks only the first backup when nobody else is up", () => {
    const model = new HaproxyConsistent(tenNet(4, (i) => ({ down: i < 2, backup: i > 1, weight: i + 1 })));
    expect(new Set(choices(model, clients))).to.deep.equal(new Set([2]));
    expect(new HaproxyConsistent(tenNet(2, () => ({ down: true }))).place(peerClient("::1"))).to.equal(undefined);
  });

  it("refuses what HAProxy refuses", () => {
    expect(() => new HaproxyConsistent(tenNet(1, () => ({ weight: 257 })))).to.throw(RangeError, "from 0 to 256");
    for (const factor of [1, 100, 125.5, -125]) {
      expect(() => new HaproxyConsistent(tenNet(2), { hashBalanceFactor: factor })).to.throw(
        RangeError,
        `not ${factor}`,
      );
    }
  });
});
