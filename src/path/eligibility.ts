import type { BackendId } from "../model/backend.ts";
import type { SkipReason } from "../model/choice.ts";
import type { Member, Tier } from "../model/snapshot.ts";
import type { LoadView } from "./ledger.ts";

/** What decides about one candidate, apart from the candidate itself. */
export interface Situation {
  readonly load: LoadView;
  readonly nowMs: number;
  readonly keyHash: number;
  /** Backends that this connection has failed on. */
  readonly tried: ReadonlySet<BackendId> | undefined;
  /** Health is ignored. */
  readonly panic: boolean;
}

/** Golden-ratio multiplier (Knuth, TAOCP 6.4): spreads neighbouring hashes, so that a ramp admits keys from everywhere. */
const SPREAD = 0x9e3779b1;

/**
 * Slow start admits clients, not weight: at fraction f of the ramp, the keys whose remixed hash lies in the lowest f of
 * the range are let in. A key waits at its fallback, where it was while the backend was away, and comes home once.
 */
export function isAdmitted(member: Member, keyHash: number, nowMs: number): boolean {
  if (nowMs >= member.rampUntilMs) return true;
  const fraction = (nowMs - member.rampFromMs) / (member.rampUntilMs - member.rampFromMs);
  return (Math.imul(keyHash, SPREAD) >>> 0) / 2 ** 32 < fraction;
}

/** Why `member` cannot take the connection, undefined when it can; everything but the bounded load. */
export function whySkipped(member: Member, situation: Situation, ignoreRamp: boolean): SkipReason | undefined {
  if (situation.tried?.has(member.backend.id) === true) return "tried";
  if (member.lifecycle === "draining") return "draining";
  if (!situation.panic) {
    if (member.ejected) return "ejected";
    if (member.health === "unhealthy") return "down";
  }
  const { maxConnections } = member.backend;
  if (maxConnections > 0 && situation.load.open(member.slot) >= maxConnections) return "full";
  if (!ignoreRamp && !isAdmitted(member, situation.keyHash, situation.nowMs)) return "ramping";
  return undefined;
}

/** The rounding error of `factor × (m+1) × w / W` must not lift a whole number to the next one. */
const ROUNDING = 1e-9;

/**
 * How full the backends of a tier may be (Mirrokni, Thorup, Zadimoghaddam: Consistent Hashing with Bounded Loads, 2016):
 * with m connections on them, the next one may go where the count stays at or below ceil(c·(m+1)·w/W). Only backends that
 * could take this connection count, so at least one of them is always below its bound.
 */
export class LoadBound {
  readonly #factor: number;
  readonly #load: LoadView;
  readonly #connections: number;
  readonly #weight: number;

  constructor(factor: number, tier: Tier, situation: Situation, ignoreRamp: boolean) {
    let connections = 0;
    let weight = 0;
    for (const member of tier.members) {
      if (whySkipped(member, situation, ignoreRamp) !== undefined) continue;
      connections += situation.load.open(member.slot);
      weight += member.backend.weight;
    }
    this.#factor = factor;
    this.#load = situation.load;
    this.#connections = connections;
    this.#weight = weight;
  }

  /** The most connections `member` may have, the new one included. */
  capacity(member: Member): number {
    const fair = ((this.#connections + 1) * member.backend.weight) / this.#weight;
    return Math.ceil(this.#factor * fair - ROUNDING);
  }

  admits(member: Member): boolean {
    return this.#load.open(member.slot) < this.capacity(member);
  }
}
