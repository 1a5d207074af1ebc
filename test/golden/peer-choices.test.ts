import { createHash } from "node:crypto";
import { expect } from "chai";
import { formatAddress } from "../../src/proxy-protocol/address-text.ts";
import type { PeerClient } from "../../src/skew/peers/peer.ts";
import { buildPeer, isPeerPolicy, peerPolicies } from "../../src/skew/peers/peer-policy.ts";
import { choices, ipv4Clients, tenNet } from "../support/peer-clients.ts";

/** Choices at the time when those of nginx and HAProxy equalled the real programs' and Envoy's ring that of its tests. */
const GOLDEN: Readonly<Record<string, string>> = {
  "nginx-ip-hash": "e4daf863f98eb20e",
  "nginx-hash": "62164e0e87a9b639",
  "nginx-hash-consistent": "d821c0b2ed89f076",
  "haproxy-map-based": "816217b2cd24f2c4",
  "haproxy-consistent": "68aff6066e6bd20f",
  "envoy-ring-hash": "98dee32bdad1f531",
  "envoy-maglev": "fe4cd0dc9a082e2f",
  "ipvs-sh": "e3892aa0fa5ded22",
  "modulo": "7953fe734628384f",
};

describe("golden choices of other programs", () => {
  const ipv6 = ipv4Clients(500, 2).map(({ bytes }): PeerClient => {
    const address = Uint8Array.of(0x20, 0x01, 0x0d, 0xb8, ...bytes, ...bytes, ...bytes);
    return { bytes: address, text: formatAddress(address) };
  });
  const clients = [...ipv4Clients(2_000), ...ipv6];

  for (const policy of Object.keys(peerPolicies).filter(isPeerPolicy)) {
    it(`${policy}: weights, one server down`, () => {
      const model = buildPeer(
        policy,
        tenNet(12, (index) => ({ weight: 1 + (index % 4), down: index === 5 })),
      );
      const found = choices(model, clients).map((choice) => choice ?? "-");
      expect(createHash("sha256").update(found.join()).digest("hex").slice(0, 16)).to.equal(GOLDEN[policy]);
    });
  }
});
