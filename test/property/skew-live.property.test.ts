import { expect } from "chai";
import fc from "fast-check";
import { ClientShares } from "../../src/skew/live/client-shares.ts";
import { type Carrier, type Countermeasures, liveAdvice } from "../../src/skew/live/live-advice.ts";
import { createSeededRandom, type SeededRandom } from "../../src/skew/seeded-random.ts";

const NONE: Countermeasures = { addressesDecide: true, boundedLoad: 0, natSplit: 0, natSplitShare: 1 };
const FADING = 2 ** -0.1;

/** What `total` clients that come independently of each other add up to: the first with probability `heavy`, the others equally. */
function drawn(clients: number, total: number, heavy: number, random: SeededRandom): Float64Array {
  const counts = new Float64Array(clients);
  for (let i = 0; i < total; i++) {
    const client = heavy > 0 && random.next() < heavy ? 0 : random.below(clients);
    counts[client] = (counts[client] ?? 0) + 1;
  }
  return counts;
}

function adviceOn(counts: Float64Array, backends: number): readonly string[] {
  const total = counts.reduce((sum, count) => sum + count, 0);
  const carriers: Carrier[] = [...counts]
    .map((atLeast, client) => ({ client: `${client}`, atLeast, fairShare: 1 / backends }))
    .sort((a, b) => b.atLeast - a.atLeast)
    .slice(0, 16);
  return liveAdvice({ total, grain: 1, backends, carriers }, NONE).map(({ clients }) => clients.join());
}

describe("live advice", function () {
  this.timeout(60_000);

  it("is never given for even traffic, in 100,000 windows with no more clients than backends need", () => {
    const random = createSeededRandom(1, "even traffic");
    const alarms: string[] = [];
    for (let window = 0; window < 100_000; window++) {
      const backends = 2 + random.below(19);
      const clients = backends + random.below(backends);
      const total = 300 + random.below(300);
      const advice = adviceOn(drawn(clients, total, 0, random), backends);
      if (advice.length > 0) alarms.push(`${backends} backends, ${clients} clients, ${total}: ${advice}`);
    }
    expect(alarms).to.deep.equal([]);
  });

  it("is given for every planted address of two fair shares, once enough was counted", () => {
    const share = fc.double({ min: 2, max: 8, noNaN: true });
    const about = fc.record({ backends: fc.integer({ min: 4, max: 20 }), share, seed: fc.nat() });
    fc.assert(
      fc.property(about, ({ backends, share, seed }) => {
        const random = createSeededRandom(seed, "planted");
        // The mean must be above the limit by six deviations of doubt and six of chance: sλ − 12√(sλ) > λ.
        const total = 300 * backends;
        const advice = adviceOn(drawn(5 * backends, total, Math.min(0.97, share / backends), random), backends);
        expect(advice[0]?.split(",")[0]).to.equal("0");
      }),
      { numRuns: 300 },
    );
  });

  it("rests on shares that are true: no bound is further off than a thousandth, faded or not", () => {
    const minute = fc.array(fc.tuple(fc.nat({ max: 3000 }), fc.integer({ min: 1, max: 20 })), { maxLength: 200 });
    fc.assert(
      fc.property(fc.array(minute, { maxLength: 8 }), (minutes) => {
        const shares = new ClientShares({ next: () => 0.5 }, true);
        const truth = new Map<string, number>();
        let total = 0;
        for (const came of minutes) {
          for (const [number, times] of came) {
            const client = `client ${number}`;
            for (let i = 0; i < times; i++) shares.placed(client);
            truth.set(client, (truth.get(client) ?? 0) + times);
            total += times;
          }
          shares.passMinute();
          for (const [client, weight] of truth) truth.set(client, weight * FADING);
          total *= FADING;
        }
        expect(shares.total).to.be.closeTo(total, 1e-6);
        for (const [client, weight] of truth) {
          const { atLeast, atMost } = shares.lookUp(client);
          expect(weight).to.be.within(atLeast - 1e-6, atMost + 1e-6);
          expect(atMost - atLeast).to.be.at.most(total / 1024 + 1e-6);
        }
      }),
      { numRuns: 100 },
    );
  });

  it("rests on samples that are right on the average, whatever the order in which clients come", () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 16 }), fc.nat(), (period, seed) => {
        const shares = new ClientShares(createSeededRandom(seed, "samples"), true);
        // Strictly in turn: a sample that kept step would see one client only.
        for (let i = 0; i < 150_000; i++) shares.placed(`client ${i % period}`);
        for (let client = 0; client < period; client++) {
          const { atLeast } = shares.lookUp(`client ${client}`);
          const mean = 150_000 / period;
          expect(atLeast).to.be.closeTo(mean, 6 * Math.sqrt(shares.grain * mean));
        }
      }),
      { numRuns: 40 },
    );
  });
});
