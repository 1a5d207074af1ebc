import { seededRandom } from "../support/relay-scenes.ts";

/** Chance that can be repeated: everything that is drawn comes from one seed. */
export class Dice {
  readonly #next: () => number;

  constructor(seed: number) {
    // The generator is weak in its first numbers when seeds are small.
    this.#next = seededRandom((seed + 1) * 0x9e3779b1);
    for (let i = 0; i < 16; i++) this.#next();
  }

  /** A whole number from 0, below `below`. */
  below(below: number): number {
    return Math.floor(this.#next() * below);
  }

  /** True once in `times`. */
  once(times: number): boolean {
    return this.below(times) === 0;
  }

  one<T>(of: readonly [T, ...T[]]): T {
    return of[this.below(of.length)] ?? of[0];
  }
}
