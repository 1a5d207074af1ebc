import { crc32 } from "node:zlib";
import { checkNginxServers } from "./nginx-round-robin.ts";
import { NginxWeightedWalk } from "./nginx-weighted-walk.ts";
import type { PeerClient, PeerServer, Placement } from "./peer.ts";

/** What a `hash` directive hashes: the text (`$remote_addr`) or the bytes (`$binary_remote_addr`) of the address. */
export type NginxKey = "text" | "bytes";

export interface NginxHashOptions {
  readonly key: NginxKey;
}

/** `hash $remote_addr`: what users write. */
export const defaultNginxHashOptions: NginxHashOptions = Object.freeze({ key: "text" });

/** What nginx hashes of a client. */
export function nginxKey(client: PeerClient, key: NginxKey): string | Uint8Array {
  return key === "text" ? client.text : client.bytes;
}

/**
 * `hash KEY` of nginx 1.22.1 (`ngx_http_upstream_hash_module.c`, and its twin for streams), which is that of the Perl
 * module Cache::Memcached: 15 bits of a CRC-32; while the server is down the sum of it and the CRCs of `1KEY`, `2KEY`, …
 */
export class NginxHash implements Placement {
  readonly #walk: NginxWeightedWalk;
  readonly #key: NginxKey;

  /** @throws RangeError for a weight below 1 or a backup server */
  constructor(servers: readonly PeerServer[], options: NginxHashOptions = defaultNginxHashOptions) {
    checkNginxServers(servers, "hash");
    this.#walk = new NginxWeightedWalk(servers);
    this.#key = options.key;
  }

  place(client: PeerClient): number | undefined {
    const key = nginxKey(client, this.#key);
    let sum = 0;
    let rehashes = 0;
    return this.#walk.pick(() => {
      const prefix = rehashes === 0 ? "" : String(rehashes);
      rehashes++;
      sum += (crc32(key, crc32(prefix)) >>> 16) & 0x7fff;
      return sum;
    });
  }
}
