/** How evenly load is spread. All figures are about load in fair shares: 1 = as much as the weight asks for. */
export interface Evenness {
  /** All load together. */
  readonly total: number;
  /** The heaviest backend, in fair shares: peak to average. 1 is perfect. (Maglev's "overprovision" is this − 1.) */
  readonly maxOverAvg: number;
  /** The lightest backend, in fair shares. */
  readonly minOverAvg: number;
  /** Coefficient of variation: the (population) standard deviation of the load over its mean. 0 is perfect. */
  readonly cv: number;
  /**
   * Jain's fairness index (Jain, Chiu, Hawe, DEC-TR-301, 1984): (Σx)² / (n Σx²) = 1 / (1 + CV²). 1 is perfect, 1/n is one
   * backend with everything.
   */
  readonly jain: number;
  /** Gini coefficient: Σ (2i − n − 1)·x_i / (n Σx) over loads in growing order. 0 is perfect, 1 − 1/n is the worst. */
  readonly gini: number;
  /** The load in fair shares that 99 % of the backends do not exceed; undefined for fewer than a hundred backends. */
  readonly p99: number | undefined;
}

/** Below a hundred backends the 99th percentile is the maximum. */
const FEWEST_FOR_P99 = 100;
/** Room for the rounding of a sum of weights. */
const TINY = 1e-9;

interface Part {
  /** Load in fair shares. */
  readonly x: number;
  /** The backend's weight over all weights. */
  readonly q: number;
}

/**
 * Measures the loads of backends, normalised by weight: a backend of weight w counts like w backends of weight 1 with a w-th
 * of its load each. So splitting one changes no figure, and for N backends of any weights the CV of independent placement
 * is sqrt((N − 1) / n_eff) all the same. No load at all is spread perfectly.
 *
 * @param loads - of each backend, not negative
 * @param weights - of each backend, above 0 (leave out what is drained); all equal when absent
 * @throws RangeError for no backends, a bad weight or load, or lists of different length
 */
export function evenness(loads: ArrayLike<number>, weights?: ArrayLike<number>): Evenness {
  const parts = toParts(loads, weights);
  const total = sum(Array.from(loads));
  const first = parts[0]?.x ?? 1;
  const last = parts.at(-1)?.x ?? 1;
  const squares = sum(parts.map(({ x, q }) => q * (x - 1) ** 2));
  return {
    total,
    maxOverAvg: last,
    minOverAvg: first,
    cv: Math.sqrt(squares),
    jain: 1 / (1 + squares),
    gini: gini(parts),
    p99: parts.length < FEWEST_FOR_P99 ? undefined : percentile(parts, 0.99),
  };
}

/** The backends, lightest first. */
function toParts(loads: ArrayLike<number>, weights: ArrayLike<number> | undefined): readonly Part[] {
  const backends = loads.length;
  if (backends === 0) throw new RangeError("there are no backends to measure");
  if (weights !== undefined && weights.length !== backends) {
    throw new RangeError(`there are ${backends} loads and ${weights.length} weights`);
  }
  const weightOf = (i: number): number => (weights === undefined ? 1 : (weights[i] ?? 0));
  for (let i = 0; i < backends; i++) {
    const load = loads[i] ?? 0;
    if (!(load >= 0 && Number.isFinite(load))) throw new RangeError(`load ${i} is ${load}`);
    const weight = weightOf(i);
    if (!(weight > 0 && Number.isFinite(weight))) throw new RangeError(`weight ${i} is ${weight}`);
  }
  const total = sum(Array.from(loads));
  const totalWeight = sum(Array.from(loads, (_, i) => weightOf(i)));
  return Array.from(loads, (load, i) => {
    const q = weightOf(i) / totalWeight;
    return { x: total === 0 ? 1 : load / total / q, q };
  }).sort((a, b) => a.x - b.x);
}

/** 1 − twice the area under the Lorenz curve. */
function gini(parts: readonly Part[]): number {
  let carried = 0;
  let area = 0;
  for (const { x, q } of parts) {
    area += q * (2 * carried + q * x);
    carried += q * x;
  }
  return Math.max(0, 1 - area);
}

/** Nearest rank, by weight. */
function percentile(parts: readonly Part[], share: number): number {
  let covered = 0;
  for (const { x, q } of parts) {
    covered += q;
    if (covered >= share - TINY) return x;
  }
  return parts.at(-1)?.x ?? 1;
}

function sum(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0);
}
