import { defaultTableOptions, type TableOptions } from "../../hashing/registry.ts";
import type { NatSplitOptions } from "../../path/nat-split.ts";

/** What the policies depend on besides the backends. Named as the settings are. */
export interface PolicyOptions {
  /** HASH_SEED of our own tables and keys, 0 … 2^32 − 1. The other programs have none, or a fixed one. */
  readonly hashSeed: number;
  /** RING_VNODES and MAGLEV_TABLE. */
  readonly table: Omit<TableOptions, "seed">;
  /** BOUNDED_LOAD: fair shares that a backend may have, 1.01 … 100. HAProxy gets the same in whole percent. */
  readonly boundedLoad: number;
  /** OVERFLOW_PIN of `bounded-load-pinned`: how long a client stays where an overflow put it, in ms after its last connection. */
  readonly overflowPinMs: number;
  /** NAT_SPLIT and NAT_SPLIT_SHARE; told apart by connection (NAT_SPLIT_KEY=connection). */
  readonly natSplit: Pick<NatSplitOptions, "over" | "share">;
}

/**
 * The defaults of the settings; and for what is off by default, what their documentation suggests: BOUNDED_LOAD=1.25,
 * NAT_SPLIT=3 of addresses that carry more than half a fair share.
 */
export const defaultPolicyOptions: PolicyOptions = Object.freeze({
  hashSeed: 0,
  table: Object.freeze({ ringVnodes: defaultTableOptions.ringVnodes, maglevTable: defaultTableOptions.maglevTable }),
  boundedLoad: 1.25,
  overflowPinMs: 600_000,
  natSplit: Object.freeze({ over: 3, share: 0.5 }),
});

/** BOUNDED_LOAD as HAProxy's `hash-balance-factor`. */
export function balanceFactor({ boundedLoad }: Pick<PolicyOptions, "boundedLoad">): number {
  return Math.round(boundedLoad * 100);
}
