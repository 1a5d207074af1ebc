import { expect } from "chai";
import fc from "fast-check";
import { comparedPolicies } from "../../src/skew/policies/compared-policies.ts";
import type { ComparedBackend, Placed, PolicyBalancer, Visit } from "../../src/skew/policies/compared-policy.ts";
import { createPolicyBalancer } from "../../src/skew/policies/create-policy-balancer.ts";
import { defaultPolicyOptions } from "../../src/skew/policies/policy-options.ts";
import { buildPopulation } from "../../src/skew/populations/build-population.ts";
import type { PopulationPlan } from "../../src/skew/populations/population.ts";
import { courseOf } from "../../src/skew/simulation/course.ts";
import { createTimePlan } from "../../src/skew/simulation/create-time-plan.ts";
import { INTERVALS } from "../../src/skew/simulation/load-watch.ts";
import { type Replayed, replay } from "../../src/skew/simulation/replay.ts";
import { simulateTime } from "../../src/skew/simulation/simulate-time.ts";
import type { TimePlan } from "../../src/skew/simulation/time-plan.ts";
import type { PlannedChange } from "../../src/skew/simulation/time-study.ts";
import { buildWorkload, type Workload } from "../../src/skew/simulation/workload.ts";
import { backendsOf } from "../support/hand-made-workload.ts";

const NAMES = comparedPolicies.map(({ name }) => name);
const LENGTH_MS = 60_000;
const WARM_UP_MS = 10_000;
const SERIES_ROUNDING = 0.5e-3;

/** A town of single users, with one office that has many. */
const townPlan: PopulationPlan = {
  name: "town",
  title: "a town and its office",
  source: "ours",
  groups: [
    {
      name: "homes",
      addresses: { count: 60, spread: "scattered", within: undefined },
      usersPerAddress: { law: "constant", value: 1 },
      connectionsPerUser: { law: "geometric", mean: 5 },
    },
    {
      name: "office",
      addresses: { at: ["203.0.113.7", "2001:db8::7"] },
      usersPerAddress: { law: "constant", value: 20 },
      connectionsPerUser: { law: "constant", value: 4 },
    },
  ],
};
const town = buildPopulation(townPlan, 1);

interface World {
  readonly backends: readonly ComparedBackend[];
  readonly plan: TimePlan;
}

/** What can happen next to a backend in this state. */
const NEXT: Readonly<Record<string, readonly PlannedChange["kind"][]>> = {
  up: ["fails", "drains"],
  draining: ["fails", "returns"],
  down: ["returns"],
  away: ["joins"],
};
const STATE_AFTER = { fails: "down", drains: "draining", returns: "up", joins: "up" } as const;

/** Any course of events: drawn numbers say which of the backends changes, and to what. */
const worlds: fc.Arbitrary<World> = fc
  .record({
    weights: fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 1, maxLength: 5 }),
    seed: fc.nat(),
    sessions: fc.integer({ min: 1, max: 200 }),
    joins: fc.integer({ min: 0, max: 2 }),
    times: fc.uniqueArray(fc.integer({ min: WARM_UP_MS + 1, max: LENGTH_MS - 1 }), { maxLength: 8 }),
    picks: fc.array(fc.tuple(fc.nat(), fc.nat()), { minLength: 8, maxLength: 8 }),
  })
  .map(({ weights, seed, sessions, joins, times, picks }) => {
    const all = backendsOf(weights.length + joins).map((backend, i) => ({ ...backend, weight: weights[i] ?? 2 }));
    const backends = all.slice(0, weights.length);
    const states = all.map((_, i): string => (i < weights.length ? "up" : "away"));
    const changes = times
      .sort((a, b) => a - b)
      .map((atMs, i): PlannedChange => {
        const [which = 0, what = 0] = picks[i] ?? [];
        const at = which % all.length;
        const possible = NEXT[states[at] ?? ""] ?? [];
        const kind = possible[what % possible.length] ?? "fails";
        states[at] = STATE_AFTER[kind];
        return { atMs, kind, backend: all[at]?.id ?? "" };
      });
    const joining = all.filter(({ id }) => changes.some(({ kind, backend }) => kind === "joins" && backend === id));
    const lengths = { lengthMs: LENGTH_MS, warmUpMs: WARM_UP_MS, connectionMs: 2_000, pauseMs: 2_000 };
    return { backends, plan: createTimePlan(backends, { seed, sessions, changes, joining, ...lengths }) };
  });

/** @param open - connections by backend, the new one included */
type OnPlaced = (backend: number, open: readonly number[]) => void;

/** What a balancer was asked and what it gave, taken down by a wrapper around it. */
class Journal implements PolicyBalancer {
  readonly policy: PolicyBalancer["policy"];
  readonly visits: Visit[] = [];
  readonly #inner: PolicyBalancer;
  readonly #onPlaced: OnPlaced;
  readonly open: number[];
  /** Σ of the lengths of its connections after the warm-up. */
  measuredMs = 0;
  closedTwice = 0;

  constructor(inner: PolicyBalancer, backends: number, onPlaced: OnPlaced = () => {}) {
    this.policy = inner.policy;
    this.#inner = inner;
    this.#onPlaced = onPlaced;
    this.open = Array.from({ length: backends }, () => 0);
  }

  place(visit: Visit): Placed | undefined {
    this.visits.push(visit);
    const placed = this.#inner.place(visit);
    if (placed === undefined) return undefined;
    const { backend, home } = placed;
    this.#count(backend, 1);
    this.#onPlaced(backend, this.open);
    let isOpen = true;
    return {
      backend,
      home,
      close: (nowMs) => {
        placed.close(nowMs);
        if (!isOpen) this.closedTwice++;
        isOpen = false;
        this.#count(backend, -1);
        this.measuredMs += Math.max(0, nowMs - Math.max(visit.nowMs, WARM_UP_MS));
      },
    };
  }

  forget(user: number): void {
    this.#inner.forget(user);
  }

  setState(...[backend, state]: Parameters<PolicyBalancer["setState"]>): void {
    this.#inner.setState(backend, state);
  }

  setBackends(backends: readonly ComparedBackend[]): void {
    this.#inner.setBackends(backends);
  }

  #count(backend: number, difference: number): void {
    this.open[backend] = (this.open[backend] ?? 0) + difference;
  }
}

interface Run {
  readonly workload: Workload;
  readonly journal: Journal;
  readonly replayed: Replayed;
}

function run(name: string, { backends, plan }: World): Run {
  const workload = buildWorkload(town, plan);
  const course = courseOf(plan, backends);
  const options = { ...defaultPolicyOptions, hashSeed: plan.seed };
  const journal = new Journal(createPolicyBalancer(name, backends, options), course.backends.length);
  return { workload, journal, replayed: replay(workload, course, journal) };
}

const policyNames = fc.constantFrom(...NAMES);

describe("a simulation in time", () => {
  it("closes every connection that it opened, once", () => {
    fc.assert(
      fc.property(policyNames, worlds, (name, world) => {
        const { journal } = run(name, world);
        expect(journal.closedTwice).to.equal(0);
        expect(journal.open.every((open) => open === 0)).to.equal(true);
      }),
      { numRuns: 60 },
    );
  });

  it("has a series whose sum is the length of all connections", () => {
    fc.assert(
      fc.property(policyNames, worlds, (name, world) => {
        const { journal, replayed } = run(name, world);
        const intervalMs = (LENGTH_MS - WARM_UP_MS) / INTERVALS;
        const sum = replayed.series.open.flat().reduce((a, b) => a + b, 0) * intervalMs;
        const values = INTERVALS * replayed.series.open.length;
        expect(sum).to.be.closeTo(journal.measuredMs, values * SERIES_ROUNDING * intervalMs + 1e-6);
      }),
      { numRuns: 60 },
    );
  });

  it("plays the same visits to every policy, but for those who reconnect", () => {
    fc.assert(
      fc.property(worlds, policyNames, (world, name) => {
        const failures = new Set(world.plan.changes.filter(({ kind }) => kind === "fails").map(({ atMs }) => atMs));
        const visitsOf = (policy: string): readonly string[] => {
          const { workload, journal } = run(policy, world);
          expect(journal.visits.length).to.be.at.least(workload.startMs.length);
          return journal.visits
            .filter(({ nowMs }) => !failures.has(nowMs))
            .map(({ user, text, nowMs }) => `${user} ${text} ${nowMs}`);
        };
        expect(visitsOf(name)).to.deep.equal(visitsOf("ring"));
      }),
      { numRuns: 30 },
    );
  });

  it("gives the same bytes for the same seed", () => {
    fc.assert(
      fc.property(worlds, ({ backends, plan }) => {
        const text = (): string => JSON.stringify(simulateTime(town, backends, NAMES, plan));
        expect(text()).to.equal(text());
      }),
      { numRuns: 8 },
    );
  });

  it("counts the same sessions for every policy, and each of them soundly", () => {
    fc.assert(
      fc.property(worlds, ({ backends, plan }) => {
        const { policies } = simulateTime(town, backends, NAMES, plan);
        for (const { policy, sessions, stickiness } of policies) {
          if (sessions === undefined || stickiness === undefined) throw new RangeError(`${policy.name} has no figures`);
          expect(sessions.sessions).to.equal(policies[0]?.sessions?.sessions);
          expect(sessions.moved).to.equal(sessions.movedByChange + sessions.movedByLoad);
          expect(stickiness.breaks).to.be.at.least(sessions.moved);
          const { undisturbed = -1 } = sessions;
          expect(undisturbed).to.be.within(0, sessions.sessions);
          expect(undisturbed).to.be.at.least(sessions.sessions - sessions.lost - sessions.moved - sessions.refused);
          expect(undisturbed).to.be.at.most(sessions.sessions - sessions.moved);
        }
      }),
      { numRuns: 15 },
    );
  });

  it("moves nobody with a cookie, and by load nobody whose address decides alone", () => {
    fc.assert(
      fc.property(worlds, ({ backends, plan }) => {
        const { policies } = simulateTime(town, backends, ["sticky-cookie", "ring", "rendezvous", "maglev"], plan);
        for (const { policy, sessions } of policies) {
          expect(sessions?.movedByLoad, policy.name).to.equal(0);
          if (policy.kind === "cookie") expect(sessions?.moved).to.equal(0);
        }
      }),
      { numRuns: 40 },
    );
  });

  it("moves and loses nobody of hashed addresses when nothing changes", () => {
    const byAddress = comparedPolicies.filter(({ kind }) => kind === "address").map(({ name }) => name);
    fc.assert(
      fc.property(worlds, ({ backends, plan }) => {
        const quiet = { ...plan, changes: [], joining: [] };
        for (const { policy, sessions, stickiness } of simulateTime(town, backends, byAddress, quiet).policies) {
          expect(sessions, policy.name).to.include({ lost: 0, moved: 0, refused: 0 });
          expect(sessions?.undisturbed, policy.name).to.equal(sessions?.sessions);
          expect(stickiness?.breaks, policy.name).to.equal(0);
        }
      }),
      { numRuns: 15 },
    );
  });

  for (const name of ["bounded-load", "bounded-load-pinned"]) {
    it(`keeps the bound of ${name} at every step`, () => {
      let steps = 0;
      fc.assert(
        fc.property(worlds, (world) => {
          const all = courseOf(world.plan, world.backends).backends;
          const states = new Map(world.backends.map(({ id }) => [id, "up"]));
          const balancer = createPolicyBalancer(name, world.backends);
          const weightOf = (i: number): number => (states.get(all[i]?.id ?? "") === "up" ? (all[i]?.weight ?? 0) : 0);
          const journal = new Journal(balancer, all.length, (backend, open) => {
            steps++;
            const total = open.reduce((sum, count, i) => sum + (weightOf(i) > 0 ? count : 0), 0);
            const weight = all.reduce((sum, _, i) => sum + weightOf(i), 0);
            const bound = Math.ceil((defaultPolicyOptions.boundedLoad * total * weightOf(backend)) / weight - 1e-9);
            expect(open[backend]).to.be.at.most(bound);
          });
          const setState = journal.setState.bind(journal);
          journal.setState = (backend, state) => {
            states.set(all[backend]?.id ?? "", state);
            setState(backend, state);
          };
          replay(buildWorkload(town, world.plan), courseOf(world.plan, world.backends), journal);
        }),
        { numRuns: 40 },
      );
      expect(steps).to.be.above(5_000);
    });
  }
});
