/**
 * −ln u for the uniform draw u = (k + ½) / 2^32, 0 < u < 1, with a relative error below 10^-15.
 *
 * `Math.log` may differ in the last bit between engines and versions (ECMA-262 leaves it to the implementation), and one bit
 * can move a client. This one uses only additions, multiplications and divisions, which IEEE 754 rounds exactly: the
 * same bits everywhere.
 *
 * @param k - an integer, 0 … 2^32 − 1
 */
export function negativeLogOfUnit(k: number): number {
  if (k === 0) return 33 * Math.LN2;
  // u = m · 2^(−1 − zeros) with 1 ≤ m < 2; then m is brought around 1, so that nothing cancels when u is close to 1.
  let halvings = Math.clz32(k) + 1;
  let m = (k + 0.5) / ((1 << (32 - halvings)) >>> 0);
  if (m > Math.SQRT2) {
    m /= 2;
    halvings--;
  }
  return halvings * Math.LN2 - logarithmAroundOne(m);
}

/** ln m = 2·artanh s = 2·(s + s³/3 + s⁵/5 + …) with s = (m − 1)/(m + 1), for √½ ≤ m ≤ √2, where s² < 0.0295. */
function logarithmAroundOne(m: number): number {
  const s = (m - 1) / (m + 1);
  const z = s * s;
  let sum = 1 / 21;
  for (let divisor = 19; divisor > 0; divisor -= 2) sum = sum * z + 1 / divisor;
  return 2 * s * sum;
}
