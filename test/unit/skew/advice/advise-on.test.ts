import { expect } from "chai";
import { adviseOn } from "../../../../src/skew/advice/advise-on.ts";
import { advise, evenClients as even, kinds, text, threeHeavy as three } from "../../../support/advice-fixture.ts";
import { equalBackends, plainContext, studyFixture } from "../../../support/study-fixture.ts";

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
    expect(text(advice)).to.include(
      "With LENGKET_BOUNDED_LOAD=1.25, about 11 % of the connections would leave their home",
    );
    expect(text(advice)).to.include(
      "(LENGKET_OVERFLOW_PIN=0), about 14 % of the connections from addresses that came before would find another",
    );
    expect(text(advice)).to.include("Pinned to where they overflowed, which is the default, about 3 % would");
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
    expect(advice.settings[1]?.cost)
      .to.include("about 8 % of the connections")
      .and.to.include("about 3 % of the connections from");
  });

  it("speaks of requests, or of users where they are known", () => {
    expect(text(advise(three, { unit: "request" }))).to.include("31 % of your requests come from 3 addresses");
    expect(text(advise({ ...three, byUsers: true }))).to.include("31 % of your users come from 3 addresses");
  });

  it("says requests where requests are placed, and about what a log cannot know", () => {
    const requests = advise(three, { unit: "request" });
    expect(text(requests)).to.include("about 11 % of the requests would leave their home");
    expect(text(requests)).to.include("If each request is placed anew").and.not.to.include("connections");
    const costs = requests.settings.map(({ cost }) => cost).join(" ");
    expect(costs).to.include("about 8 % of the requests leave their home").and.not.to.include("connections");
    const users = text(advise({ ...three, byUsers: true }));
    expect(users).to.include("LENGKET_BOUNDED_LOAD=1.25, 11 % of the connections would leave their home");
    expect(users).to.include("14 % of those who come back would find another backend");
  });

  it("calls a masked address one in its network", () => {
    const { population, ...study } = studyFixture({ ...three, heavy: [0.3] });
    const heaviest = population.heaviest.map((heavy) => ({ ...heavy, address: "10.0.0.0/24" }));
    const masked = { ...study, population: { ...population, heaviest } };
    const advice = adviseOn(masked, undefined, { ...plainContext, masked: true });
    expect(text(advice)).to.match(/30 % of your connections come from one address in 10\.0\.0\.0\/24\./);
    expect(text(advice)).to.include("The backend that gets the heaviest address has to expect");
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
    expect(advice.settings[1]?.cost).to.include("about 14 % of the connections from addresses that came before");
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
