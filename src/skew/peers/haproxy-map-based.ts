import { foldAddress } from "./fold-address.ts";
import { checkHaproxyServers, fullHash, haproxyPool } from "./haproxy-servers.ts";
import type { PeerClient, PeerServer, Placement } from "./peer.ts";

export interface HaproxyMapOptions {
  /** `hash-type map-based avalanche`: mix the bits of the address first. */
  readonly avalanche: boolean;
}

/** `balance source` without a `hash-type`. */
const defaultHaproxyMapOptions: HaproxyMapOptions = Object.freeze({ avalanche: false });

/**
 * `balance source` of HAProxy 2.6.12 with its default `hash-type map-based` (`src/lb_map.c`): the address itself modulo the
 * total weight picks a slot of a map. The map is built anew whenever a server goes down or comes back, so nearly all clients
 * move then. With 4, 8 or 16 servers of weight 1 all addresses `x.y.z.1` share one server.
 */
export class HaproxyMapBased implements Placement {
  readonly #map: readonly number[];
  readonly #avalanche: boolean;
  readonly #hashes: boolean;

  /** @throws RangeError for a weight above 256 */
  constructor(servers: readonly PeerServer[], options: HaproxyMapOptions = defaultHaproxyMapOptions) {
    checkHaproxyServers(servers);
    const { usable, backups } = haproxyPool(servers);
    // Servers that are down and backups count here.
    const unit = servers.reduce((divisor, { weight }) => greatestCommonDivisor(divisor, weight), 0);
    const weights = usable.map((index) => (servers[index]?.weight ?? 0) / unit);
    // Of the backups only the first is meant to be used; the size of the map is its weight.
    const size = backups ? (weights[0] ?? 0) : weights.reduce((sum, weight) => sum + weight, 0);
    this.#map = spread(weights, size).map((position) => usable[position] ?? -1);
    this.#avalanche = options.avalanche;
    this.#hashes = usable.length > 1 && !backups;
  }

  place({ bytes }: PeerClient): number | undefined {
    if (this.#map.length === 0) return undefined;
    if (!this.#hashes) return this.#map[0];
    const word = foldAddress(bytes);
    return this.#map[(this.#avalanche ? fullHash(word) : word) % this.#map.length];
  }
}

/** Spreads the weights over `size` slots: each slot goes to the first of those to whom the most whole turns are owed. */
function spread(weights: readonly number[], size: number): readonly number[] {
  if (size === 1) return [0];
  const owed = new Float64Array(weights.length);
  return Array.from({ length: size }, () => {
    let best = 0;
    let most = 0;
    for (const [position, weight] of weights.entries()) {
      const score = (owed[position] ?? 0) + weight;
      owed[position] = score;
      const turns = Math.trunc((score + size) / size);
      if (turns <= most) continue;
      most = turns;
      best = position;
    }
    owed[best] = (owed[best] ?? 0) - size;
    return best;
  });
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
