import { createHash } from "node:crypto";
import { expect } from "chai";
import { AddressList } from "../../../../src/skew/populations/address-list.ts";
import { buildPopulation } from "../../../../src/skew/populations/build-population.ts";
import { builtInPopulation } from "../../../../src/skew/populations/built-in.ts";
import type { Population } from "../../../../src/skew/populations/population.ts";
import { createTimePlan } from "../../../../src/skew/simulation/create-time-plan.ts";
import { buildWorkload, type Workload } from "../../../../src/skew/simulation/workload.ts";
import { backendsOf } from "../../../support/hand-made-workload.ts";

function population(weights: readonly number[], users: readonly number[] | undefined): Population {
  return {
    name: "test",
    title: "test",
    source: "ours",
    seed: undefined,
    addresses: AddressList.of(weights.map((_, i) => Uint8Array.of(20, 0, 0, i))),
    users: users && Float64Array.from(users),
    connections: Float64Array.from(weights),
    groups: ["a", "b"],
    groupOf: Uint16Array.from(weights, (_, i) => (i === 0 ? 0 : 1)),
  };
}

function sessionsByAddress({ clientOf }: Workload): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { text } of clientOf) counts[text] = (counts[text] ?? 0) + 1;
  return counts;
}

const plan = createTimePlan(backendsOf(2));

describe("a workload", () => {
  const built = builtInPopulation("s6");
  const workload = built && buildWorkload(buildPopulation(built, 1), plan);
  if (workload === undefined) throw new RangeError("there is no s6");

  it("has the same bytes on every engine", () => {
    const hash = createHash("sha256");
    for (const { text } of workload.clientOf) hash.update(text);
    for (const numbers of [workload.startMs, workload.endMs, workload.events]) {
      hash.update(JSON.stringify(Array.from(numbers)));
    }
    expect(hash.digest("hex")).to.equal("792e955c1579c7aeb927a03aef5b50d8c0eee46a91f2ae845762bf0757f171cc");
  });

  it("differs with the seed", () => {
    const other = buildWorkload(population([5, 5], [1, 1]), { ...plan, seed: 2 });
    const one = buildWorkload(population([5, 5], [1, 1]), plan);
    expect(other.startMs).to.not.deep.equal(one.startMs);
  });

  it("gives each address its share of the sessions, to within one", () => {
    const { clientOf } = buildWorkload(population([6, 6, 600, 0], [1, 2, 7, 0]), { ...plan, sessions: 1_005 });
    const counts = sessionsByAddress({ ...workload, clientOf });
    expect(counts["20.0.0.0"]).to.be.within(100, 101);
    expect(counts["20.0.0.1"]).to.be.within(201, 201);
    expect(counts["20.0.0.2"]).to.be.within(703, 704);
    expect(counts["20.0.0.3"]).to.equal(undefined);
    // In no particular order.
    expect(new Set(clientOf.slice(0, 50)).size).to.equal(3);
  });

  it("goes by the connections where nobody knows the users", () => {
    const log = buildWorkload(population([10, 90], undefined), { ...plan, sessions: 1_000 });
    expect(sessionsByAddress(log)).to.deep.equal({ "20.0.0.0": 100, "20.0.0.1": 900 });
    expect(connectionsPerSession(log, 0, 3_600_000 / 2)).to.be.closeTo(6, 0.8);
  });

  it("hands out one array for one address", () => {
    const arrays = new Map<string, Uint8Array>();
    for (const { bytes, text } of workload.clientOf) {
      if (!arrays.has(text)) arrays.set(text, bytes);
      expect(arrays.get(text)).to.equal(bytes);
    }
  });

  it("spreads arrivals evenly and in order", () => {
    const arrivals = workload.startMs.filter((_, i) => workload.firstOf[workload.sessionOf[i] ?? 0] === i);
    expect(arrivals).to.have.length(20_000);
    expect(arrivals).to.deep.equal(arrivals.slice().sort());
    for (let part = 0; part < 10; part++) {
      const inPart = arrivals.filter((at) => Math.floor((at / plan.lengthMs) * 10) === part);
      // 2,000 with a standard deviation of 42.
      expect(inPart.length).to.be.within(1_800, 2_200);
    }
  });

  it("has connections one after another, of the planned mean length and pause", () => {
    let lengths = 0;
    let whole = 0;
    let pauses = 0;
    let repeats = 0;
    workload.startMs.forEach((startMs, i) => {
      const endMs = workload.endMs[i] ?? 0;
      expect(
        Number.isInteger(startMs) && Number.isInteger(endMs) && startMs < endMs && endMs <= plan.lengthMs,
      ).to.equal(true);
      // Those that begin late would be cut.
      if (startMs > plan.lengthMs / 2) return;
      lengths += endMs - startMs;
      whole++;
      if (workload.sessionOf[i + 1] !== workload.sessionOf[i]) return;
      pauses += (workload.startMs[i + 1] ?? 0) - endMs;
      repeats++;
    });
    expect(lengths / whole).to.be.closeTo(30_000, 600);
    expect(pauses / repeats).to.be.closeTo(30_000, 600);
    expect(connectionsPerSession(workload, 0, plan.lengthMs / 2)).to.be.closeTo(6, 0.15);
  });

  it("makes as many connections as the people of each group do", () => {
    const both = buildWorkload(population([30, 20, 20], [10, 1, 1]), { ...plan, sessions: 12_000 });
    const [first, others] = [(text: string) => text === "20.0.0.0", (text: string) => text !== "20.0.0.0"];
    expect(connectionsPerSession(both, 0, plan.lengthMs / 2, first)).to.be.closeTo(3, 0.15);
    expect(connectionsPerSession(both, 0, plan.lengthMs / 2, others)).to.be.closeTo(20, 2);
  });

  it("orders events by time, ends first", () => {
    const seen = new Set<number>();
    let lastMs = 0;
    let lastOpens = 0;
    for (const event of workload.events) {
      const opens = event & 1;
      const ms = (opens === 1 ? workload.startMs : workload.endMs)[event >>> 1] ?? -1;
      expect(ms > lastMs || (ms === lastMs && opens >= lastOpens)).to.equal(true);
      seen.add(event);
      lastMs = ms;
      lastOpens = opens;
    }
    expect(seen.size).to.equal(2 * workload.startMs.length);
  });

  it("refuses a population of nobody, and more connections than can be sorted", () => {
    expect(() => buildWorkload(population([0, 0], [0, 0]), plan)).to.throw(RangeError, "nobody in the population test");
    const busy = { ...plan, sessions: 200_000, connectionMs: 1, pauseMs: 1 };
    expect(() => buildWorkload(population([10_000], [1]), busy)).to.throw(RangeError, "more than 2000000 connections");
  });
});

/** Of the sessions that begin in this time. */
function connectionsPerSession(
  { startMs, firstOf, clientOf }: Workload,
  fromMs: number,
  untilMs: number,
  counts: (text: string) => boolean = () => true,
): number {
  let sessions = 0;
  let connections = 0;
  clientOf.forEach(({ text }, session) => {
    const first = firstOf[session] ?? 0;
    const begins = startMs[first] ?? 0;
    if (begins < fromMs || begins >= untilMs || !counts(text)) return;
    sessions++;
    connections += (firstOf[session + 1] ?? 0) - first;
  });
  return connections / sessions;
}
