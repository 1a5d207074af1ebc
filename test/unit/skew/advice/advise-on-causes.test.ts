import { expect } from "chai";
import { advise, evenClients as even, kinds, text, threeHeavy as three } from "../../../support/advice-fixture.ts";
import type { StudyFixture } from "../../../support/study-fixture.ts";

describe("adviseOn, when it doubts the counts", () => {
  it("says when they are approximate", () => {
    const advice = advise(three, { errorAtMost: 150 });
    expect(text(advice)).to.include("a count may be too high by up to 150 (0.1 % of all connections)");
    expect(kinds(advise(three))).not.to.include("approximate-counts");
  });

  it("says when there are too few, and sees no proxy then", () => {
    const few = advise({ ...three, total: 40, heavy: [0.95], addresses: 3 });
    expect(text(few)).to.include("There are only 40 connections from 3 addresses: too few to judge by.");
    expect(kinds(few)).to.deep.equal(["little-traffic"]);
    expect(few.settings).to.deep.equal([]);
    const one = advise({ ...three, total: 1, heavy: [1], addresses: 1 });
    expect(text(one)).to.include("There is only 1 connection from 1 address: too few to judge by. Take a longer log.");
    expect(kinds(advise({ ...three, total: 100, heavy: [0.95], addresses: 3 }))).to.include("behind-a-proxy");
  });

  it("survives nothing at all", () => {
    const advice = advise({ ...three, total: 0, heavy: [], addresses: 0, policies: {} });
    expect(kinds(advice)).to.deep.equal(["little-traffic"]);
  });
});

describe("adviseOn, behind a proxy", () => {
  const proxy: StudyFixture = { ...three, heavy: [0.97], named: ["10.0.0.5"] };

  it("asks for the clients' own addresses, and gives no advice about the proxy's", () => {
    const advice = advise(proxy);
    expect(kinds(advice)).to.deep.equal(["behind-a-proxy", "sticky-cookie"]);
    expect(text(advice)).to.include("97 % of the connections come from 10.0.0.5: you are behind a proxy.");
    expect(text(advice)).to.include("LENGKET_PROXY_PROTOCOL_IN").and.to.include("LENGKET_TRUSTED_PROXIES");
    expect(advice.settings.map(({ lines }) => lines)).to.deep.equal([
      ["LENGKET_PROXY_PROTOCOL_IN=required", "LENGKET_TRUSTED_PROXIES=10.0.0.5"],
      ["LENGKET_MODE=http", "LENGKET_TRUSTED_PROXIES=10.0.0.5"],
    ]);
  });

  it("knows what the mode has to offer", () => {
    const tcp = advise(proxy, { mode: "tcp" });
    expect(tcp.settings).to.have.length(1);
    expect(text(tcp)).to.include("PROXY headers").and.not.to.include("X-Forwarded-For");
    const http = advise(proxy, { mode: "http" });
    expect(http.settings).to.have.length(1);
    expect(text(http)).to.include("X-Forwarded-For").and.not.to.include("PROXY_PROTOCOL_IN");
  });

  it("begins at nine tenths", () => {
    expect(kinds(advise({ ...three, heavy: [0.9] }))).to.include("behind-a-proxy");
    expect(kinds(advise({ ...three, heavy: [0.89] })))
      .to.include("heavy-addresses")
      .and.not.to.include("behind-a-proxy");
  });

  it("trusts no address that is not known whole", () => {
    expect(advise({ ...proxy, named: ["203.0.113.0/24"] }, { masked: true }).settings).to.deep.equal([]);
    expect(advise(proxy, { prefixV4: 24 }).settings.flatMap(({ lines }) => lines)).to.deep.equal([
      "LENGKET_CLIENT_PREFIX_V4=32",
    ]);
    const v6 = advise({ ...proxy, named: ["2001:db8::"] });
    expect(v6.settings[0]?.lines).to.include("LENGKET_TRUSTED_PROXIES=2001:db8::/64");
    expect(advise({ ...proxy, named: ["2001:db8::"] }, { prefixV6: 48 }).settings).to.deep.equal([]);
  });

  it("supposes proxies where up to four addresses carry nine tenths", () => {
    const pair = advise({ ...three, heavy: [0.5, 0.45] });
    expect(kinds(pair)).to.include.members(["perhaps-proxies", "heavy-addresses"]);
    expect(text(pair)).to.include(
      "95 % of the connections come from 2 addresses: 10.0.0.1 (50 %) and 10.0.0.2 (45 %).",
    );
    expect(text(pair)).to.include("If these are proxies or load balancers of yours");
    expect(pair.settings[0]?.lines.at(-1)).to.equal("LENGKET_TRUSTED_PROXIES=10.0.0.1,10.0.0.2");
    expect(pair.settings[0]?.why).to.include("these proxies say ");
    const five = advise({ ...three, heavy: [0.19, 0.19, 0.19, 0.19, 0.19] });
    expect(kinds(five)).not.to.include("perhaps-proxies");
  });
});

describe("adviseOn, about methods and prefixes", () => {
  it("tells a method that is uneven from clients that are", () => {
    const policies = { ...even.policies, "haproxy-consistent": { max: 1.9 }, "nginx-hash-consistent": { max: 1.15 } };
    const advice = advise({ ...even, policies });
    expect(kinds(advice)).to.include("uneven-method");
    expect(text(advice)).to.include(
      "Where maglev puts 1.03 × a fair share on one backend, HAProxy source consistent puts 1.9 ×",
    );
    expect(text(advice)).to.include("not your clients: its ring has 16 points for each unit of weight");
    expect(text(advice)).not.to.include("nginx hash consistent");
    // With heavy addresses the same load is theirs, not the method's.
    expect(
      kinds(advise({ ...three, policies: { ...three.policies, "haproxy-consistent": { max: 2.9 } } })),
    ).not.to.include("uneven-method");
  });

  it("does not blame a method for a heavy address that fell on a small backend", () => {
    // Half of them from three addresses; one that meets the backend with a thirteenth of the weight is two fair shares there.
    const policies = { ring: { max: 1.14 }, maglev: { max: 4.62 }, "haproxy-consistent": { max: 4.62 } };
    const unlucky: StudyFixture = { heavy: [0.16, 0.16, 0.16], addresses: 10_000, weights: [1, 10, 2], policies };
    expect(kinds(advise(unlucky))).not.to.include("uneven-method");
    expect(kinds(advise({ ...unlucky, heavy: [] }))).to.include("uneven-method");
  });

  it("names those that move nearly everybody", () => {
    const advice = advise(three);
    expect(text(advice)).to.include("When one backend is taken out of the list, modulo moves 90 % of the connections");
    expect(text(advice)).to.include("The ring moves 10 %");
    expect(kinds(advise(even))).not.to.include("moves-needlessly");
  });

  it("blames no method that moves up to twice as many as it must", () => {
    const moving = (moved: number): StudyFixture => ({
      ...even,
      policies: { ...even.policies, modulo: { max: 1.05, moved } },
    });
    expect(kinds(advise(moving(0.2)))).not.to.include("moves-needlessly");
    expect(kinds(advise(moving(0.21)))).to.include("moves-needlessly");
  });

  it("judges by theory where none of our tables was compared", () => {
    const policies = { "haproxy-consistent": { max: 1.9 }, "nginx-hash": { max: 1.03 } };
    const advice = advise({ ...even, policies });
    expect(text(advice)).to.include("by theory a backend differs from its fair share by about 2.1 %");
    expect(text(advice)).to.include("from its fair share, HAProxy source consistent puts 1.9 ×; that is the method");
    expect(text(advice)).not.to.include("nginx hash");
    expect(kinds(advise({ ...three, policies }))).not.to.include("even");
  });

  const pool = { network: "203.0.113.0/24", addresses: 79, share: 0.25, heaviestShare: 0.004 };

  it("warns users of nginx of carriers' pools, once", () => {
    const addresses = { shareV6: 0, heaviestPool: pool };
    const policies = { ...even.policies, "nginx-ip-hash": { max: 3.1 } };
    const advice = advise({ ...even, policies }, { addresses });
    expect(text(advice)).to.include("25 % of the connections come from 79 addresses of one pool, 203.0.113.0/24");
    expect(text(advice)).to.include("so one backend gets them all (measured: 3.1 ×)");
    expect(kinds(advice)).to.include("address-pool").and.not.to.include("uneven-method");
    expect(text(advise(even, { addresses }))).to.include("so one backend gets them all. Lengket");
  });

  it("sees no pool in a network that is light, or that has one heavy address", () => {
    for (const change of [{ share: 0.04 }, { heaviestShare: 0.2 }]) {
      const addresses = { shareV6: 0, heaviestPool: { ...pool, ...change } };
      expect(kinds(advise(even, { addresses }))).not.to.include("address-pool");
    }
  });

  it("questions prefixes that are too short or too long", () => {
    const short = advise(three, { prefixV4: 24 });
    expect(text(short)).to.include("With LENGKET_CLIENT_PREFIX_V4=24 all addresses of a network are one client.");
    expect(short.settings[0]?.lines).to.deep.equal(["LENGKET_CLIENT_PREFIX_V4=32"]);
    expect(kinds(advise(even, { prefixV4: 24 }))).not.to.include("short-prefix");
    const v6 = { shareV6: 0.2, heaviestPool: undefined };
    const long = advise(even, { prefixV6: 128, addresses: v6 });
    expect(text(long)).to.include("Over IPv6, where 20 % of the connections come from");
    expect(long.settings[0]?.lines).to.deep.equal(["LENGKET_CLIENT_PREFIX_V6=64"]);
    expect(kinds(advise(even, { prefixV6: 128 }))).not.to.include("long-prefix");
    expect(kinds(advise(even, { addresses: v6 }))).not.to.include("long-prefix");
  });
});
