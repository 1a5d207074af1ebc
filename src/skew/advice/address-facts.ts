import type { ShownBits } from "../populations/address-list.ts";
import type { Population } from "../populations/population.ts";

/** What the addresses of a population have in common, by users where they are known, else by connections. */
export interface AddressFacts {
  /** Share of everything that comes from IPv6 addresses, 0–1. */
  readonly shareV6: number;
  /** The /24 that carries the most of all with two addresses or more; undefined when there is none. */
  readonly heaviestPool: AddressPool | undefined;
}

/** Addresses of one /24. */
export interface AddressPool {
  /** `203.0.113.0/24` */
  readonly network: string;
  /** So many of its addresses came. */
  readonly addresses: number;
  /** Of everything, 0–1. */
  readonly share: number;
  /** Of everything, 0–1: what the heaviest address of the pool carries by itself. */
  readonly heaviestShare: number;
}

const POOL: ShownBits = Object.freeze({ v4: 24, v6: 128 });
/** Room for the index of an address below its /24 in one exact integer: 24 + 24 bits. */
const INDEX_ROOM = 2 ** 24;

/**
 * Adds up networks by sorting (network, index) pairs in one typed array: 8 bytes an address, where a map of a million
 * networks would take a hundred.
 *
 * @throws RangeError for more than 2^24 addresses
 */
export function addressFacts({ addresses, users, connections }: Population): AddressFacts {
  const weights = users ?? connections;
  if (addresses.length > INDEX_ROOM) throw new RangeError(`${addresses.length} addresses are too many`);
  const keys = new Float64Array(addresses.length);
  let fromV4 = 0;
  let total = 0;
  let weightV6 = 0;
  for (let i = 0; i < addresses.length; i++) {
    const bytes = addresses.bytes(i);
    const weight = weights[i] ?? 0;
    total += weight;
    if (bytes.length === 16) {
      weightV6 += weight;
      continue;
    }
    const network = ((bytes[0] ?? 0) << 16) | ((bytes[1] ?? 0) << 8) | (bytes[2] ?? 0);
    keys[fromV4++] = network * INDEX_ROOM + i;
  }
  if (total === 0) return { shareV6: 0, heaviestPool: undefined };
  const sorted = keys.subarray(0, fromV4).sort();
  let pool: AddressPool | undefined;
  for (let start = 0; start < fromV4; ) {
    const network = Math.floor((sorted[start] ?? 0) / INDEX_ROOM);
    const first = (sorted[start] ?? 0) % INDEX_ROOM;
    let [sum, heaviest, count] = [0, 0, 0];
    for (; start < fromV4 && Math.floor((sorted[start] ?? 0) / INDEX_ROOM) === network; start++) {
      const weight = weights[(sorted[start] ?? 0) % INDEX_ROOM] ?? 0;
      sum += weight;
      heaviest = Math.max(heaviest, weight);
      count += weight > 0 ? 1 : 0;
    }
    if (count < 2 || sum / total <= (pool?.share ?? 0)) continue;
    const text = addresses.text(first, POOL);
    pool = { network: text, addresses: count, share: sum / total, heaviestShare: heaviest / total };
  }
  return { shareV6: weightV6 / total, heaviestPool: pool };
}
