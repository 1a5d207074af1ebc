import { createHash } from "node:crypto";
import { expect } from "chai";
import { keyHash } from "../../../../src/hashing/murmur3.ts";
import { IpvsSourceHash } from "../../../../src/skew/peers/ipvs-source-hash.ts";
import { Ketama } from "../../../../src/skew/peers/ketama.ts";
import { peerServer } from "../../../../src/skew/peers/peer.ts";
import { PlainModulo } from "../../../../src/skew/peers/plain-modulo.ts";
import { pointAtOrAfter, sortPoints } from "../../../../src/skew/peers/sorted-points.ts";
import { choices, ipv4Clients, movedClients, peerClient, tenNet, textKey } from "../../../support/peer-clients.ts";

const clients = ipv4Clients(4_000);

describe("IpvsSourceHash", () => {
  /** One client of each of the 256 slots. */
  const ofSlot = Array.from({ length: 256 }, (_, slot) => {
    for (let host = 0; host < 65_536; host++) {
      if (Math.imul((10 << 24) + host, 0x61c88647) >>> 24 === slot)
        return peerClient(`10.0.${host >> 8}.${host & 255}`);
    }
    throw new Error(`no client has slot ${slot}`);
  });

  it("deals 256 slots to the servers in turn, by weight", () => {
    const weights = [1, 3, 2];
    const model = new IpvsSourceHash(tenNet(3, (i) => ({ weight: weights[i] ?? 1 })));
    expect(choices(model, ofSlot)).to.deep.equal(Array.from({ length: 256 }, (_, i) => [0, 1, 1, 1, 2, 2][i % 6]));
  });

  it("is as uneven as 256 slots are", () => {
    const share = (count: number) => {
      const found = choices(new IpvsSourceHash(tenNet(count)), ofSlot);
      return found.filter((choice) => choice === 0).length / (256 / count);
    };
    expect(share(10)).to.be.closeTo(1.016, 0.001);
    expect(share(100)).to.be.closeTo(1.172, 0.001);
  });

  it("moves 90 % of the clients when the last of ten leaves", () => {
    const moved = movedClients(new IpvsSourceHash(tenNet(10)), new IpvsSourceHash(tenNet(9)), clients);
    expect(moved).to.be.within(0.87, 0.92);
  });

  it("turns the clients of a server away that is down, or with sh-fallback sends them on", () => {
    const servers = tenNet(4, (i) => ({ down: i === 2 }));
    const before = choices(new IpvsSourceHash(tenNet(4)), ofSlot);
    const dropped = choices(new IpvsSourceHash(servers), ofSlot);
    const sentOn = choices(new IpvsSourceHash(servers, { fallback: true }), ofSlot);
    for (const [slot, choice] of before.entries()) {
      expect(dropped[slot]).to.equal(choice === 2 ? undefined : choice);
      // From slot s the search goes on at 2 s.
      const next = before[(2 * slot) % 256] === 2 ? before[(2 * slot + 1) % 256] : before[(2 * slot) % 256];
      expect(sentOn[slot]).to.equal(choice === 2 ? next : choice);
    }
    const nobody = new IpvsSourceHash(
      tenNet(2, () => ({ down: true })),
      { fallback: true },
    );
    expect(nobody.place(peerClient("192.0.2.1"))).to.equal(undefined);
    expect(new IpvsSourceHash([]).place(peerClient("192.0.2.1"))).to.equal(undefined);
  });

  it("leaves one slot of each turn to a server of weight 0", () => {
    const model = new IpvsSourceHash(tenNet(2, (i) => ({ weight: i === 0 ? 5 : 2, down: i === 0 })));
    expect(choices(model, ofSlot).slice(0, 6)).to.deep.equal([undefined, 1, 1, undefined, 1, 1]);
  });
});

describe("PlainModulo", () => {
  it("is the hash modulo the weights of the servers that are up, in the order of the list", () => {
    const model = new PlainModulo(tenNet(4, (i) => ({ weight: i, down: i === 2 })));
    for (const client of clients.slice(0, 200)) {
      expect(model.place(client)).to.equal([1, 3, 3, 3][keyHash(client.bytes, 0) % 4]);
    }
    expect(new PlainModulo(tenNet(2, () => ({ down: true }))).place(peerClient("::1"))).to.equal(undefined);
  });

  it("moves nearly everybody when one of ten is down", () => {
    const down = new PlainModulo(tenNet(10, (i) => ({ down: i === 3 })));
    expect(movedClients(new PlainModulo(tenNet(10)), down, clients)).to.be.within(0.87, 0.92);
  });
});

describe("Ketama", () => {
  it("agrees with libketama: one key", () => {
    const model = new Ketama([
      peerServer("127.0.0.1:11211", { weight: 600 }),
      peerServer("127.0.0.1:11212", { weight: 400 }),
    ]);
    expect(model.locate("test")).to.deep.equal({ hash: 3_446_378_249, point: 3_454_255_383, server: 0 });
    expect(model.place(textKey("test"))).to.equal(0);
  });

  it("agrees with libketama: the million keys of its test.sh", function () {
    this.timeout(40_000);
    const weights = [600, 300, 200, 350, 1000, 800, 950, 100];
    const servers = weights.map((weight, i) => peerServer(`10.0.1.${i + 1}:11211`, { weight }));
    const model = new Ketama(servers);
    // What its program prints begins with an empty line.
    const digest = createHash("md5").update("\n");
    for (let block = 0; block < 1_000; block++) {
      let lines = "";
      for (let key = 1_000 * block; key < 1_000 * (block + 1); key++) {
        const { hash, point, server = -1 } = model.locate(String(key));
        lines += `${hash} ${point} ${servers[server]?.address}\n`;
      }
      digest.update(lines);
    }
    expect(digest.digest("hex")).to.equal("5672b131391f5aa2b280936aec1eea74");
  });

  it("leaves out servers that are down", () => {
    const model = new Ketama(tenNet(3, (i) => ({ down: i === 1 })));
    expect(new Set(choices(model, clients.slice(0, 200)))).to.deep.equal(new Set([0, 2]));
    expect(new Ketama(tenNet(1, () => ({ down: true }))).place(textKey("a"))).to.equal(undefined);
  });
});

describe("sortPoints and pointAtOrAfter", () => {
  it("sort, and leave a point that two have to the first of them", () => {
    const { points, owners } = sortPoints([Uint32Array.of(7, 0xffffffff), Uint32Array.of(0, 7), Uint32Array.of(7, 3)]);
    expect([...points]).to.deep.equal([0, 3, 7, 0xffffffff]);
    expect([...owners]).to.deep.equal([1, 2, 0, 0]);
  });

  it("find the first point that is not below a hash", () => {
    const points = Uint32Array.of(5, 9, 12);
    expect([0, 5, 6, 9, 12, 13].map((hash) => pointAtOrAfter(points, hash))).to.deep.equal([0, 0, 1, 1, 2, 3]);
    expect(pointAtOrAfter(new BigUint64Array(0), 1n)).to.equal(0);
  });
});
