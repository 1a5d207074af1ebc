import { expect } from "chai";
import fc from "fast-check";
import { formatAddress } from "../../src/proxy-protocol/address-text.ts";
import { type PeerClient, type PeerServer, peerServer } from "../../src/skew/peers/peer.ts";
import { buildPeer, isPeerPolicy, type PeerPolicy, peerPolicies } from "../../src/skew/peers/peer-policy.ts";
import { choices, ipv4Clients, loads, movedClients, tenNet } from "../support/peer-clients.ts";

const policies = Object.keys(peerPolicies).filter(isPeerPolicy);

const client = fc
  .oneof(fc.uint8Array({ minLength: 4, maxLength: 4 }), fc.uint8Array({ minLength: 16, maxLength: 16 }))
  .map((bytes): PeerClient => ({ bytes, text: formatAddress(bytes) }));
const clients = fc.array(client, { minLength: 1, maxLength: 40 });

const servers = fc
  .uniqueArray(
    fc.record({
      port: fc.integer({ min: 1, max: 65_535 }),
      weight: fc.integer({ min: 1, max: 12 }),
      down: fc.boolean(),
    }),
    {
      selector: ({ port }) => port,
      minLength: 1,
      maxLength: 12,
    },
  )
  .map((list) => list.map(({ port, weight, down }) => peerServer(`10.1.2.3:${port}`, { weight, down })));

const RUNS = { numRuns: 60 };

/** Methods that leave the clients of other servers alone while one is down. */
const STEADY: readonly PeerPolicy[] = ["nginx-ip-hash", "nginx-hash", "nginx-hash-consistent", "haproxy-consistent"];
/** Methods that know a server by its text or not at all, so that the order of the list is of no importance. */
const UNORDERED: readonly PeerPolicy[] = ["nginx-hash-consistent", "envoy-ring-hash", "envoy-maglev"];

describe("models of other programs", () => {
  for (const policy of policies) {
    it(`${policy}: chooses servers that are up, and says so when there are none`, () => {
      fc.assert(
        fc.property(servers, clients, (list, all) => {
          const up = list.filter(({ down }) => !down).length;
          const panic = policy.startsWith("envoy") && up < list.length / 2;
          for (const choice of choices(buildPeer(policy, list), all)) {
            if (choice === undefined) expect(up === 0 || policy === "ipvs-sh").to.equal(true);
            else expect(panic || list[choice]?.down === false).to.equal(true);
            if (up > 0 && policy !== "ipvs-sh") expect(choice).to.be.a("number");
          }
        }),
        RUNS,
      );
    });

    it(`${policy}: places the same clients in the same way again`, () => {
      fc.assert(
        fc.property(servers, clients, (list, all) => {
          expect(choices(buildPeer(policy, list), all)).to.deep.equal(choices(buildPeer(policy, [...list]), all));
        }),
        RUNS,
      );
    });

    it(`${policy}: gives twice the weight about twice the clients`, () => {
      const weights = [1, 2, 1, 2, 1, 2];
      const list = tenNet(6, (index) => ({ weight: 10 * (weights[index] ?? 1) }));
      const load = loads(buildPeer(policy, list), ipv4Clients(9_000), 6);
      const heavy = (load[1] ?? 0) + (load[3] ?? 0) + (load[5] ?? 0);
      expect(heavy / 9_000).to.be.closeTo(2 / 3, 0.04);
    });

    const unordered = UNORDERED.includes(policy);
    it(`${policy}: the order of the list ${unordered ? "is of no importance" : "matters"}`, () => {
      const list = tenNet(10, (index) => ({ weight: 1 + (index % 3) }));
      const all = ipv4Clients(1_000);
      const forward = choices(buildPeer(policy, list), all).map((choice = -1) => list[choice]?.address);
      const turned = list.toReversed();
      const backward = choices(buildPeer(policy, turned), all).map((choice = -1) => turned[choice]?.address);
      const moved = forward.filter((address, i) => address !== backward[i]).length;
      if (unordered) expect(moved).to.equal(0);
      else expect(moved).to.be.above(500);
    });
  }

  for (const policy of STEADY) {
    it(`${policy}: a server that goes down moves its own clients only`, () => {
      fc.assert(
        fc.property(servers, clients, fc.nat(), (list, all, pick) => {
          // Few enough weights that nginx need not give up hashing.
          const upright = list.map((server): PeerServer => ({ ...server, down: false }));
          const gone = pick % upright.length;
          const after = upright.map((server, index) => ({ ...server, down: index === gone }));
          const before = choices(buildPeer(policy, upright), all);
          const now = choices(buildPeer(policy, after), all);
          for (const [i, choice] of before.entries()) if (choice !== gone) expect(now[i]).to.equal(choice);
        }),
        RUNS,
      );
    });
  }

  it("scaling all weights changes nothing for HAProxy's map and for Envoy", () => {
    fc.assert(
      fc.property(servers, clients, fc.integer({ min: 2, max: 20 }), (list, all, factor) => {
        const scaled = list.map((server) => ({ ...server, weight: factor * server.weight }));
        for (const policy of ["haproxy-map-based", "envoy-ring-hash"] as const) {
          expect(choices(buildPeer(policy, scaled), all)).to.deep.equal(choices(buildPeer(policy, list), all));
        }
      }),
      RUNS,
    );
  });

  it("a deleted line moves 10 % on a ring, 90 % where the list is counted", () => {
    const all = ipv4Clients(3_000);
    const moved = (policy: PeerPolicy) =>
      movedClients(buildPeer(policy, tenNet(10)), buildPeer(policy, tenNet(9)), all);
    for (const policy of ["nginx-ip-hash", "nginx-hash", "haproxy-map-based", "ipvs-sh", "modulo"] as const) {
      expect(moved(policy), policy).to.be.within(0.85, 0.95);
    }
    for (const policy of ["nginx-hash-consistent", "haproxy-consistent", "envoy-maglev"] as const) {
      expect(moved(policy), policy).to.be.within(0.05, 0.17);
    }
    // Fewer hosts have more points each on a ring of 1024.
    expect(moved("envoy-ring-hash")).to.be.within(0.08, 0.25);
  });
});
