import { NGINX_HASH_TRIES, NginxRoundRobin } from "./nginx-round-robin.ts";
import type { PeerServer } from "./peer.ts";

/**
 * What `ip_hash` and `hash` of nginx 1.22.1 have in common: a number picks a server by its weight; while that server is
 * down another number is asked for, at most 20 times; then the round robin decides. The weights of servers that are down
 * count: to mark one `down` moves its clients only, to delete its line moves nearly all.
 */
export class NginxWeightedWalk {
  readonly #servers: readonly PeerServer[];
  readonly #everybody: readonly number[];
  readonly #roundRobin: NginxRoundRobin;
  readonly #totalWeight: number;

  constructor(servers: readonly PeerServer[]) {
    this.#servers = servers;
    this.#everybody = servers.map((_, index) => index);
    this.#roundRobin = new NginxRoundRobin(servers);
    this.#totalWeight = servers.reduce((sum, { weight }) => sum + weight, 0);
  }

  /** @param nextHash - the hash of the first attempt, of the second, … (integers ≥ 0) */
  pick(nextHash: () => number): number | undefined {
    // A single server is used without hashing.
    for (let tries = 0; tries <= NGINX_HASH_TRIES && this.#servers.length > 1; tries++) {
      const index = this.#serverAt(nextHash() % this.#totalWeight);
      if (this.#servers[index]?.down === false) return index;
    }
    return this.#roundRobin.next(this.#everybody);
  }

  #serverAt(place: number): number {
    let left = place;
    let index = 0;
    for (const { weight } of this.#servers) {
      if (left < weight) return index;
      left -= weight;
      index++;
    }
    return index;
  }
}
