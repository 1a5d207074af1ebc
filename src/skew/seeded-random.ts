import { fmix32, hashWords } from "../hashing/murmur3.ts";

/** 2^32 / golden ratio, odd: keeps equal words of a seed apart. */
const GOLDEN_STEP = 0x9e3779b9;

/** The four words of a generator's state, 0 … 2^32 − 1 each, not all zero. */
export type RandomState = readonly [number, number, number, number];

/** A source of pseudo-random numbers: the same seed gives the same numbers on every engine. Has the shape of `Random`. */
export interface SeededRandom {
  /** Uniform over 0 … 2^32 − 1. */
  u32(): number;
  /** One of 2^32 evenly spaced numbers strictly between 0 and 1: (k + ½) / 2^32. */
  next(): number;
  /** Uniform over 0 … `bound` − 1, without bias; `bound` is 1 … 2^32. */
  below(bound: number): number;
}

/**
 * xoshiro128** 1.1 (David Blackman and Sebastiano Vigna, prng.di.unimi.it, public domain): period 2^128 − 1, 32-bit integer
 * operations only.
 */
export function xoshiro128(state: RandomState): SeededRandom {
  let [a, b, c, d] = state;
  const u32 = (): number => {
    const product = Math.imul(b, 5);
    const result = Math.imul((product << 7) | (product >>> 25), 9) >>> 0;
    const shifted = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= shifted;
    d = (d << 11) | (d >>> 21);
    return result;
  };
  return {
    u32,
    next: () => (u32() + 0.5) / 2 ** 32,
    below: (bound) => {
      // The values above the last whole multiple of the bound would favour small results.
      const unfair = 2 ** 32 - (2 ** 32 % bound);
      for (;;) {
        const value = u32();
        if (value < unfair) return value % bound;
      }
    },
  };
}

/**
 * A generator of its own for each purpose of one seed, so that drawing more for one purpose changes nothing for another.
 *
 * @param seed - 0 … 2^32 − 1
 * @param purpose - a name, e.g. `addresses of homes`
 */
export function createSeededRandom(seed: number, purpose: string): SeededRandom {
  const words = hashWords(new TextEncoder().encode(purpose), seed);
  // Short names leave words equal, and a state of four zeroes would stay there for ever.
  const [a, b, c, d] = words.map((word, i) => fmix32(word + Math.imul(i + 1, GOLDEN_STEP)) >>> 0);
  return xoshiro128([a ?? 0, b ?? 0, c ?? 0, (d ?? 0) || 1]);
}

/** Puts `values` into a random order, in place (Fisher–Yates; Durstenfeld, CACM 1964, algorithm 235). */
export function shuffle(values: Float64Array, random: SeededRandom): void {
  for (let last = values.length - 1; last > 0; last--) {
    const chosen = random.below(last + 1);
    const moved = values[last] ?? 0;
    values[last] = values[chosen] ?? 0;
    values[chosen] = moved;
  }
}
