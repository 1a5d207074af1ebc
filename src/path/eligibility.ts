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
  return (Math.imul(keyHash, SPREAD) >>> 0) / 2 ** 32 < rampFraction(member, nowMs);
}

/** How far the slow start of a member that is still in it has come. */
function rampFraction(member: Member, nowMs: number): number {
  return (nowMs - member.rampFromMs) / (member.rampUntilMs - member.rampFromMs);
}

/** Of a member that has just begun to warm up: it is compared by a share of its weight, which must not be none. */
const LEAST_FRACTION = 0.01;

/** The weight of a member, while it warms up the fraction of it that slow start has reached (at least a hundredth). Above 0. */
export function rampedWeight(member: Member, nowMs: number): number {
  const { weight } = member.backend;
  return nowMs >= member.rampUntilMs ? weight : weight * Math.max(LEAST_FRACTION, rampFraction(member, nowMs));
}

/** Why `member` cannot take the connection, undefined when it can; everything but the bounded load. */
export function whySkipped(member: Member, situation: Situation, ignoreRamp: boolean): SkipReason | undefined {
  if (situation.tried?.has(member.backend.id) === true) return "tried";
  if (member.lifecycle === "draining") return "draining";
  const unfit = whyUnfit(member, situation);
  if (unfit !== undefined) return unfit;
  if (!ignoreRamp && !isAdmitted(member, situation.keyHash, situation.nowMs)) return "ramping";
  return undefined;
}

/**
 * Why `member` cannot take a request that belongs there, undefined when it can; everything but the bounded load. Slow start
 * is for those who come anew.
 *
 * @param mayDrain a draining member still takes it, until its DRAIN_TIMEOUT is over or it leaves the list
 */
export function whyBoundSkipped(member: Member, situation: Situation, mayDrain: boolean): SkipReason | undefined {
  if (situation.tried?.has(member.backend.id) === true) return "tried";
  if (isClosedToBound(member, situation.nowMs, mayDrain)) return "draining";
  return whyUnfit(member, situation);
}

/** Whether `member` drains and does not take those who belong there either. */
export function isClosedToBound(member: Member, nowMs: number, mayDrain: boolean): boolean {
  return member.lifecycle === "draining" && !(mayDrain && member.listed && nowMs < member.drainDeadlineMs);
}

/** Whether the checks, active or passive, say that `member` cannot be used. */
export function isOut(member: Member): boolean {
  return member.ejected || member.health === "unhealthy";
}

function whyUnfit(member: Member, { panic, load }: Situation): SkipReason | undefined {
  if (!panic && isOut(member)) return member.ejected ? "ejected" : "down";
  const { maxConnections } = member.backend;
  return maxConnections > 0 && load.open(member.slot) >= maxConnections ? "full" : undefined;
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
