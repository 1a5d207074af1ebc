import { checkServers, type PeerServer } from "./peer.ts";

const HIGHEST_WEIGHT = 256;

/** Who may be chosen, by index: all usable servers, or the usable backups when no other is left. */
export interface HaproxyPool {
  readonly usable: readonly number[];
  readonly backups: boolean;
}

/** @throws RangeError for what HAProxy would refuse: a weight above 256 */
export function checkHaproxyServers(servers: readonly PeerServer[]): void {
  checkServers(servers, { program: "HAProxy", lowestWeight: 0, highestWeight: HIGHEST_WEIGHT, backups: true });
}

/** HAProxy 2.6, `recount_servers` in `src/backend.c`. A server of weight 0 is not usable. */
export function haproxyPool(servers: readonly PeerServer[]): HaproxyPool {
  const usable = (wanted: boolean): number[] =>
    servers.flatMap(({ down, weight, backup }, index) => (!down && weight > 0 && backup === wanted ? [index] : []));
  const active = usable(false);
  return active.length > 0 ? { usable: active, backups: false } : { usable: usable(true), backups: true };
}

/**
 * `full_hash` of HAProxy 2.6 (`include/haproxy/intops.h`): the 6-shift avalanche function of Bob Jenkins
 * (https://burtleburtle.net/bob/hash/integer.html) and a multiplication by a prime. A bijection on 32 bits.
 *
 * @returns an unsigned 32-bit integer
 */
export function fullHash(word: number): number {
  let a = word | 0;
  a = (a + 0x7ed55d16 + (a << 12)) | 0;
  a = a ^ 0xc761c23c ^ (a >>> 19);
  a = (a + 0x165667b1 + (a << 5)) | 0;
  a = (a + 0xd3a2646c) ^ (a << 9);
  a = (a + 0xfd7046c5 + (a << 3)) | 0;
  a = a ^ 0xb55a4f09 ^ (a >>> 16);
  return Math.imul(a, 3_221_225_473) >>> 0;
}
