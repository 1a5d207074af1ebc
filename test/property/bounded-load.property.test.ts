import { expect } from "chai";
import fc from "fast-check";
import { fmix32 } from "../../src/hashing/murmur3.ts";
import type { ClusterSnapshot } from "../../src/model/snapshot.ts";
import { choose } from "../../src/path/choose.ts";
import { type Lease, Ledger } from "../../src/path/ledger.ts";
import { Pins } from "../../src/path/pins.ts";
import { backendOf, memberOf, snapshotOf } from "../support/snapshot-of.ts";

interface Visit {
  readonly client: string;
  readonly slot: number;
  readonly isPinned: boolean;
  readonly lease: Lease;
}

/** Clients that come and go, placed as the data path places them. */
class Crowd {
  readonly #snapshot: ClusterSnapshot;
  readonly #factor: number;
  readonly ledger = new Ledger();
  readonly #pins = new Pins(1000);
  readonly #visits: Visit[] = [];
  overflows = 0;
  #nowMs = 0;

  constructor(weights: readonly number[], factor: number) {
    this.#snapshot = snapshotOf(weights.map((weight, slot) => memberOf(backendOf(`app${slot}`, { weight }), slot)));
    this.#factor = factor;
  }

  get open(): number {
    return this.#visits.length;
  }

  /** ceil(c·(m+1)·w/W), calculated with whole numbers: `factor` is a multiple of 1/100. */
  bound(weight: number): number {
    const { totalWeight } = this.#snapshot.primary;
    const hundredfold = Math.round(this.#factor * 100) * (this.ledger.total + 1) * weight;
    return Math.ceil(hundredfold / (100 * totalWeight));
  }

  arrive(number: number): { readonly slot: number; readonly reason: string } {
    this.#nowMs++;
    const client = `client${number}`;
    const pinned = this.#pins.find(client, this.#nowMs);
    const choice = choose(
      this.#snapshot,
      { keyHash: fmix32(number) >>> 0, pinned, mayQueue: false, nowMs: this.#nowMs },
      { boundedLoad: this.#factor, onDown: "rehash" },
      this.ledger,
    );
    if (choice.kind !== "chosen") throw new Error(choice.kind);
    const { slot, backend } = choice.member;
    const bound = this.bound(backend.weight);
    const before = this.ledger.open(slot);
    expect(before + 1, `weight ${backend.weight} of ${this.ledger.total + 1}`).to.be.at.most(bound);
    // The one promise of a pin: it holds as long as there is room.
    const pinnedMember = this.#snapshot.members.find((m) => m.backend.id === pinned);
    if (pinnedMember !== undefined && this.ledger.open(pinnedMember.slot) < this.bound(pinnedMember.backend.weight)) {
      expect(choice).to.deep.include({ reason: "pinned", member: pinnedMember });
    }
    const isPinned = choice.reason === "pinned" || choice.reason === "overflow";
    if (isPinned) this.#pins.opened(client, backend.id);
    else this.#pins.forget(client);
    if (choice.reason === "overflow") this.overflows++;
    this.#visits.push({ client, slot, isPinned, lease: this.ledger.lease(slot) });
    return { slot, reason: choice.reason };
  }

  leave(which: number): void {
    const [visit] = this.#visits.splice(which % Math.max(1, this.#visits.length), 1);
    if (visit === undefined) return;
    visit.lease.release();
    if (visit.isPinned) this.#pins.closed(visit.client, `app${visit.slot}`, this.#nowMs);
  }
}

/** Numbers below are leaving connections, those above arriving clients: few of them come often. */
const happening = fc.oneof(
  { weight: 2, arbitrary: fc.record({ leaves: fc.nat(10_000) }) },
  { weight: 3, arbitrary: fc.record({ comes: fc.nat(3) }) },
  { weight: 2, arbitrary: fc.record({ comes: fc.integer({ min: 4, max: 500 }) }) },
);

describe("the bounded load", () => {
  it("holds for every backend at every arrival, whoever comes and goes; pins hold while there is room", () => {
    let overflows = 0;
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 8 }), { minLength: 1, maxLength: 8 }),
        fc.constantFrom(1.01, 1.1, 1.25, 2),
        fc.array(happening, { minLength: 50, maxLength: 200, size: "max" }),
        (weights, factor, happenings) => {
          const crowd = new Crowd(weights, factor);
          for (const one of happenings) {
            if ("comes" in one) crowd.arrive(one.comes);
            else crowd.leave(one.leaves);
          }
          overflows += crowd.overflows;
          while (crowd.open > 0) crowd.leave(0);
          expect(crowd.ledger.total).to.equal(0);
        },
      ),
      { numRuns: 60 },
    );
    expect(overflows, "clients that had to move").to.be.greaterThan(100);
  });

  it("one heavy address alone over ten backends: about 1 − c/10 of it leaves home", () => {
    for (const factor of [1.25, 1.5, 2]) {
      const crowd = new Crowd(new Array<number>(10).fill(1), factor);
      const home = crowd.arrive(7).slot;
      for (let i = 1; i < 4000; i++) crowd.arrive(7);
      const away = 1 - crowd.ledger.open(home) / 4000;
      expect(away, `c = ${factor}`).to.be.closeTo(1 - factor / 10, 0.005);
      // It spills over as few backends as the bound allows.
      const used = Array.from({ length: 10 }, (_, slot) => crowd.ledger.open(slot)).filter((open) => open > 0).length;
      expect(used).to.equal(Math.ceil(10 / factor));
    }
  });

  it("many light clients stay at home when the bound is wide", () => {
    const crowd = new Crowd([1, 1, 1, 1], 2);
    const reasons = Array.from({ length: 2000 }, (_, i) => crowd.arrive(1000 + i).reason);
    expect(reasons.filter((reason) => reason === "home").length / 2000).to.be.greaterThan(0.99);
  });
});
