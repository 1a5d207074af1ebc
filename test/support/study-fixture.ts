import type { AdviceContext } from "../../src/skew/advice/advice.ts";
import { addressFloor, concentration, theoreticalCv } from "../../src/skew/measures/concentration.ts";
import { evenness } from "../../src/skew/measures/evenness.ts";
import type { Remap } from "../../src/skew/measures/remap.ts";
import { comparedPolicy } from "../../src/skew/policies/compared-policies.ts";
import type { PlacementFigures, PlacementStudy } from "../../src/skew/study/placement-study.ts";

/** What a policy is said to have done. */
export interface FixturePolicy {
  /** Load of the fullest backend in fair shares; the others share the rest equally. */
  readonly max: number;
  readonly breakRate?: number;
  readonly overflowShare?: number;
  /** Share of the clients that moved when a backend was removed. */
  readonly moved?: number;
}

export interface StudyFixture {
  /** Shares of the heaviest addresses, heaviest first; all others have the same. */
  readonly heavy: readonly number[];
  readonly addresses: number;
  readonly total?: number;
  /** Names of the heaviest addresses; 10.0.0.1 and so on when absent. */
  readonly named?: readonly string[];
  /** Weights of the backends. */
  readonly weights: readonly number[];
  readonly policies: Readonly<Record<string, FixturePolicy>>;
  readonly byUsers?: boolean;
}

/** A study as it would be reported, with figures that a test chooses. */
export function studyFixture(fixture: StudyFixture): PlacementStudy {
  const { heavy, addresses, total = 100_000, weights, named, byUsers = false } = fixture;
  const rest = total * (1 - heavy.reduce((sum, share) => sum + share, 0));
  const others = addresses - heavy.length;
  const counts = [...heavy.map((share) => share * total), ...Array.from({ length: others }, () => rest / others)];
  const concentrated = concentration(counts);
  const weight = weights.reduce((sum, each) => sum + each, 0);
  const floor = addressFloor(concentrated.heaviestShare, Math.max(...weights) / weight);
  const cv = concentrated.effectiveAddresses === 0 ? 0 : theoreticalCv(weights.length, concentrated.effectiveAddresses);
  return {
    population: {
      ...{ name: "fixture", title: "a fixture", source: "ours", seed: 1, addresses },
      users: byUsers ? concentrated : undefined,
      connections: concentrated,
      heaviest: counts.slice(0, 10).map((count, i) => ({
        address: named?.[i] ?? `10.0.0.${i + 1}`,
        users: byUsers ? count : undefined,
        connections: count,
        share: total === 0 ? 0 : count / total,
      })),
    },
    backends: weights.map((each, i) => ({ id: `app${i + 1}`, address: `10.1.0.${i + 1}:3000`, weight: each })),
    seed: 0,
    floor: { users: byUsers ? floor : undefined, connections: floor },
    theoreticalCv: { users: byUsers ? cv : undefined, connections: cv },
    connectionsPlaced: Math.round(total),
    policies: Object.entries(fixture.policies).map(([name, policy]) => figuresOf(name, policy, fixture)),
  };
}

function figuresOf(
  name: string,
  given: FixturePolicy,
  { weights, total = 100_000, byUsers }: StudyFixture,
): PlacementFigures {
  const policy = comparedPolicy(name);
  if (policy === undefined) throw new Error(`there is no policy ${name}`);
  const { max, breakRate = 0, overflowShare = 0, moved } = given;
  const weight = weights.reduce((sum, each) => sum + each, 0);
  const [first = 1, ...others] = weights;
  const fullest = Math.min(1, (max * first) / weight);
  const loads = [fullest, ...others.map((each) => ((1 - fullest) * each) / (weight - first))].map(
    (load) => load * total,
  );
  const load = { loads, evenness: evenness(loads, weights) };
  const ideal = 1 / weights.length;
  const remove: Remap | undefined =
    moved === undefined ? undefined : { moved, ideal, excess: moved - ideal, needless: Math.max(0, moved - ideal) };
  return {
    ...{ policy, impossible: undefined, remove, add: undefined, reweigh: undefined },
    users: byUsers === true ? load : undefined,
    connections: load,
    stickiness: {
      placements: total,
      repeats: total,
      breaks: breakRate * total,
      breakRate,
      overflowed: overflowShare * total,
      overflowShare,
    },
  };
}

/** A context in which nothing is known but the counts. */
export const plainContext: AdviceContext = Object.freeze({
  ...{ unit: "connection", mode: undefined, prefixV4: 32, prefixV6: 64, errorAtMost: 0, masked: false },
  addresses: { shareV6: 0, heaviestPool: undefined },
});

/** Equal backends. */
export function equalBackends(count: number): readonly number[] {
  return Array.from({ length: count }, () => 1);
}
