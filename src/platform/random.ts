/** A source of randomness; tests inject a seeded one. */
export interface Random {
  /** Uniform in [0, 1). */
  next(): number;
}

/** The machine's generator. Used for jitter only, never for placement. */
export const systemRandom: Random = { next: () => Math.random() };
