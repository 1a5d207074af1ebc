import { crc32 } from "node:zlib";
import { defaultNginxHashOptions, type NginxHashOptions, type NginxKey, nginxKey } from "./nginx-hash.ts";
import { checkNginxServers, NGINX_HASH_TRIES, NginxRoundRobin } from "./nginx-round-robin.ts";
import type { PeerClient, PeerServer, Placement } from "./peer.ts";
import { type OwnedPoints, pointAtOrAfter, sortPoints } from "./sorted-points.ts";

const POINTS_PER_WEIGHT = 160;
const POINT_BYTES = 4;

/**
 * `hash KEY consistent` of nginx 1.22.1 (`ngx_http_upstream_hash_module.c`, and its twin for streams), which is that of
 * the Perl module Cache::Memcached::Fast (ketama_points = 160). When the server of a point is down the next *point* is
 * tried, 20 times; then stickiness is given up for the round robin. Servers of one `host:port` share their points in turn.
 */
export class NginxHashConsistent implements Placement {
  readonly #ring: OwnedPoints;
  readonly #key: NginxKey;
  readonly #roundRobin: NginxRoundRobin;
  readonly #everybody: readonly number[];
  /** For each server all that have its text, itself included, in the order of the list. */
  readonly #namesakes: readonly (readonly number[])[];

  /** @throws RangeError for a weight below 1 or a backup server */
  constructor(servers: readonly PeerServer[], options: NginxHashOptions = defaultNginxHashOptions) {
    checkNginxServers(servers, "hash consistent");
    this.#ring = sortPoints(servers.map(nginxPoints));
    this.#key = options.key;
    this.#roundRobin = new NginxRoundRobin(servers);
    this.#everybody = servers.map((_, index) => index);
    const byText = new Map<string, number[]>(servers.map(({ address }) => [address, []]));
    for (const [index, { address }] of servers.entries()) byText.get(address)?.push(index);
    this.#namesakes = servers.map(({ address }) => byText.get(address) ?? []);
  }

  place(client: PeerClient): number | undefined {
    const { points, owners } = this.#ring;
    if (this.#everybody.length > 1) {
      const first = pointAtOrAfter(points, crc32(nginxKey(client, this.#key)));
      for (let tries = 0; tries <= NGINX_HASH_TRIES; tries++) {
        const owner = owners[(first + tries) % points.length] ?? 0;
        const chosen = this.#roundRobin.next(this.#namesakes[owner] ?? []);
        if (chosen !== undefined) return chosen;
      }
    }
    return this.#roundRobin.next(this.#everybody);
  }
}

/** The points of a server, 160 for each unit of weight: each is the CRC of `HOST 0 PORT` and of the point before it. */
export function nginxPoints({ address, weight }: PeerServer): Uint32Array {
  const base = baseHash(address);
  const points = new Uint32Array(weight * POINTS_PER_WEIGHT);
  const previous = Buffer.alloc(POINT_BYTES);
  for (let i = 0; i < points.length; i++) {
    const point = crc32(previous, base);
    points[i] = point;
    previous.writeUInt32LE(point);
  }
  return points;
}

/** The CRC of HOST, a zero byte and PORT. A port is what follows the last colon, in digits; a unix socket has none. */
function baseHash(address: string): number {
  if (/^unix:/i.test(address)) return crc32(`${address.slice("unix:".length)}\0`);
  const [, host = address, port = ""] = /^(.*):([0-9]*)$/s.exec(address) ?? [];
  return crc32(`${host}\0${port}`);
}
