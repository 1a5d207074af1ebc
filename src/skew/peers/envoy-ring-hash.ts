import { type EnvoyHost, envoyHosts } from "./envoy-hosts.ts";
import type { PeerClient, PeerServer, Placement } from "./peer.ts";
import { pointAtOrAfter } from "./sorted-points.ts";
import { xxHash64 } from "./xxhash64.ts";

export interface EnvoyRingOptions {
  /** Points of the whole ring, not of each host; rounded up to a whole number for the lightest host. */
  readonly minimumRingSize: number;
  readonly maximumRingSize: number;
}

/** Envoy's defaults. */
export const defaultEnvoyRingOptions: EnvoyRingOptions = Object.freeze({
  minimumRingSize: 1024,
  maximumRingSize: 8_388_608,
});

/** A ring: its points in ascending order, and for each the index of the server that has it. */
export interface EnvoyRing {
  readonly points: BigUint64Array;
  readonly owners: readonly number[];
}

/**
 * Envoy's `RING_HASH` with a hash policy on the source address (main branch of 2025, `ring_hash_lb.cc`; hash function
 * xxHash64, the default; `hash_policy.cc` hashes the address as text, without the port). A host that is down is not in the
 * ring, unless Envoy is in panic. With many hosts the default ring is small, so the shares are uneven.
 */
export class EnvoyRingHash implements Placement {
  readonly #ring: EnvoyRing;
  readonly #encoder = new TextEncoder();

  /** @throws RangeError for a weight below 1, a backup server, or a minimum above the maximum */
  constructor(servers: readonly PeerServer[], options: EnvoyRingOptions = defaultEnvoyRingOptions) {
    if (options.minimumRingSize > options.maximumRingSize)
      throw new RangeError("the smallest ring is above the largest");
    this.#ring = envoyRing(envoyHosts(servers, "RING_HASH"), options);
  }

  place({ text }: PeerClient): number | undefined {
    return this.placeHash(xxHash64(this.#encoder.encode(text)));
  }

  /** The server of a hash; Envoy's own tests speak of hashes. */
  placeHash(hash: bigint): number | undefined {
    const { points, owners } = this.#ring;
    const position = pointAtOrAfter(points, hash);
    return owners[position === points.length ? 0 : position];
  }
}

/** Builds a ring: host by host, as many points as bring the count up to the host's part of the ring. */
export function envoyRing(hosts: readonly EnvoyHost[], options: EnvoyRingOptions): EnvoyRing {
  const { minimumRingSize, maximumRingSize } = options;
  const lightest = hosts.reduce((least, { weight }) => Math.min(least, weight), 1);
  // Rounding as in Envoy, in the same order: it decides about a point more or less.
  const scale = Math.min(Math.ceil(lightest * minimumRingSize) / lightest, maximumRingSize);
  const encoder = new TextEncoder();
  const entries: { readonly point: bigint; readonly owner: number }[] = [];
  let target = 0;
  for (const { index, address, weight } of hosts) {
    target += scale * weight;
    for (let i = 0; entries.length < target; i++) {
      entries.push({ point: xxHash64(encoder.encode(`${address}_${i}`)), owner: index });
    }
  }
  entries.sort((a, b) => (a.point < b.point ? -1 : a.point > b.point ? 1 : 0));
  return {
    points: BigUint64Array.from(entries, ({ point }) => point),
    owners: entries.map(({ owner }) => owner),
  };
}
