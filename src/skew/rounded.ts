/** A number that is shown or written: no more digits behind the point than are meant. */
export function rounded(value: number, decimals: number): number {
  const scale = 10 ** decimals;
  return Math.round(value * scale) / scale;
}

/**
 * A replacer for `JSON.stringify` that rounds every number which is not whole. It goes by the decimal digits of the very
 * number (`toFixed`), as the published results do: scaling first would tip some that lie in the middle to the other side.
 */
export function roundingReplacer(decimals: number): (key: string, value: unknown) => unknown {
  return (_, value) =>
    typeof value === "number" && !Number.isInteger(value) ? Number(value.toFixed(decimals)) : value;
}
