import { MOST_PROXIES, PROXY_SHARE } from "../proxy-signs.ts";
import type { StudyFigures } from "./study-figures.ts";
import { type Carrier, mostEven, ownTables } from "./study-figures.ts";

// Where advice begins is a matter of judgement, and ours. Here is what several findings go by.

/** Fewer users, connections or requests than this say nothing about shares. */
export const LEAST_TRAFFIC = 100;

/** A max/avg up to here is even: the headroom that a service needs anyway, and what BOUNDED_LOAD=1.25 would ask for. */
export const EVEN = 1.25;

/** A CV from which {@link EVEN} is two standard deviations away. */
const EVEN_CV = (EVEN - 1) / 2;

/**
 * An address is heavy from so many fair shares of an average backend on: it makes the backend that gets it half as full
 * again, which is twice the headroom of {@link EVEN}.
 */
export const HEAVY_FAIR_SHARES = 0.5;

/** Room for the rounding of shares. */
const TINY = 1e-9;

/** So many heavy addresses are named; more are only counted. */
export const MOST_NAMED = 5;

/** Two max/avg that differ by less are the same to an operator. */
export const SAME_LOAD = 0.05;

/** The heavy addresses of a study, heaviest first: at most the ten that a study knows. */
export function heavyCarriers({ carriers, backends }: StudyFigures): readonly Carrier[] {
  return backends === 1 ? [] : carriers.filter(({ share }) => share * backends >= HEAVY_FAIR_SHARES - TINY);
}

/** The addresses that may be proxies: the fewest that carry {@link PROXY_SHARE} together; none when that takes too many. */
export function likelyProxies({ carriers, concentration }: StudyFigures): readonly Carrier[] {
  if (concentration.total < LEAST_TRAFFIC) return [];
  let sum = 0;
  for (const [i, { share }] of carriers.slice(0, MOST_PROXIES).entries()) {
    sum += share;
    if (sum >= PROXY_SHARE) return carriers.slice(0, i + 1);
  }
  return [];
}

/**
 * Whether one of our tables spreads these clients evenly, and not by luck: theory has to agree, or all of them do. Where none
 * was measured, whether theory has no objection.
 */
export function isEven(figures: StudyFigures): boolean {
  const tables = ownTables(figures);
  const best = mostEven(tables);
  const expected = figures.theoreticalCv <= EVEN_CV;
  if (best === undefined) return expected && heavyCarriers(figures).length === 0;
  if (best.evenness.maxOverAvg > EVEN) return false;
  return expected || tables.every(({ evenness }) => evenness.maxOverAvg <= EVEN);
}
