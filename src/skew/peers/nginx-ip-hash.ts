import { checkNginxServers } from "./nginx-round-robin.ts";
import { NginxWeightedWalk } from "./nginx-weighted-walk.ts";
import type { PeerClient, PeerServer, Placement } from "./peer.ts";

const FIRST_HASH = 89;
const FACTOR = 113;
const MODULUS = 6271;
/** Of an IPv4 address only the /24 counts. */
const IPV4_BYTES = 3;

/**
 * `ip_hash` of nginx 1.22.1 (`ngx_http_upstream_ip_hash_module.c`; there is none for streams): the first three bytes of an
 * IPv4 address, all of an IPv6 address. A server that is down: the hash goes on over the same bytes.
 */
export class NginxIpHash implements Placement {
  readonly #walk: NginxWeightedWalk;

  /** @throws RangeError for a weight below 1 or a backup server */
  constructor(servers: readonly PeerServer[]) {
    checkNginxServers(servers, "ip_hash");
    this.#walk = new NginxWeightedWalk(servers);
  }

  place({ bytes }: PeerClient): number | undefined {
    const length = bytes.length === 4 ? IPV4_BYTES : bytes.length;
    let hash = FIRST_HASH;
    return this.#walk.pick(() => {
      for (let i = 0; i < length; i++) hash = (hash * FACTOR + (bytes[i] ?? 0)) % MODULUS;
      return hash;
    });
  }
}
