/**
 * Functions whose last bit ECMA-262 leaves to the engine, written with operations that IEEE 754 rounds exactly: a
 * population has the same bytes on every version of Node.
 */

/** ln x, x > 0, with a relative error of a few 10^-16 of the larger of its two terms. */
export function naturalLog(x: number): number {
  let halvings = 0;
  let m = x;
  for (; m > Math.SQRT2; halvings++) m /= 2;
  for (; m < Math.SQRT1_2; halvings--) m *= 2;
  // 2·artanh s = 2·(s + s³/3 + s⁵/5 + …) with s = (m − 1)/(m + 1), s² < 0.0295.
  const s = (m - 1) / (m + 1);
  const z = s * s;
  let sum = 1 / 21;
  for (let divisor = 19; divisor > 0; divisor -= 2) sum = sum * z + 1 / divisor;
  return halvings * Math.LN2 + 2 * s * sum;
}

/** e^x for −700 ≤ x ≤ 700, with a relative error below 10^-13. */
export function exponential(x: number): number {
  const doublings = Math.round(x / Math.LN2);
  const rest = x - doublings * Math.LN2;
  // Taylor, |rest| ≤ 0.35: the first term left out is below 10^-17.
  let result = 1;
  for (let term = 14; term > 0; term--) result = 1 + (result * rest) / term;
  for (let i = doublings; i > 0; i--) result *= 2;
  for (let i = doublings; i < 0; i++) result /= 2;
  return result;
}

/**
 * The value below which a standard normal variable falls with probability `p`, 0 < p < 1, to about 7 digits: Wichura's
 * algorithm AS 241, PPND7 (Applied Statistics 37, 1988).
 */
export function normalQuantile(p: number): number {
  const q = p - 0.5;
  if (Math.abs(q) <= 0.425) {
    const r = 0.180625 - q * q;
    const above = ((59.10937472 * r + 159.29113202) * r + 50.434271938) * r + 3.3871327179;
    return (q * above) / (((67.1875636 * r + 78.757757664) * r + 17.895169469) * r + 1);
  }
  const r = Math.sqrt(-naturalLog(Math.min(p, 1 - p)));
  return q < 0 ? -tail(r) : tail(r);
}

/** The quantile of 1 − e^(−r²). */
function tail(r: number): number {
  if (r <= 5) {
    const t = r - 1.6;
    const above = ((0.17023821103 * t + 1.3067284816) * t + 2.75681539) * t + 1.4234372777;
    return above / ((0.12021132975 * t + 0.7370016425) * t + 1);
  }
  const t = r - 5;
  const above = ((0.017337203997 * t + 0.42868294337) * t + 3.081226386) * t + 6.657905115;
  return above / ((0.012258202635 * t + 0.24197894225) * t + 1);
}
