/**
 * How often a property is tried: `byDefault` times, or FUZZ_FACTOR times as often (0.1, 50, …). Large factors outlast
 * mocha's time limit; give it `--timeout 0` too.
 */
export function runs(byDefault: number, environment: NodeJS.ProcessEnv = process.env): number {
  const factor = Number(environment["FUZZ_FACTOR"] ?? 1);
  if (!(factor > 0 && factor < Number.POSITIVE_INFINITY)) throw new Error("FUZZ_FACTOR is not a number above 0");
  return Math.max(1, Math.round(byDefault * factor));
}
