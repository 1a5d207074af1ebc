import type { BackendId } from "../../model/backend.ts";

/** Who had each client before and after a change of the backend list. */
export interface Change {
  /** The backend of each client; undefined = none. */
  readonly before: ArrayLike<BackendId | undefined>;
  readonly after: ArrayLike<BackendId | undefined>;
  /** Weight of each client (users, connections); all equal when absent. */
  readonly clientWeights?: ArrayLike<number>;
  /** The backends and their weights, before and after; those of weight 0 may be left out. */
  readonly weightsBefore: ReadonlyMap<BackendId, number>;
  readonly weightsAfter: ReadonlyMap<BackendId, number>;
}

/** How much a change moved; all are shares of the clients' weight, 0 … 1 (`excess` may be below 0). */
export interface Remap {
  /** What has another backend than before. */
  readonly moved: number;
  /**
   * What has to move for fair shares to become fair shares: half the sum of the differences. 1/N when one of N equal backends
   * leaves, 1/(N + 1) when one comes, what its share gains or loses when a weight changes.
   */
  readonly ideal: number;
  /** `moved` − `ideal`: below 0 when the backend that changed had less than its share. */
  readonly excess: number;
  /**
   * What moved although it need not: not from a backend whose share shrank to one whose share grew. 0 for the ring and for
   * rendezvous, whatever the luck of their shares.
   */
  readonly needless: number;
}

/** Having no backend counts as a place of its own, which has everything when there are no backends. */
const NOWHERE = Symbol("nowhere");
type Place = BackendId | typeof NOWHERE;

/** @throws RangeError when the lists of clients differ in length */
export function remap(change: Change): Remap {
  const { before, after, clientWeights } = change;
  if (before.length !== after.length || (clientWeights !== undefined && clientWeights.length !== before.length)) {
    throw new RangeError("the lists of clients differ in length");
  }
  const sharesBefore = fairShares(change.weightsBefore);
  const sharesAfter = fairShares(change.weightsAfter);
  const gain = (place: Place): number => (sharesAfter.get(place) ?? 0) - (sharesBefore.get(place) ?? 0);
  let total = 0;
  let moved = 0;
  let needless = 0;
  for (let i = 0; i < before.length; i++) {
    const weight = clientWeights === undefined ? 1 : (clientWeights[i] ?? 0);
    const from = before[i] ?? NOWHERE;
    const to = after[i] ?? NOWHERE;
    total += weight;
    if (from === to) continue;
    moved += weight;
    if (!(gain(from) < 0 && gain(to) > 0)) needless += weight;
  }
  const places = new Set<Place>([...sharesBefore.keys(), ...sharesAfter.keys()]);
  const ideal = [...places].reduce((sum, place) => sum + Math.max(0, gain(place)), 0);
  const movedShare = total === 0 ? 0 : moved / total;
  return { moved: movedShare, ideal, excess: movedShare - ideal, needless: total === 0 ? 0 : needless / total };
}

function fairShares(weights: ReadonlyMap<BackendId, number>): ReadonlyMap<Place, number> {
  const total = [...weights.values()].reduce((a, b) => a + b, 0);
  if (total === 0) return new Map([[NOWHERE, 1]]);
  return new Map([...weights].map(([id, weight]) => [id, weight / total]));
}
