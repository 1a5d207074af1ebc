import { keyHash } from "../../hashing/murmur3.ts";
import { buildTable, defaultTableOptions } from "../../hashing/registry.ts";
import type { HashPolicy } from "../../model/hash-table.ts";
import { concentration, theoreticalCv } from "../measures/concentration.ts";
import { evenness } from "../measures/evenness.ts";
import type { Population } from "../populations/population.ts";

/** One population under many hash seeds: what is luck, and what is not. By users, of a log by connections. */
export interface SaltFigures {
  readonly salts: number;
  /** Root mean square of the CVs. */
  readonly rmsCv: number;
  /** sqrt((N − 1) / n_eff). */
  readonly theoreticalCv: number;
  readonly maxOverAvg: { readonly mean: number; readonly p5: number; readonly p95: number };
}

/**
 * Places the addresses of `population` on `backends` equal backends under the hash seeds 0 … `salts` − 1.
 *
 * The theory is about addresses that are placed independently and evenly. Our `maglev` table does that: every backend has the
 * same number of its slots (but for one), so all that is uneven comes from the addresses. A ring's own unevenness adds up as
 * variances do: CV² = (N − 1)/n_eff + (1 − 1/n_eff)·(CV of the ring)².
 *
 * @param backends - N ≥ 1
 * @param salts - at least 1
 */
export function studySalts(
  population: Population,
  backends: number,
  salts: number,
  policy: HashPolicy = "maglev",
): SaltFigures {
  const weights = population.users ?? population.connections;
  const keys = Array.from(weights, (_, address) => population.addresses.bytes(address));
  const entries = Array.from({ length: backends }, (_, i) => ({ id: `app${i + 1}`, weight: 1 }));
  const runs = Array.from({ length: salts }, (_, seed) => {
    const table = buildTable(policy, entries, { ...defaultTableOptions, seed });
    const loads = new Float64Array(backends);
    keys.forEach((key, address) => {
      const place = table.owner(keyHash(key, seed));
      loads[place] = (loads[place] ?? 0) + (weights[address] ?? 0);
    });
    return evenness(loads);
  });
  const maxima = runs.map(({ maxOverAvg }) => maxOverAvg).sort((a, b) => a - b);
  return {
    salts,
    rmsCv: Math.sqrt(mean(runs.map(({ cv }) => cv * cv))),
    theoreticalCv: theoreticalCv(backends, concentration(weights).effectiveAddresses),
    maxOverAvg: { mean: mean(maxima), p5: quantile(maxima, 0.05), p95: quantile(maxima, 0.95) },
  };
}

function mean(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0) / values.length;
}

/** Nearest rank. */
function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}
