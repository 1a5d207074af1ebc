import { expect } from "chai";
import { identityBytes, writeU32 } from "../../../src/hashing/identity-bytes.ts";
import { hashBytes } from "../../../src/hashing/murmur3.ts";
import { backends, orderIds, ownerId, spreadHashes, table } from "../../support/hash-tables.ts";

const SEED = 11;

/** A virtual node's place, from its definition. */
function point(id: string, index: number): number {
  const bytes = Uint8Array.of(...identityBytes(id), 0, 0, 0, 0);
  writeU32(bytes, bytes.length - 4, index);
  return hashBytes(bytes, SEED);
}

describe("ring", () => {
  const ids = ["a", "b", "c"];
  const ring = table("ring", backends(0).concat(ids.map((id) => ({ id, weight: 1 }))), { seed: SEED, ringVnodes: 1 });
  const points = ids.map((id) => ({ id, at: point(id, 0) })).sort((x, y) => x.at - y.at);

  it("gives a key to the first point at or after its hash, and wraps around", () => {
    points.forEach(({ id, at }, i) => {
      const next = points[(i + 1) % points.length]?.id;
      expect(ownerId(ring, at)).to.equal(id);
      expect(ownerId(ring, at - 1)).to.equal(id);
      expect(ownerId(ring, at + 1)).to.equal(next);
    });
    expect(ownerId(ring, 0)).to.equal(points[0]?.id);
    expect(ownerId(ring, 0xffffffff)).to.equal(points[0]?.id);
  });

  it("continues along the ring for the order", () => {
    const [first, second, third] = points.map(({ id }) => id);
    expect(orderIds(ring, points[0]?.at ?? 0)).to.deep.equal([first, second, third]);
    expect(orderIds(ring, points[1]?.at ?? 0)).to.deep.equal([second, third, first]);
    expect(orderIds(ring, 0xffffffff)).to.deep.equal([first, second, third]);
  });

  it("tells the point that owns the key", () => {
    expect(ring.locate((points[1]?.at ?? 0) - 1)).to.deep.equal({ kind: "point", value: points[1]?.at, of: 3 });
    expect(ring.locate(0xffffffff)).to.deep.equal({ kind: "point", value: points[0]?.at, of: 3 });
  });

  it("measures shares by the arcs before the points", () => {
    const arcs = new Map(
      points.map(({ id, at }, i) => [id, at - (points[i - 1]?.at ?? (points[2]?.at ?? 0) - 2 ** 32)]),
    );
    expect([...ring.shares()]).to.deep.equal(ids.map((id) => (arcs.get(id) ?? 0) / 2 ** 32));
  });

  it("has a point for every unit of weight and virtual node", () => {
    expect(
      table(
        "ring",
        backends(3, (i) => i + 1),
        { ringVnodes: 7 },
      ).locate(1)?.of,
    ).to.equal(42);
    expect(table("ring", backends(5)).locate(1)?.of).to.equal(5 * 1024);
  });

  it("gives a point that two backends share to the smaller id", () => {
    // A collision of murmur3 at the seed 0, found by search.
    const shared = 1_808_363_488;
    const pair = ["app86354", "app146786"].map((id) => ({ id, weight: 1 }));
    for (const entries of [pair, [...pair].reverse()]) {
      const collided = table("ring", entries, { ringVnodes: 1 });
      expect(collided.locate(0)).to.deep.equal({ kind: "point", value: shared, of: 2 });
      expect([...collided.shares()]).to.deep.equal([1, 0]);
      for (const hash of [0, shared, shared + 1]) {
        expect(orderIds(collided, hash)).to.deep.equal(["app146786", "app86354"]);
      }
    }
    expect(table("ring", pair.slice(0, 1), { ringVnodes: 1 }).locate(0)?.value).to.equal(shared);
  });

  it("reads a signed hash as the unsigned one with the same bits", () => {
    const large = table("ring", backends(9), { ringVnodes: 20 });
    for (const hash of spreadHashes(500)) {
      expect(large.owner(hash | 0)).to.equal(large.owner(hash));
      expect(large.order(hash | 0)).to.deep.equal(large.order(hash));
    }
  });

  it("is even within 8 % for 5 backends with the default options", () => {
    expect(Math.max(...table("ring", backends(5)).shares()) * 5).to.be.below(1.08);
  });

  it("has more than 65536 backends when it must", () => {
    const many = table("ring", backends(70_000), { ringVnodes: 1 });
    const owners = new Set(spreadHashes(3000).map((hash) => many.owner(hash)));
    expect(owners.size).to.be.above(2500);
    expect(Math.max(...owners)).to.be.above(65_536);
  });
});
