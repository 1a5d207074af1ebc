import { expect } from "chai";
import { createPolicyBalancer } from "../../../../src/skew/policies/create-policy-balancer.ts";
import { comparedBackends, someAddresses, Visitors } from "../../../support/compared.ts";

describe("DataPathBalancer", () => {
  const visitors = new Visitors();
  const addresses = someAddresses(300);

  it("keeps the clients of others when one backend is down or drains, and brings its own back", () => {
    for (const name of ["ring", "rendezvous", "bounded-load", "nat-split"]) {
      const balancer = createPolicyBalancer(name, comparedBackends(4));
      const places = (): (number | undefined)[] =>
        addresses.map((address) => {
          const placed = balancer.place(visitors.visit(address));
          placed?.close(0);
          return placed?.backend;
        });
      const before = places();
      for (const state of ["down", "draining"] as const) {
        balancer.setState(2, state);
        const during = places();
        expect(during, name).not.to.include(2);
        during.forEach((place, i) => {
          if (before[i] !== 2) expect(place).to.equal(before[i]);
        });
      }
      balancer.setState(2, "up");
      expect(places(), name).to.deep.equal(before);
    }
  });

  it("says where a client would be at home, and turns everybody away when nobody is up", () => {
    const balancer = createPolicyBalancer("ring", comparedBackends(2));
    const home = balancer.place(visitors.visit("203.0.113.9"))?.backend ?? -1;
    balancer.setState(home, "down");
    expect(balancer.place(visitors.visit("203.0.113.9"))).to.include({ home, backend: 1 - home });
    balancer.setState(1 - home, "down");
    expect(balancer.place(visitors.visit("203.0.113.9"))).to.equal(undefined);
    expect(balancer.open).to.equal(2);
  });

  it("counts IPv6 clients of one /64 as one", () => {
    const balancer = createPolicyBalancer("ring", comparedBackends(20));
    const places = Array.from(
      { length: 50 },
      (_, i) => balancer.place(visitors.visit(`2001:db8:0:1::${i + 1}`))?.backend,
    );
    expect(new Set(places).size).to.equal(1);
  });

  it("keeps an overflowed client with a pin, until its TTL is over; without pins it goes home at once", () => {
    for (const [name, keeps] of [
      ["bounded-load-pinned", true],
      ["bounded-load", false],
    ] as const) {
      const balancer = createPolicyBalancer(name, comparedBackends(4));
      const place = (nowMs: number) => balancer.place(visitors.visit("203.0.113.9", 0, nowMs));
      const [first, second] = [place(0), place(0)];
      expect(first?.backend).to.equal(first?.home);
      expect(second?.home).to.equal(first?.home);
      expect(second?.backend).not.to.equal(first?.home);
      first?.close(0);
      second?.close(0);
      const third = place(1000);
      expect(third?.backend, name).to.equal(keeps ? second?.backend : first?.home);
      third?.close(1000);
      const beforeEnd = place(600_999);
      expect(beforeEnd?.backend, name).to.equal(keeps ? second?.backend : first?.home);
      beforeEnd?.close(600_999);
      expect(place(1_200_999)?.backend, name).to.equal(first?.home);
    }
  });

  it("places first visits by least connections, and a user's later ones by what it remembers until it forgets", () => {
    const balancer = createPolicyBalancer("sticky-cookie", comparedBackends(3));
    const place = (user: number) => balancer.place(visitors.visit("203.0.113.9", user));
    const firsts = [1, 2, 3].map((user) => place(user)?.backend);
    expect([...firsts].sort()).to.deep.equal([0, 1, 2]);
    // Now everybody comes back twice: to the same backend, however full it gets.
    const first = firsts[0] ?? -1;
    for (let i = 0; i < 5; i++) expect(place(1)).to.include({ backend: first, home: first });
    balancer.forget(1);
    expect(place(1)?.backend).not.to.equal(first);
  });

  it("lets cookies hold while a backend drains, and moves them once when it is down", () => {
    const balancer = createPolicyBalancer("sticky-cookie", comparedBackends(2));
    const place = (user: number) => balancer.place(visitors.visit("203.0.113.9", user))?.backend ?? -1;
    const own = place(1);
    balancer.setState(own, "draining");
    expect(place(1)).to.equal(own);
    expect([2, 3, 4].map(place)).to.deep.equal([1 - own, 1 - own, 1 - own]);
    balancer.setState(own, "down");
    expect(place(1)).to.equal(1 - own);
    balancer.setState(own, "up");
    expect(place(1)).to.equal(1 - own);
  });

  it("spreads a heavy address over its first three backends, and nobody else", () => {
    const balancer = createPolicyBalancer("nat-split", comparedBackends(10));
    const home = addresses.map((address) => balancer.place(visitors.visit(address))?.home);
    const places = new Map<number, number>();
    for (let i = 0; i < 400; i++) {
      const { backend = -1 } = balancer.place(visitors.visit("203.0.113.9")) ?? {};
      places.set(backend, (places.get(backend) ?? 0) + 1);
    }
    expect(places.size).to.equal(3);
    expect(Math.min(...places.values())).to.be.greaterThan(100);
    expect(addresses.map((address) => balancer.place(visitors.visit(address))?.backend)).to.deep.equal(home);
  });

  it("keeps connections, states and cookies of backends that stay in the list, wherever they stand in it", () => {
    const balancer = createPolicyBalancer("sticky-cookie", comparedBackends(3));
    const place = (user: number) => balancer.place(visitors.visit("203.0.113.9", user));
    const all = comparedBackends(4);
    const before = [1, 2, 3].map((user) => comparedBackends(3)[place(user)?.backend ?? -1]?.id);
    balancer.setState(0, "draining");
    const reversed = [...all].reverse();
    balancer.setBackends(reversed);
    expect(balancer.open).to.equal(3);
    expect([1, 2, 3].map((user) => reversed[place(user)?.backend ?? -1]?.id)).to.deep.equal(before);
    // app1 still drains; app4 has nothing yet, so it is next.
    expect(reversed[place(9)?.backend ?? -1]?.id).to.equal("app4");
    // The others have two connections each, counted by backend: one more evens app4 out, and then they take turns.
    const next = [10, 11, 12, 13].map((user) => reversed[place(user)?.backend ?? -1]?.id);
    expect(next[0]).to.equal("app4");
    expect(next.slice(1).sort()).to.deep.equal(["app2", "app3", "app4"]);
  });
});
