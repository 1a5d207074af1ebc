import { foldAddress } from "./fold-address.ts";
import { checkHaproxyServers, fullHash, haproxyPool } from "./haproxy-servers.ts";
import type { PeerClient, PeerServer, Placement } from "./peer.ts";
import { type OwnedPoints, pointAtOrAfter, sortPoints } from "./sorted-points.ts";

const POINTS_PER_WEIGHT = 16;
/** Room for the points of the heaviest server: 256 · 16. */
const POINTS_PER_SERVER = 4096;
const PERCENT = 100;

export interface HaproxyConsistentOptions {
  /** `hash-type consistent` without a function implies it; `hash-type consistent sdbm` is without. */
  readonly avalanche: boolean;
  /** `hash-balance-factor`: percent of the average load that a server may have, above 100; 0 = no bound. */
  readonly hashBalanceFactor: number;
  /** How many connections the server at `index` has now, those of servers that are down included. Asked with a bound only. */
  readonly served: (index: number) => number;
}

/** `balance source` and `hash-type consistent`. The function that may be named there is not used for addresses. */
const defaultHaproxyConsistentOptions: HaproxyConsistentOptions = Object.freeze({
  avalanche: true,
  hashBalanceFactor: 0,
  served: () => 0,
});

/**
 * `balance source` of HAProxy 2.6.12 with `hash-type consistent` (`src/lb_chash.c`): 16 points for each unit of weight,
 * placed by the server's number in the list (an `id` in the configuration is not modelled), and the *nearest* point, before
 * or behind. With a `hash-balance-factor` the ring is walked forward from there to a server that is not above its bound
 * (Mirrokni, Thorup, Zadimoghaddam 2016, adapted to weights).
 */
export class HaproxyConsistent implements Placement {
  readonly #options: HaproxyConsistentOptions;
  readonly #servers: number;
  readonly #usable: readonly number[];
  readonly #ring: OwnedPoints;
  /** By server: points, and points of the usable servers before it. */
  readonly #weight: Float64Array;
  readonly #before: Float64Array;
  readonly #totalWeight: number;
  readonly #onlyBackup: number | undefined;

  /** @throws RangeError for a weight above 256, or a factor from 1 to 100 */
  constructor(servers: readonly PeerServer[], options: Partial<HaproxyConsistentOptions> = {}) {
    checkHaproxyServers(servers);
    this.#options = { ...defaultHaproxyConsistentOptions, ...options };
    const factor = this.#options.hashBalanceFactor;
    if (!Number.isInteger(factor) || factor < 0 || (factor > 0 && factor <= PERCENT)) {
      throw new RangeError(`hash-balance-factor must be 0 or an integer above ${PERCENT}, not ${factor}`);
    }
    const { usable, backups } = haproxyPool(servers);
    this.#servers = servers.length;
    this.#usable = usable;
    this.#onlyBackup = backups ? usable[0] : undefined;
    this.#weight = Float64Array.from(servers, ({ weight }) => weight * POINTS_PER_WEIGHT);
    this.#before = new Float64Array(servers.length);
    let total = 0;
    for (const index of usable) {
      this.#before[index] = total;
      total += this.#weight[index] ?? 0;
    }
    this.#totalWeight = total;
    this.#ring = sortPoints(servers.map((_, index) => this.#pointsOf(index)));
  }

  place({ bytes }: PeerClient): number | undefined {
    if (this.#onlyBackup !== undefined || this.#usable.length < 2) return this.#usable[0];
    const { points, owners } = this.#ring;
    const word = foldAddress(bytes);
    let position = this.#nearest(this.#options.avalanche ? fullHash(word) : word);
    if (this.#options.hashBalanceFactor > 0) {
      // HAProxy goes round twice at most. The bounds add up to more than all connections, so it need not.
      const bound = this.#bound();
      for (let steps = 0; steps < 2 * points.length && !bound(owners[position] ?? 0); steps++) {
        position = (position + 1) % points.length;
      }
    }
    return owners[position];
  }

  #pointsOf(index: number): Uint32Array {
    if (!this.#usable.includes(index)) return new Uint32Array(0);
    const first = (index + 1) * POINTS_PER_SERVER;
    return Uint32Array.from({ length: this.#weight[index] ?? 0 }, (_, i) => fullHash(first + i));
  }

  #nearest(hash: number): number {
    const { points } = this.#ring;
    const next = pointAtOrAfter(points, hash) % points.length;
    const previous = (next + points.length - 1) % points.length;
    const behind = (hash - (points[previous] ?? 0)) >>> 0;
    const ahead = ((points[next] ?? 0) - hash) >>> 0;
    return behind <= ahead ? previous : next;
  }

  /** Whether a server may take one more connection, judged by the connections of this moment. */
  #bound(): (index: number) => boolean {
    const { served, hashBalanceFactor } = this.#options;
    let connections = 0;
    for (let index = 0; index < this.#servers; index++) connections += served(index);
    const total = this.#totalWeight;
    const slots = Math.floor(((connections + 1) * hashBalanceFactor + PERCENT - 1) / PERCENT);
    const perWeight = Math.floor(slots / total);
    const rest = slots % total;
    return (index) => {
      const weight = this.#weight[index] ?? 0;
      const before = this.#before[index] ?? 0;
      const share = Math.floor(((before + weight) * rest) / total) - Math.floor((before * rest) / total);
      return served(index) < Math.max(1, weight * perWeight + share);
    };
  }
}
