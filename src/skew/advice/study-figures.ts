import { type Concentration, theoreticalCv } from "../measures/concentration.ts";
import type { Evenness } from "../measures/evenness.ts";
import type { Remap } from "../measures/remap.ts";
import type { Stickiness } from "../measures/stickiness.ts";
import type { ComparedPolicy } from "../policies/compared-policy.ts";
import type { PlacementStudy } from "../study/placement-study.ts";
import type { AdviceContext } from "./advice.ts";
import { percent } from "./wording.ts";

/** What one policy did, by what the advice is about. */
export interface Measured {
  readonly policy: ComparedPolicy;
  readonly evenness: Evenness;
  readonly stickiness: Stickiness | undefined;
  readonly remove: Remap | undefined;
}

/** An address, and what it carries of what the advice is about. */
export interface Carrier {
  readonly address: string;
  /** 0–1 */
  readonly share: number;
}

/** A study from the one side that the advice is about: users where they are known, else connections. */
export interface StudyFigures {
  /** `users`, `connections` or `requests`. */
  readonly noun: string;
  /** What is placed one by one: `connections` or `requests`. */
  readonly visits: string;
  /** Of a log: how many visits are open at once, on which a bounded load depends, it does not tell. */
  readonly isEstimate: boolean;
  readonly concentration: Concentration;
  /** The heaviest addresses, heaviest first. */
  readonly carriers: readonly Carrier[];
  readonly backends: number;
  /** Of all weights: the backend with the smallest, and with the largest one. */
  readonly smallestShare: number;
  readonly largestShare: number;
  readonly floor: number;
  readonly theoreticalCv: number;
  /** The policies that could be asked, in the order of the study. */
  readonly measured: readonly Measured[];
}

/** Our own tables that a user should choose from: `modulo` is there for comparison. */
const OWN_TABLES: ReadonlySet<string> = new Set(["ring", "rendezvous", "maglev"]);

/** Takes from a study what the advice goes by. */
export function studyFigures(study: PlacementStudy, { unit }: Pick<AdviceContext, "unit">): StudyFigures {
  const { population, backends, floor } = study;
  const isByUsers = population.users !== undefined;
  const concentration = population.users ?? population.connections;
  const weight = backends.reduce((sum, backend) => sum + backend.weight, 0);
  const weights = backends.map((backend) => backend.weight / weight);
  const carriers = population.heaviest.map(({ address, users, share }) => ({
    address,
    share: isByUsers ? (users ?? 0) / concentration.total : share,
  }));
  return {
    noun: isByUsers ? "users" : `${unit}s`,
    visits: `${unit}s`,
    isEstimate: !isByUsers,
    concentration,
    carriers: carriers.sort((a, b) => b.share - a.share),
    backends: backends.length,
    smallestShare: Math.min(...weights),
    largestShare: Math.max(...weights),
    floor: (isByUsers ? floor.users : undefined) ?? floor.connections,
    theoreticalCv:
      (isByUsers ? study.theoreticalCv.users : undefined) ??
      theoreticalCv(backends.length, concentration.effectiveAddresses),
    measured: study.policies.flatMap(({ policy, users, connections, stickiness, remove }) => {
      const evenness = (isByUsers ? users : connections)?.evenness;
      return evenness === undefined ? [] : [{ policy, evenness, stickiness, remove }];
    }),
  };
}

/** A share of the visits that depends on how many are open at once: `31 %`, for logs `about 31 %`. */
export function loadShare({ isEstimate }: StudyFigures, share: number): string {
  const text = percent(share);
  return isEstimate && /^[1-9]|^0\./.test(text) ? `about ${text}` : text;
}

/** The visits whose backend can be compared with an earlier one's; to a log, an address is one client. */
export function returning({ isEstimate, visits }: StudyFigures): string {
  return isEstimate ? `the ${visits} from addresses that came before` : "those who come back";
}

/** What a policy did; undefined when it was not measured. */
export function measuredOf({ measured }: StudyFigures, name: string): Measured | undefined {
  return measured.find(({ policy }) => policy.name === name);
}

/** Our tables that were measured, in the order of the study. */
export function ownTables({ measured }: StudyFigures): readonly Measured[] {
  return measured.filter(({ policy }) => OWN_TABLES.has(policy.name));
}

/** Of some policies the one with the lowest max/avg; the first of equal ones. */
export function mostEven(policies: readonly Measured[]): Measured | undefined {
  return policies.reduce<Measured | undefined>(
    (best, other) => (best === undefined || other.evenness.maxOverAvg < best.evenness.maxOverAvg ? other : best),
    undefined,
  );
}

/** What remedies are compared with: our default, or the best table that was measured. */
export function referenceTable(figures: StudyFigures): Measured | undefined {
  return measuredOf(figures, "ring") ?? mostEven(ownTables(figures));
}
