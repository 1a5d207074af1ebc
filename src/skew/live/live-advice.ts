import { MOST_PROXIES, PROXY_SHARE } from "../proxy-signs.ts";

/** An address, or a prefix, and what it carries of everything that was placed lately. */
export interface Carrier {
  /** As in limits and logs: `203.0.113.7/32`. */
  readonly client: string;
  /** What it carries for certain, in connections or requests. */
  readonly atLeast: number;
  /** The share (0–1) of all clients that its backend should have: its weight over the weights of all that can be used. */
  readonly fairShare: number;
}

/** What was counted. */
export interface Traffic {
  readonly total: number;
  /** See `ClientShares.grain`. */
  readonly grain: number;
  /** The heaviest, heaviest first. */
  readonly carriers: readonly Carrier[];
  /** Backends that can be used. */
  readonly backends: number;
}

/** What the configuration does about heavy addresses already. */
export interface Countermeasures {
  /** Whether addresses decide where clients go at all. */
  readonly addressesDecide: boolean;
  /** BOUNDED_LOAD; 0 = off. */
  readonly boundedLoad: number;
  /** NAT_SPLIT; below 2 = off. */
  readonly natSplit: number;
  readonly natSplitShare: number;
}

/** Something an operator should know. */
export interface LiveAdvice {
  /** `behind-proxy`: a few addresses carry nearly everything · `heavy-address`: one carries more than a backend should have. */
  readonly code: "behind-proxy" | "heavy-address";
  /** Whom it is about, heaviest first. */
  readonly clients: readonly string[];
  /** What they carry together, 0–1, at least. */
  readonly share: number;
  /** The same in fair shares of the backend of the heaviest. */
  readonly fairShares: number;
  /** They are this machine's own addresses: a proxy here, or somebody who tries things out. */
  readonly isLocal: boolean;
}

/** Below this many (of those that were counted) a share says nothing. */
export const ENOUGH = 300;

/** More findings at a time are one finding: many people behind shared addresses. */
const MOST_HEAVY = 3;

/**
 * What chance may add, in standard deviations. A client whose true weight is a fair share or less exceeds it by so much with
 * a probability below e^-18, or 2·10^-8 (Chernoff's bound for a Poisson count, whatever its mean).
 */
const CHANCE = 6;

/** An address that carries more than this many fair shares cannot be spread by its hash, whatever the hash. */
const HEAVY = 1;

/**
 * What to tell the operator of the traffic, heaviest first; nothing when it is even. "Even" is meant in this sense: if
 * clients come independently of each other, and none of them more often than makes up a fair share of its backend (at least
 * as many equal clients as equal backends), nothing is said, but with a probability below 2·10^-8 for each client.
 *
 * @param ease 1; less (0 < ease < 1) also finds what is not quite as heavy: to see whether something is over
 */
export function liveAdvice(traffic: Traffic, measures: Countermeasures, ease = 1): readonly LiveAdvice[] {
  const { total, grain, backends } = traffic;
  if (!measures.addressesDecide || backends < 2 || total < ENOUGH * grain * ease) return [];
  const proxies = behindProxy(traffic, ease);
  return proxies === undefined ? heavyAddresses(traffic, measures, ease) : [proxies];
}

function behindProxy({ total, carriers, backends }: Traffic, ease: number): LiveAdvice | undefined {
  // With as many addresses as backends their hashes could still be spread.
  const most = Math.min(MOST_PROXIES, Math.floor(backends / 2));
  let carried = 0;
  for (const [index, { atLeast }] of carriers.slice(0, most).entries()) {
    carried += atLeast;
    if (carried >= PROXY_SHARE * ease * total) return adviceOf("behind-proxy", carriers.slice(0, index + 1), total);
  }
  return undefined;
}

function heavyAddresses(
  { total, grain, carriers, backends }: Traffic,
  measures: Countermeasures,
  ease: number,
): LiveAdvice[] {
  // Bounding sends on whatever is too much for a backend.
  if (measures.boundedLoad > 0) return [];
  return carriers
    .filter(({ atLeast, fairShare }) => {
      const certain = Math.max(0, atLeast - CHANCE * Math.sqrt(grain * atLeast));
      return whatOneBackendGets(certain / (fairShare * total), backends, measures) > HEAVY * ease;
    })
    .slice(0, MOST_HEAVY)
    .map((carrier) => adviceOf("heavy-address", [carrier], total));
}

/** In fair shares, of an address that carries `fairShares`. */
function whatOneBackendGets(
  fairShares: number,
  backends: number,
  { natSplit, natSplitShare }: Countermeasures,
): number {
  const isSplit = natSplit >= 2 && fairShares > natSplitShare;
  return isSplit ? fairShares / Math.min(natSplit, backends) : fairShares;
}

function adviceOf(code: LiveAdvice["code"], carriers: readonly Carrier[], total: number): LiveAdvice {
  const share = carriers.reduce((sum, { atLeast }) => sum + atLeast, 0) / total;
  const clients = carriers.map(({ client }) => client);
  const fairShare = carriers[0]?.fairShare ?? 1;
  return { code, clients, share, fairShares: share / fairShare, isLocal: clients.every(isLoopback) };
}

function isLoopback(client: string): boolean {
  // A /64 of ::1 is written as ::.
  return client.startsWith("127.") || client === "::1/128" || /^::\/\d+$/.test(client);
}
