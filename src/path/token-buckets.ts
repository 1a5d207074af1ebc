import { LRUCache } from "lru-cache";

export interface Rate {
  /** Tokens that come back in a second, > 0. */
  readonly perSecond: number;
  /** Tokens a full bucket holds, ≥ 1. */
  readonly burst: number;
}

/** Clients remembered; the least recently seen are forgotten, which fills their bucket. */
const MAX_CLIENTS = 100_000;

interface Bucket {
  tokens: number;
  filledAtMs: number;
}

/** One token bucket per client prefix, in fixed memory. */
export class TokenBuckets {
  readonly #buckets = new LRUCache<string, Bucket>({ max: MAX_CLIENTS });

  /** Takes a token of `client`; false when its bucket is empty. */
  take(client: string, rate: Rate, nowMs: number): boolean {
    let bucket = this.#buckets.get(client);
    if (bucket === undefined) {
      bucket = { tokens: rate.burst, filledAtMs: nowMs };
      this.#buckets.set(client, bucket);
    } else {
      const earned = ((nowMs - bucket.filledAtMs) * rate.perSecond) / 1000;
      bucket.tokens = Math.min(rate.burst, bucket.tokens + earned);
      bucket.filledAtMs = nowMs;
    }
    if (bucket.tokens < 1) return false;
    bucket.tokens--;
    return true;
  }
}
