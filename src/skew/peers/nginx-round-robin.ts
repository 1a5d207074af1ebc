import { checkServers, type PeerServer } from "./peer.ts";

/** After the first choice nginx looks for so many others before it gives up hashing. */
export const NGINX_HASH_TRIES = 20;

const HIGHEST_WEIGHT = 2 ** 31 - 1;

/** @throws RangeError for what nginx would refuse: weight 0, or `backup` beside `ip_hash` or `hash` */
export function checkNginxServers(servers: readonly PeerServer[], directive: string): void {
  checkServers(servers, {
    program: `nginx ${directive}`,
    lowestWeight: 1,
    highestWeight: HIGHEST_WEIGHT,
    backups: false,
  });
}

/**
 * The smooth weighted round robin of nginx 1.22.1 (`ngx_http_upstream_get_peer` in `ngx_http_upstream_round_robin.c`; the
 * stream module has a twin), as long as no connection to a server has failed. It is the last resort of nginx's hashing
 * methods, and one worker remembers it from client to client.
 */
export class NginxRoundRobin {
  readonly #servers: readonly PeerServer[];
  readonly #current: Float64Array;

  constructor(servers: readonly PeerServer[]) {
    this.#servers = servers;
    this.#current = new Float64Array(servers.length);
  }

  /**
   * Whose turn it is among `candidates`, the first in the list among equals.
   * @param candidates - indices in ascending order; those that are down are passed over
   * @returns undefined when all of them are down
   */
  next(candidates: Iterable<number>): number | undefined {
    let best: number | undefined;
    let total = 0;
    for (const index of candidates) {
      const { weight = 0, down = true } = this.#servers[index] ?? {};
      if (down) continue;
      const current = (this.#current[index] ?? 0) + weight;
      this.#current[index] = current;
      total += weight;
      if (best === undefined || current > (this.#current[best] ?? 0)) best = index;
    }
    if (best !== undefined) this.#current[best] = (this.#current[best] ?? 0) - total;
    return best;
  }
}
