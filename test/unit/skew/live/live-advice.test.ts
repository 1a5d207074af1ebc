import { expect } from "chai";
import { type Countermeasures, ENOUGH, liveAdvice, type Traffic } from "../../../../src/skew/live/live-advice.ts";

const NONE: Countermeasures = { addressesDecide: true, boundedLoad: 0, natSplit: 0, natSplitShare: 1 };

/** Traffic of `total` over ten equal backends; the weights of the heaviest clients, in percent. */
function trafficOf(percents: Readonly<Record<string, number>>, more: Partial<Traffic> = {}): Traffic {
  const { total = 10_000, backends = 10 } = more;
  const carriers = Object.entries(percents).map(([client, percent]) => ({
    client: `${client}/32`,
    atLeast: (percent * total) / 100,
    fairShare: 1 / backends,
  }));
  return { grain: 1, ...more, total, backends, carriers };
}

const codes = (traffic: Traffic, measures: Partial<Countermeasures> = {}, ease = 1): readonly string[] =>
  liveAdvice(traffic, { ...NONE, ...measures }, ease).map(({ code, clients }) => `${code} ${clients.join()}`);

describe("liveAdvice", () => {
  it("finds the proxy that everybody comes through", () => {
    const [advice, ...others] = liveAdvice(trafficOf({ "10.0.0.5": 97, "10.0.0.6": 1 }), NONE);
    expect(others).to.deep.equal([]);
    expect(advice).to.deep.include({ code: "behind-proxy", clients: ["10.0.0.5/32"], share: 0.97, isLocal: false });
    expect(advice?.fairShares).to.be.closeTo(9.7, 1e-9);
  });

  it("finds a row of proxies as one thing, but not so many that hashing could spread them", () => {
    const row = { "10.0.0.5": 33, "10.0.0.6": 32, "10.0.0.7": 31 };
    expect(codes(trafficOf(row))).to.deep.equal(["behind-proxy 10.0.0.5/32,10.0.0.6/32,10.0.0.7/32"]);
    expect(codes(trafficOf(row, { backends: 4 })).every((text) => !text.startsWith("behind-proxy"))).to.equal(true);
  });

  it("finds the address that carries more than a backend should have", () => {
    const [advice, ...others] = liveAdvice(trafficOf({ "203.0.113.7": 24, "192.0.2.1": 3 }), NONE);
    expect(others).to.deep.equal([]);
    expect(advice).to.deep.include({ code: "heavy-address", clients: ["203.0.113.7/32"], share: 0.24 });
    expect(advice?.fairShares).to.be.closeTo(2.4, 1e-9);
    expect(codes(trafficOf({ "203.0.113.7": 9 }))).to.deep.equal([]);
  });

  it("compares with the share of the client's own backend", () => {
    const heavy = { client: "203.0.113.7/32", atLeast: 2000 };
    const traffic = { total: 10_000, grain: 1, backends: 10 };
    expect(codes({ ...traffic, carriers: [{ ...heavy, fairShare: 0.1 }] })).to.have.lengthOf(1);
    expect(codes({ ...traffic, carriers: [{ ...heavy, fairShare: 0.3 }] })).to.deep.equal([]);
  });

  it("is silent while too few were counted, of a sample too, and while there is no choice", () => {
    const proxy = { "10.0.0.5": 97 };
    expect(codes(trafficOf(proxy, { total: ENOUGH }))).to.have.lengthOf(1);
    expect(codes(trafficOf(proxy, { total: ENOUGH - 1 }))).to.deep.equal([]);
    expect(codes(trafficOf(proxy, { total: ENOUGH, grain: 8 }))).to.deep.equal([]);
    expect(codes(trafficOf(proxy, { backends: 1 }))).to.deep.equal([]);
    expect(codes(trafficOf(proxy, { backends: 0 }))).to.deep.equal([]);
  });

  it("is silent where addresses do not decide", () => {
    expect(codes(trafficOf({ "10.0.0.5": 97 }), { addressesDecide: false })).to.deep.equal([]);
  });

  it("does not ask for what is there: a bound, or a split that is wide enough", () => {
    const office = trafficOf({ "203.0.113.7": 24 });
    expect(codes(office, { boundedLoad: 1.25 })).to.deep.equal([]);
    expect(codes(office, { natSplit: 3 })).to.deep.equal([]);
    expect(codes(office, { natSplit: 2 }), "1.2 fair shares each").to.have.lengthOf(1);
    expect(codes(office, { natSplit: 3, natSplitShare: 3 }), "never split").to.have.lengthOf(1);
    // The data path splits above its share, not at it; without grain nothing is put down to chance.
    const campus = trafficOf({ "203.0.113.7": 30 }, { grain: 0 });
    expect(codes(campus, { natSplit: 3, natSplitShare: 3 }), "not split at the share").to.have.lengthOf(1);
    expect(codes(campus, { natSplit: 3, natSplitShare: 2.99 }), "split above it").to.deep.equal([]);
    // A bound does not bring the clients back that a proxy hides.
    expect(codes(trafficOf({ "10.0.0.5": 97 }), { boundedLoad: 1.25 })).to.have.lengthOf(1);
  });

  it("names three heavy addresses at most", () => {
    const many = { "192.0.2.1": 17, "192.0.2.2": 17, "192.0.2.3": 17, "192.0.2.4": 17 };
    expect(codes(trafficOf(many))).to.have.lengthOf(3);
  });

  it("waits until chance is out of the question", () => {
    // 1.3 fair shares: of 300 that may be chance, of 10,000 not.
    expect(codes(trafficOf({ "203.0.113.7": 13 }, { total: 300 }))).to.deep.equal([]);
    expect(codes(trafficOf({ "203.0.113.7": 13 }, { total: 10_000 }))).to.have.lengthOf(1);
    expect(codes(trafficOf({ "203.0.113.7": 13 }, { total: 10_000, grain: 20 }))).to.deep.equal([]);
  });

  it("finds a little less with more ease", () => {
    const nearly = trafficOf({ "203.0.113.7": 9 }, { total: 100_000 });
    expect([codes(nearly), codes(nearly, {}, 0.75)].map(({ length }) => length)).to.deep.equal([0, 1]);
    const few = trafficOf({ "10.0.0.5": 97 }, { total: 0.8 * ENOUGH });
    expect([codes(few), codes(few, {}, 0.75)].map(({ length }) => length)).to.deep.equal([0, 1]);
  });

  it("knows this machine's own addresses", () => {
    const isLocal = (client: string): boolean | undefined =>
      liveAdvice({ total: 1000, grain: 1, backends: 4, carriers: [{ client, atLeast: 990, fairShare: 0.25 }] }, NONE)[0]
        ?.isLocal;
    expect(["127.0.0.1/32", "127.0.0.0/24", "::1/128", "::/64"].map(isLocal)).to.deep.equal([true, true, true, true]);
    expect(["128.0.0.1/32", "::2/128", "2001:db8::/64"].map(isLocal)).to.deep.equal([false, false, false]);
  });
});
