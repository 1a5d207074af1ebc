/** What a population forces on every hash of the address, whatever the algorithm. */
export interface Concentration {
  /** Addresses with any weight. */
  readonly addresses: number;
  readonly total: number;
  /**
   * n_eff = (Σw)² / Σw²: so many addresses of equal weight would spread as unevenly (Kish's effective sample size, 1965).
   * 0 when there is no weight at all.
   */
  readonly effectiveAddresses: number;
  /** p_max: the share of the heaviest address. */
  readonly heaviestShare: number;
}

/** @param weights - of each address, not negative: users, connections or bytes */
export function concentration(weights: ArrayLike<number>): Concentration {
  let addresses = 0;
  let total = 0;
  let squares = 0;
  let heaviest = 0;
  for (let i = 0; i < weights.length; i++) {
    const weight = weights[i] ?? 0;
    if (weight > 0) addresses++;
    total += weight;
    squares += weight * weight;
    heaviest = Math.max(heaviest, weight);
  }
  if (total === 0) return { addresses: 0, total, effectiveAddresses: 0, heaviestShare: 0 };
  return { addresses, total, effectiveAddresses: (total * total) / squares, heaviestShare: heaviest / total };
}

/**
 * The max/avg that no hash of the address can go below: N·p_max for N equal backends, because some backend gets the heaviest
 * address, whole; it is 1 at least, as is every max/avg. With weights: when it lands on the backend with the largest share.
 *
 * @param heaviestShare - p_max, 0 … 1
 * @param largestBackendShare - the largest weight over all weights; 1/N when all are equal
 */
export function addressFloor(heaviestShare: number, largestBackendShare: number): number {
  return Math.max(1, heaviestShare / largestBackendShare);
}

/**
 * The load to expect of the backend that has the heaviest address, in fair shares: that address, and a fair share of the
 * rest, N·p + 1 − p for N equal backends.
 *
 * @param backendShare - that backend's weight over all weights
 */
export function heaviestBackendLoad(heaviestShare: number, backendShare: number): number {
  return heaviestShare / backendShare + 1 - heaviestShare;
}

/**
 * The CV (root mean square over hash seeds) of addresses that are placed independently, each with the probability of a
 * backend's weight: sqrt((N − 1) / n_eff). It is the variance of a sum of N − 1 degrees of freedom, each address adding
 * w²·q·(1 − q); the weights of the backends cancel out as {@link evenness} counts them.
 *
 * @param backends - N ≥ 1
 * @param effectiveAddresses - n_eff > 0
 */
export function theoreticalCv(backends: number, effectiveAddresses: number): number {
  return Math.sqrt((backends - 1) / effectiveAddresses);
}
