import { exhaustive } from "../../model/failure.ts";
import { exponential, naturalLog, normalQuantile } from "./portable-math.ts";

/** A distribution of whole numbers from 1: how many users share an address, how many connections a user makes. */
export type Law =
  | { readonly law: "constant"; readonly value: number }
  /** `values`: number and share; the shares add up to 1. */
  | { readonly law: "weighted"; readonly values: readonly (readonly [value: number, share: number])[] }
  | { readonly law: "uniform"; readonly min: number; readonly max: number }
  /** P(k) = (1 − 1/mean)^(k−1) / mean: as many as it takes when each may be the last. `mean` ≥ 1. */
  | { readonly law: "geometric"; readonly mean: number }
  /** 1 + a Poisson variable of mean `mean` − 1; `mean` is 1 to 500. */
  | { readonly law: "poisson"; readonly mean: number }
  /** The nearest whole number to a lognormal variable, cut to 1 … `max`; `sigma` is that of its logarithm. */
  | { readonly law: "lognormal"; readonly median: number; readonly sigma: number; readonly max: number }
  /** P(k) in proportion to k^−exponent, k = 1 … `max`. */
  | { readonly law: "zipf"; readonly exponent: number; readonly max: number };

/** The value that is reached with probability `p`, 0 < p < 1; grows with p. */
export type Quantile = (p: number) => number;

/** The quantile function of `law`; applied to uniform numbers it draws from the law (inverse transform). */
export function quantileOf(law: Law): Quantile {
  switch (law.law) {
    case "constant":
      return () => law.value;
    case "weighted":
      return ofTable(law.values);
    case "uniform":
      return (p) => law.min + Math.floor(p * (law.max - law.min + 1));
    case "geometric": {
      if (law.mean === 1) return () => 1;
      const perStep = naturalLog(1 - 1 / law.mean);
      return (p) => Math.max(1, Math.ceil(naturalLog(1 - p) / perStep));
    }
    case "poisson":
      return ofTable(poissonTable(law.mean - 1));
    case "lognormal": {
      const middle = naturalLog(law.median);
      return (p) => Math.min(law.max, Math.max(1, Math.round(exponential(middle + law.sigma * normalQuantile(p)))));
    }
    case "zipf":
      return ofTable(zipfShares(law.exponent, law.max).map((share, i) => [i + 1, share] as const));
    default:
      return exhaustive(law);
  }
}

/**
 * `count` values that follow `law` as closely as whole numbers can: its quantiles at (i + ½)/count, in growing order. They
 * hold no sampling noise, so the theory of a population is the same for every seed.
 */
export function quotas(law: Law, count: number): Float64Array {
  const quantile = quantileOf(law);
  return Float64Array.from({ length: count }, (_, i) => quantile((i + 0.5) / count));
}

/** The shares k^−exponent / Σ, k = 1 … count. */
export function zipfShares(exponent: number, count: number): readonly number[] {
  const sizes = Array.from({ length: count }, (_, i) => exponential(-exponent * naturalLog(i + 1)));
  const sum = sizes.reduce((a, b) => a + b, 0);
  return sizes.map((size) => size / sum);
}

/** 1, 2, … with the probabilities of 0, 1, … under Poisson's law, until hardly anything is left. */
function poissonTable(mean: number): readonly (readonly [number, number])[] {
  const values: [number, number][] = [];
  let share = exponential(-mean);
  for (let k = 0; k <= mean || share > 1e-12; k++) {
    values.push([k + 1, share]);
    share *= mean / (k + 1);
  }
  return values;
}

function ofTable(table: readonly (readonly [value: number, share: number])[]): Quantile {
  const sorted = [...table].sort(([a], [b]) => a - b);
  let sum = 0;
  const upTo = Float64Array.from(sorted, ([, share]) => {
    sum += share;
    return sum;
  });
  return (p) => {
    // The first value whose cumulative share is above p; rounding may leave the last one short of 1.
    let low = 0;
    let high = sorted.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((upTo[middle] ?? 1) > p) high = middle;
      else low = middle + 1;
    }
    return sorted[low]?.[0] ?? 1;
  };
}
