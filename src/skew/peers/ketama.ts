import { hash } from "node:crypto";
import { checkServers, type PeerClient, type PeerServer, type Placement } from "./peer.ts";
import { pointAtOrAfter, sortPoints } from "./sorted-points.ts";

const HIGHEST_WEIGHT = 2 ** 31 - 1;
const DIGESTS_PER_SERVER = 40;
const POINTS_PER_DIGEST = 4;

/** Where a key falls; point and server are undefined when nobody is up. */
export interface KetamaPlace {
  readonly hash: number;
  readonly point: number | undefined;
  readonly server: number | undefined;
}

/**
 * libketama (Richard Jones, Last.fm, 2007; `libketama/ketama.c` of github.com/RJ/ketama), from which the rings of nginx and
 * Envoy descend: 160 points for a server of average weight from the MD5 of `host:port-0`, `host:port-1`, …; a key goes to the
 * first point at or behind its own MD5. It knows no servers that are down: they leave the list, and then each of the others
 * may lose or gain a point, by rounding.
 */
export class Ketama implements Placement {
  readonly #points: Uint32Array;
  readonly #owners: Uint32Array;

  /** @throws RangeError for a weight below 1 or a backup server */
  constructor(servers: readonly PeerServer[]) {
    checkServers(servers, { program: "libketama", lowestWeight: 1, highestWeight: HIGHEST_WEIGHT, backups: false });
    const up = servers.filter(({ down }) => !down);
    const total = up.reduce((sum, { weight }) => sum + weight, 0);
    const { points, owners } = sortPoints(
      servers.map(({ address, weight, down }) => {
        if (down) return new Uint32Array(0);
        // In single precision, as it is there.
        const share = Math.fround(Math.fround(weight) / Math.fround(total));
        return pointsOf(address, Math.floor(Math.fround(share * DIGESTS_PER_SERVER * up.length)));
      }),
    );
    this.#points = points;
    this.#owners = owners;
  }

  place({ text }: PeerClient): number | undefined {
    return this.locate(text).server;
  }

  /** The hash of a key, the point that it goes to, and the server that has the point. */
  locate(key: string): KetamaPlace {
    const keyHash = md5(key).readUInt32LE(0);
    const found = pointAtOrAfter(this.#points, keyHash);
    const position = found === this.#points.length ? 0 : found;
    return { hash: keyHash, point: this.#points[position], server: this.#owners[position] };
  }
}

function pointsOf(address: string, digests: number): Uint32Array {
  const points = new Uint32Array(digests * POINTS_PER_DIGEST);
  for (let i = 0; i < digests; i++) {
    const digest = md5(`${address}-${i}`);
    for (let j = 0; j < POINTS_PER_DIGEST; j++) points[i * POINTS_PER_DIGEST + j] = digest.readUInt32LE(4 * j);
  }
  return points;
}

function md5(text: string): Buffer {
  return hash("md5", text, "buffer");
}
