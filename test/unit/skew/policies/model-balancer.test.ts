import { expect } from "chai";
import { buildPeer, type PeerPolicy } from "../../../../src/skew/peers/peer-policy.ts";
import { createPolicyBalancer } from "../../../../src/skew/policies/create-policy-balancer.ts";
import { comparedBackends, someAddresses, Visitors } from "../../../support/compared.ts";

const PEERS: readonly PeerPolicy[] = [
  ...(["nginx-ip-hash", "nginx-hash", "nginx-hash-consistent", "haproxy-map-based", "haproxy-consistent"] as const),
  ...(["envoy-ring-hash", "envoy-maglev", "ipvs-sh"] as const),
];

describe("ModelBalancer", () => {
  const visitors = new Visitors();
  const addresses = someAddresses(200);

  it("places as the model does, everybody up or one down, and back", () => {
    const backends = comparedBackends(5, [1, 2, 1, 3, 1]);
    for (const name of PEERS) {
      const balancer = createPolicyBalancer(name, backends);
      const servers = (down: number) =>
        backends.map(({ address, weight }, i) => ({ address, weight, down: i === down, backup: false }));
      for (const down of [-1, 3, -1]) {
        for (let i = 0; i < backends.length; i++) balancer.setState(i, i === down ? "down" : "up");
        const model = buildPeer(name, servers(down));
        const ideal = buildPeer(name, servers(-1));
        for (const address of addresses) {
          const visit = visitors.visit(address);
          const placed = balancer.place(visit);
          expect(placed?.backend, name).to.equal(model.place(visit));
          if (placed !== undefined) expect(placed.home, name).to.equal(ideal.place(visit));
        }
      }
    }
  });

  it("takes a draining server for one that is down", () => {
    for (const name of [...PEERS, "haproxy-bounded-load"]) {
      const [drained, downed] = [
        createPolicyBalancer(name, comparedBackends(4)),
        createPolicyBalancer(name, comparedBackends(4)),
      ];
      drained.setState(1, "draining");
      downed.setState(1, "down");
      for (const address of addresses) {
        const visit = visitors.visit(address);
        const placed = drained.place(visit)?.backend;
        expect(placed, name).to.equal(downed.place(visit)?.backend);
        expect(placed, name).not.to.equal(1);
      }
    }
  });

  it("turns away whom IPVS turns away, and counts nothing for them", () => {
    const balancer = createPolicyBalancer("ipvs-sh", comparedBackends(2));
    balancer.setState(0, "down");
    const placed = addresses.map((address) => balancer.place(visitors.visit(address)));
    const refused = placed.filter((place) => place === undefined).length;
    expect(refused).to.be.within(60, 140);
    expect(balancer.open).to.equal(addresses.length - refused);
  });

  it("bounds the load by what is open, across a change of the list", () => {
    const balancer = createPolicyBalancer("haproxy-bounded-load", comparedBackends(10));
    const places = Array.from({ length: 200 }, () => balancer.place(visitors.visit("203.0.113.9")));
    const loads = new Map<number, number>();
    for (const place of places) loads.set(place?.backend ?? -1, (loads.get(place?.backend ?? -1) ?? 0) + 1);
    expect(Math.max(...loads.values())).to.equal(25);
    // All of app1 … app9 keep what they have; what app10 had still counts when it comes back.
    balancer.setBackends(comparedBackends(9));
    balancer.setBackends(comparedBackends(10));
    expect(balancer.open).to.equal(200);
    for (const place of places) place?.close(0);
    for (const place of places) place?.close(0);
    expect(balancer.open).to.equal(0);
    expect(balancer.place(visitors.visit("203.0.113.9"))).to.include({
      backend: places[0]?.home,
      home: places[0]?.home,
    });
  });

  it("gives servers of one name their turns, as nginx does", () => {
    const twins = comparedBackends(2).map((backend) => ({ ...backend, address: "10.0.0.1:8080" }));
    const balancer = createPolicyBalancer("nginx-hash-consistent", twins);
    const places = Array.from({ length: 6 }, () => balancer.place(visitors.visit("203.0.113.9"))?.backend);
    expect(places).to.deep.equal([0, 1, 0, 1, 0, 1]);
  });

  it("does not care about users", () => {
    const balancer = createPolicyBalancer("envoy-maglev", comparedBackends(7));
    const one = balancer.place(visitors.visit("203.0.113.9", 1))?.backend;
    balancer.forget(1);
    expect(balancer.place(visitors.visit("203.0.113.9", 2))?.backend).to.equal(one);
  });
});
