import { expect } from "chai";
import type { Advice, AdviceContext, FindingKind } from "../../../../src/skew/advice/advice.ts";
import { adviseOn } from "../../../../src/skew/advice/advise-on.ts";
import { configure } from "../../../support/configure.ts";
import { equalBackends, plainContext, type StudyFixture, studyFixture } from "../../../support/study-fixture.ts";

const TEN = equalBackends(10);

/** 31 % of everything from three addresses. */
const three: StudyFixture = {
  heavy: [0.19, 0.07, 0.05],
  addresses: 20_000,
  weights: TEN,
  policies: {
    ring: { max: 2.75, moved: 0.1 },
    rendezvous: { max: 2.7 },
    maglev: { max: 2.71 },
    modulo: { max: 2.8, moved: 0.9 },
    "bounded-load": { max: 1.25, overflowShare: 0.11, breakRate: 0.14 },
    "bounded-load-pinned": { max: 1.4, overflowShare: 0.08, breakRate: 0.03 },
    "nat-split": { max: 1.6, breakRate: 0.2 },
    "sticky-cookie": { max: 1.03 },
  },
};

const even: StudyFixture = {
  heavy: [],
  addresses: 20_000,
  weights: TEN,
  policies: {
    ring: { max: 1.06, moved: 0.1 },
    rendezvous: { max: 1.04 },
    maglev: { max: 1.03 },
    "bounded-load": { max: 1.06 },
    "sticky-cookie": { max: 1 },
  },
};

function advise(fixture: StudyFixture, context: Partial<AdviceContext> = {}): Advice {
  const advice = adviseOn(studyFixture(fixture), undefined, { ...plainContext, ...context });
  // Whatever is advised has to be accepted, and to have an effect.
  const backends = fixture.weights.map((weight, i) => `app${i + 1}=10.1.0.${i + 1}:3000;weight=${weight}`).join(",");
  for (const { lines } of advice.settings) expect(complaintsAbout(lines, backends), lines.join(" ")).to.deep.equal([]);
  return advice;
}

/** What the configuration says to these lines; the advice about secrets is given with the block. */
function complaintsAbout(lines: readonly string[], backends: string): readonly string[] {
  const settings = lines.map((line): [string, string] => {
    const { name = "", value = "" } = /^LENGKET_(?<name>\w+)=(?<value>.*)$/.exec(line)?.groups ?? {};
    return [name, value];
  });
  return configure({ BACKENDS: backends, ...Object.fromEntries(settings) })
    .warnings.map(({ where, problem }) => `${where}: ${problem}`)
    .filter((warning) => !warning.includes("COOKIE_SECRET"));
}

function kinds({ findings }: Advice): readonly FindingKind[] {
  return findings.map(({ kind }) => kind);
}

function text({ verdict }: Advice): string {
  return verdict.join("\n");
}

describe("adviseOn", () => {
  it("says what three heavy addresses do, and what each remedy would give", () => {
    const advice = advise(three);
    expect(text(advice)).to.include(
      "31 % of your connections come from 3 addresses: 10.0.0.1 (19 %), 10.0.0.2 (7 %) and 10.0.0.3 (5 %).",
    );
    expect(text(advice)).to.include(
      "Address hashing cannot go below 1.9 × fair share: that is the heaviest address alone.",
    );
    expect(text(advice)).to.include("The backend that gets 10.0.0.1 has to expect 2.71 × its fair share");
    expect(text(advice)).to.include("ring 2.75 ×, rendezvous 2.7 × and maglev 2.71 ×.");
    expect(text(advice)).to.include("Sticky cookies would give 1.03 ×");
    expect(text(advice)).to.include("With LENGKET_BOUNDED_LOAD=1.25 11 % of the connections would leave their home");
    expect(text(advice)).to.include("(LENGKET_OVERFLOW_PIN=0), 14 % of those who come back would find another backend");
    expect(text(advice)).to.include("Pinned to where they overflowed, which is the default, 3 % would");
    expect(text(advice)).to.include("LENGKET_NAT_SPLIT=3 spreads each heavy address over 3 backends");
    expect(kinds(advice)).to.deep.equal([
      ...["heavy-addresses", "sticky-cookie", "bounded-load", "nat-split", "moves-needlessly"],
    ]);
    expect(advice.findings[0]?.figures).to.deep.include({ share: 0.31, floor: 1.9, expected: 2.71 });
    expect(advice.settings.map(({ lines }) => lines[0])).to.deep.equal([
      ...["LENGKET_MODE=http", "LENGKET_HASH_POLICY=ring", "LENGKET_HASH_POLICY=ring"],
    ]);
    // Pinned breaks less and is even enough to be preferred.
    expect(advice.settings[1]?.lines).to.include("LENGKET_BOUNDED_LOAD=1.25");
    expect(advice.settings[1]?.lines).not.to.include("LENGKET_OVERFLOW_PIN=0");
    expect(advice.settings[1]?.cost).to.include("8 % of the connections").and.to.include("3 % of those");
  });

  it("speaks of requests, or of users where they are known", () => {
    expect(text(advise(three, { unit: "request" }))).to.include("31 % of your requests come from 3 addresses");
    expect(text(advise({ ...three, byUsers: true }))).to.include("31 % of your users come from 3 addresses");
  });

  it("offers cookies first, but in tcp mode last, and says what they need", () => {
    const tcp = advise(three, { mode: "tcp" });
    expect(tcp.settings.map(({ title }) => title).at(-1)).to.equal("Sticky cookies, for http");
    expect(text(tcp)).to.include("They need LENGKET_MODE=http");
    const http = advise(three, { mode: "http" });
    expect(http.settings[0]?.title).to.equal("Sticky cookies, for http");
    expect(text(http)).not.to.include("LENGKET_MODE=http");
  });

  it("takes the bounded load that decides anew when the pinned one is no more even than the hash", () => {
    const policies = { ...three.policies, "bounded-load-pinned": { max: 2.7, breakRate: 0.01 } };
    const advice = advise({ ...three, policies });
    expect(advice.settings[1]?.lines).to.include("LENGKET_OVERFLOW_PIN=0");
    expect(advice.settings[1]?.cost).to.include("14 % of those who come back");
  });

  it("does not offer what does not help", () => {
    const policies = {
      ...{ ring: { max: 2.7 }, "bounded-load": { max: 2.65 }, "bounded-load-pinned": { max: 2.7 } },
      ...{ "nat-split": { max: 2.68 }, "sticky-cookie": { max: 2.69 } },
    };
    const advice = advise({ ...three, policies });
    expect(advice.settings).to.deep.equal([]);
    expect(text(advice)).to.include("Sticky cookies would not be more even: 2.69 ×.");
    expect(kinds(advice)).not.to.include("nat-split");
  });

  it("splits no address over all backends", () => {
    expect(kinds(advise({ ...three, heavy: [0.4], weights: equalBackends(4) }))).to.include("nat-split");
    expect(kinds(advise({ ...three, heavy: [0.4], weights: equalBackends(3) }))).not.to.include("nat-split");
  });

  it("names one heavy address without a list, and no more than five", () => {
    const one = advise({ ...three, heavy: [0.1] });
    expect(text(one)).to.include("10 % of your connections come from one address, 10.0.0.1.");
    // N·p is 1, so there is no floor to speak of.
    expect(text(one)).not.to.include("cannot go below");
    expect(text(one)).to.include("has to expect 1.9 × its fair share");
    const seven = advise({ ...three, heavy: Array.from({ length: 7 }, () => 0.06) });
    expect(text(seven)).to.include("42 % of your connections come from 7 addresses: 10.0.0.1 (6 %)");
    expect(text(seven)).to.include("10.0.0.5 (6 %) and 2 more.");
    expect(text(seven)).not.to.include("10.0.0.6");
    const many = advise({ ...three, heavy: Array.from({ length: 12 }, () => 0.06) });
    expect(text(many)).to.include("60 % of your connections come from the 10 heaviest addresses");
  });

  it("calls an address heavy from half a fair share on", () => {
    expect(kinds(advise({ ...three, heavy: [0.051] }))).to.include("heavy-addresses");
    expect(kinds(advise({ ...three, heavy: [0.049] }))).not.to.include("heavy-addresses");
    expect(kinds(advise({ ...three, heavy: [0.049], weights: equalBackends(11) }))).to.include("heavy-addresses");
  });

  it("has nothing to change for an even population", () => {
    const advice = advise(even);
    expect(kinds(advice)).to.deep.equal(["even", "sticky-cookie"]);
    expect(text(advice)).to.include("no backend gets more than 1.06 × its fair share. Nothing needs changing.");
    expect(text(advice)).to.include(
      "The ring, which is the default, is all you need: rendezvous 1.04 × and maglev 1.03 ×",
    );
    expect(text(advice)).to.include("so there is little to gain; and they need LENGKET_MODE=http.");
    expect(text(advise(even, { mode: "http" }))).not.to.include("LENGKET_MODE=http");
    expect(advice.settings).to.deep.equal([]);
  });

  it("names a better table when it is the default that is uneven", () => {
    const advice = advise({ ...even, policies: { ...even.policies, ring: { max: 1.6 } } });
    expect(text(advice)).to.include("even enough with maglev: no backend gets more than 1.03 × its fair share");
    expect(text(advice)).to.include("the ring, which is the default, gives 1.6 ×");
    expect(advice.settings.map(({ lines }) => lines)).to.deep.equal([["LENGKET_HASH_POLICY=maglev"]]);
  });

  it("does not take luck for evenness", () => {
    const few = { ...even, addresses: 157 };
    const lucky = advise({
      ...few,
      policies: { ring: { max: 1.34 }, maglev: { max: 1.15 }, "sticky-cookie": { max: 1 } },
    });
    expect(kinds(lucky)).to.include("few-addresses").and.not.to.include("even");
    expect(text(lucky)).to.include(
      "the connections come from 157 addresses: not enough for chance to even out over 10",
    );
    expect(text(lucky)).to.include("about 24 % more or less than their fair share");
    // All of them being even is another matter.
    expect(kinds(advise({ ...few, policies: { ring: { max: 1.2 }, maglev: { max: 1.15 } } }))).to.include("even");
  });

  it("counts backends that nobody can reach", () => {
    const advice = advise({ ...three, heavy: [], addresses: 8 });
    expect(text(advice)).to.include(
      "fewer addresses (8) than backends (10): a hash of the address leaves 2 backends or more",
    );
    expect(text(advise({ ...three, addresses: 9, heavy: [] }))).to.include("leaves one backend or more");
    expect(kinds(advise({ ...three, addresses: 10, heavy: [] }))).not.to.include("fewer-addresses-than-backends");
  });

  it("says what a heavy address does to the smallest of unequal backends", () => {
    const weighted = advise({ ...three, weights: [1, 4, 5] });
    expect(text(weighted)).to.include("a fair share is from 10 % to 50 % of the connections");
    expect(text(weighted)).to.include("On a backend with the smallest weight 10.0.0.1 alone is 1.9 fair shares.");
    expect(kinds(advise(three))).not.to.include("unequal-weights");
  });

  it("has little to say about a single backend", () => {
    const advice = advise({ ...three, weights: [1], policies: { ring: { max: 1 }, "sticky-cookie": { max: 1 } } });
    expect(advice.verdict).to.deep.equal(["There is one backend: it gets everything."]);
    expect(advice.settings).to.deep.equal([]);
  });

  it("leaves out policies that were not measured", () => {
    const advice = advise({ ...three, policies: {} });
    expect(kinds(advice)).to.deep.equal(["heavy-addresses"]);
    expect(advice.settings).to.deep.equal([]);
  });
});

describe("adviseOn, when it doubts the counts", () => {
  it("says when they are approximate", () => {
    const advice = advise(three, { errorAtMost: 150 });
    expect(text(advice)).to.include("a count may be too high by up to 150 (0.1 % of all connections)");
    expect(kinds(advise(three))).not.to.include("approximate-counts");
  });

  it("says when there are too few, and sees no proxy then", () => {
    const few = advise({ ...three, total: 40, heavy: [0.95], addresses: 3 });
    expect(text(few)).to.include("There are only 40 connections from 3 addresses: too few to judge by.");
    expect(kinds(few)).not.to.include("behind-a-proxy");
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

  it("names those that move nearly everybody", () => {
    const advice = advise(three);
    expect(text(advice)).to.include("When one backend is taken out of the list, modulo moves 90 % of the connections");
    expect(text(advice)).to.include("The ring moves 10 %");
    expect(kinds(advise(even))).not.to.include("moves-needlessly");
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
