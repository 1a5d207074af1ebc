import { concentration } from "../../src/skew/measures/concentration.ts";
import { evenness } from "../../src/skew/measures/evenness.ts";
import type { Stickiness } from "../../src/skew/measures/stickiness.ts";
import type { ComparedBackend, ComparedPolicy, PolicyKind } from "../../src/skew/policies/compared-policy.ts";
import type { HeaviestSweep } from "../../src/skew/report/heaviest-sweep.ts";
import type { SimulationResult } from "../../src/skew/report/simulation-result.ts";
import type { TimeFigures, TimeStudy } from "../../src/skew/simulation/time-study.ts";
import type { LoadFigures, PlacementFigures, PlacementStudy } from "../../src/skew/study/placement-study.ts";

/** Made up, but possible: an office with 10 % of 10,000 users, ten backends. */
const POLICIES: readonly (readonly [name: string, title: string, kind: PolicyKind, fullest: number, moved: number])[] =
  [
    ["ring", "ring", "address", 1.94, 0.11],
    ["rendezvous", "rendezvous", "address", 1.91, 0.1],
    ["bounded-load", "bounded load", "bounded", 1.25, 0.12],
    ["sticky-cookie", "sticky cookie", "cookie", 1.01, 0.1],
    ["haproxy-consistent", "HAProxy source consistent", "address", 2.2, 0.08],
    ["modulo", "modulo", "address", 1.9, 0.9],
  ];
const MINUTE_MS = 60_000;

export function samplePolicy(name: string): ComparedPolicy {
  const [, title, kind] = POLICIES.find(([known]) => known === name) ?? [name, name, "address" as const];
  return { name, title, kind, program: "Lengket", configuration: [`LENGKET_HASH_POLICY=${name}`] };
}

export function sampleBackends(count: number): readonly ComparedBackend[] {
  return Array.from({ length: count }, (_, i) => ({ id: `b${i + 1}`, address: `10.0.0.${i + 1}:8080`, weight: 1 }));
}

function stickiness(breakRate: number): Stickiness {
  const [placements, repeats] = [60_000, 50_000];
  const breaks = Math.round(breakRate * repeats);
  return { placements, repeats, breaks, breakRate, overflowed: breaks, overflowShare: breaks / placements };
}

function loads(backends: number, fullest: number, total: number): LoadFigures {
  const rest = (total / backends) * ((backends - fullest) / (backends - 1));
  const each = Array.from({ length: backends }, (_, i) =>
    Math.round(i === 2 % backends ? (total / backends) * fullest : rest * (0.94 + 0.12 * ((i * 7) % 10) * 0.1)),
  );
  return { loads: each, evenness: evenness(each) };
}

/** @param given - what is to differ from the sample */
export function samplePlacement(given: Partial<PlacementStudy> = {}): PlacementStudy {
  const backends = given.backends ?? sampleBackends(10);
  const n = backends.length;
  const users = concentration([1_000, ...Array.from({ length: 9_000 }, () => 1)]);
  const connections = { ...users, total: 60_000 };
  return {
    population: {
      name: "s5",
      title: "one office with 10 % of the users",
      source: "ours",
      seed: 1,
      addresses: 9_001,
      users,
      connections,
      heaviest: [{ address: "198.51.100.7", users: 1_000, connections: 6_000, share: 0.1 }],
    },
    backends,
    seed: 1,
    floor: { users: n * 0.1, connections: n * 0.1 },
    theoreticalCv: { users: 0.3, connections: 0.3 },
    policies: POLICIES.map(
      ([name, , kind, fullest, moved]): PlacementFigures => ({
        policy: samplePolicy(name),
        impossible: undefined,
        users: loads(n, fullest, 10_000),
        connections: loads(n, fullest, 60_000),
        stickiness: stickiness(kind === "bounded" ? 0.08 : 0),
        remove: { moved, ideal: 1 / n, excess: moved - 1 / n, needless: 0 },
        add: { moved: moved * 0.9, ideal: 1 / (n + 1), excess: moved * 0.9 - 1 / (n + 1), needless: 0 },
        reweigh: { moved: moved * 0.8, ideal: 0.082, excess: moved * 0.8 - 0.082, needless: 0 },
      }),
    ),
    ...given,
  };
}

export function sampleTime(given: Partial<TimeStudy> = {}): TimeStudy {
  const backends = given.backends ?? sampleBackends(11);
  const atMs = Array.from({ length: 60 }, (_, i) => (i + 0.5) * MINUTE_MS);
  const wave = (b: number, i: number): number => 100 + ((b * 31 + i * 17) % 23) - 11;
  return {
    seed: 1,
    lengthMs: 60 * MINUTE_MS,
    warmUpMs: 10 * MINUTE_MS,
    backends,
    changes: [
      { atMs: 20 * MINUTE_MS, kind: "fails", backend: "b3" },
      { atMs: 30 * MINUTE_MS, kind: "drains", backend: "b5" },
      { atMs: 32 * MINUTE_MS, kind: "returns", backend: "b3" },
      { atMs: 45 * MINUTE_MS, kind: "joins", backend: "b11" },
    ],
    sessions: 10_000,
    connections: 60_000,
    policies: POLICIES.map(
      ([name, , kind, fullest, moved]): TimeFigures => ({
        policy: samplePolicy(name),
        impossible: undefined,
        sessions: {
          ...{ sessions: 10_000, lost: 300, moved: Math.round(moved * 3_000), refused: 0 },
          ...{ movedByChange: Math.round(moved * 3_000), movedByLoad: 0 },
        },
        stickiness: stickiness(kind === "bounded" ? 0.08 : 0.01),
        byTime: evenness(backends.slice(0, 10).map((_, b) => (b === 2 ? fullest : 1))),
        peakOverFairShare: fullest * 1.2,
        series: {
          atMs,
          open: backends.map((_, b) =>
            atMs.map((at, i) => {
              const minute = at / MINUTE_MS;
              if (b === 2 && minute > 20 && minute < 32) return 0;
              if (b === 4 && minute > 30) return Math.max(0, 100 - (minute - 30) * 9);
              if (b === 10 && minute < 45) return 0;
              return wave(b, i) * (b === 6 ? fullest : 1);
            }),
          ),
        },
      }),
    ),
    ...given,
  };
}

export function sampleSweep(): HeaviestSweep {
  const shares = [0.01, 0.05, 0.1, 0.2, 0.3, 0.4];
  const line = (name: string, max: (p: number) => number, breaks: (p: number) => number) => ({
    policy: samplePolicy(name),
    points: shares.map((share) => ({ share, maxOverAvg: max(share), breakRate: breaks(share) })),
  });
  return {
    seed: 1,
    backends: 10,
    users: 10_000,
    shares,
    floor: shares.map((share) => Math.max(1, 10 * share)),
    policies: [
      line(
        "ring",
        (p) => 10 * p + 1.08 * (1 - p),
        () => 0,
      ),
      line(
        "bounded-load",
        () => 1.25,
        (p) => p * Math.max(0, 1 - 1.25 / (10 * p)),
      ),
      line(
        "sticky-cookie",
        () => 1.01,
        () => 0,
      ),
    ],
  };
}

export function sampleResult(): SimulationResult {
  return {
    program: { name: "lengket", version: "1.2.3" },
    seed: 1,
    unit: "connection",
    yours: "ring",
    logs: [],
    notes: [],
    placement: samplePlacement(),
    time: sampleTime(),
    sweep: sampleSweep(),
    advice: {
      verdict: ["The office is heavy."],
      findings: [{ kind: "heavy-addresses", figures: { share: 0.1 }, sentences: ["The office is heavy."] }],
      settings: [
        { title: "Use cookies", lines: ["LENGKET_MODE=http", "LENGKET_X=1"], why: "It helps.", cost: "It needs http." },
      ],
    },
  };
}
