/** A source of randomness; tests inject a seeded one. */
export interface Random {
  /** Uniform in [0, 1). */
  next(): number;
}

/**
 * The machine's generator. For jitter, sampling and, in http mode, new sessions (the draws of NEW_SESSION=p2c, and whom a slow
 * start admits); never where the same client has to be placed in the same way again.
 */
export const systemRandom: Random = { next: () => Math.random() };
