import type { Pattern } from "./pattern.ts";

/** Where the balancer under test listens. */
export interface Target {
  readonly host: string;
  readonly port: number;
}

/** What every load is made of. */
export interface LoadContext {
  readonly target: Target;
  readonly pattern: Pattern;
  /** Chooses the source addresses. */
  readonly seed: number;
}

/** Work for the balancer that can be started and brought to rest again, so that nothing is in flight when CPU time is read. */
export interface Load {
  /** Connects whatever stays open during the whole run. */
  open(): Promise<void>;
  /** Works until `deadlineMs` (performance.now()) and then until every answer is back. Resolves to the steps done. */
  workUntil(deadlineMs: number): Promise<number>;
  /** Ends all connections in good order. */
  close(): Promise<void>;
  /** Resets whatever is left; used when the run has failed. */
  destroy(): void;
}

/**
 * The address that the `index`-th connection comes from: one of 64,000 in 127.16.0.0/12, in an order that the seed shifts.
 * Many addresses give a hashing balancer something to hash and keep each one's ephemeral ports plentiful.
 */
export function sourceAddress(index: number, seed: number): string {
  const n = (index + (seed % 64_000)) % 64_000;
  const block = n % 16;
  const rest = Math.floor(n / 16);
  return `127.${16 + block}.${Math.floor(rest / 250) + 1}.${(rest % 250) + 1}`;
}
