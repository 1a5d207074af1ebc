import { isPrime } from "../../hashing/is-prime.ts";
import { type EnvoyHost, envoyHosts } from "./envoy-hosts.ts";
import type { PeerClient, PeerServer, Placement } from "./peer.ts";
import { xxHash64 } from "./xxhash64.ts";

const LARGEST_TABLE = 5_000_011;

export interface EnvoyMaglevOptions {
  /** Number of slots, a prime up to 5000011. */
  readonly tableSize: number;
}

/** Envoy's default. */
const defaultEnvoyMaglevOptions: EnvoyMaglevOptions = Object.freeze({ tableSize: 65_537 });

/**
 * Envoy's `MAGLEV` with a hash policy on the source address (main branch of 2025, `maglev_lb.cc`), which hashes the address
 * as text with xxHash64. The hosts take their turns in the order of their addresses, so the order of the list does not
 * matter. A host that is down is not in the table, unless Envoy is in panic.
 */
export class EnvoyMaglev implements Placement {
  readonly #slots: Int32Array;
  readonly #encoder = new TextEncoder();

  /** @throws RangeError for a weight below 1, a backup server, or a table that is too large, too small or no prime */
  constructor(servers: readonly PeerServer[], options: EnvoyMaglevOptions = defaultEnvoyMaglevOptions) {
    const { tableSize } = options;
    if (!isPrime(tableSize) || tableSize > LARGEST_TABLE) {
      throw new RangeError(`the size of Envoy's table must be a prime up to ${LARGEST_TABLE}, not ${tableSize}`);
    }
    this.#slots = envoyMaglevTable(envoyHosts(servers, "MAGLEV"), tableSize);
  }

  place({ text }: PeerClient): number | undefined {
    return this.placeHash(xxHash64(this.#encoder.encode(text)));
  }

  /** The server of a hash; Envoy's own tests speak of hashes. */
  placeHash(hash: bigint): number | undefined {
    if (this.#slots.length === 0) return undefined;
    return this.#slots[Number(hash % BigInt(this.#slots.length))];
  }
}

/**
 * Fills the table (Eisenbud et al., NSDI 2016, Pseudocode 1). A host of weight w has a turn in round t when t · w has come up
 * to what its last turn set as the next target; in floating point, as Envoy does it.
 *
 * @returns for each slot the index of its server; empty without hosts
 */
function envoyMaglevTable(hosts: readonly EnvoyHost[], size: number): Int32Array {
  if (hosts.length === 0) return new Int32Array(0);
  const encoder = new TextEncoder();
  const byAddress = hosts.toSorted((a, b) => (a.address < b.address ? -1 : a.address > b.address ? 1 : 0));
  const heaviest = hosts.reduce((most, { weight }) => Math.max(most, weight), 0);
  const turns = byAddress.map(({ index, address, weight }) => {
    const bytes = encoder.encode(address);
    const slot = Number(xxHash64(bytes) % BigInt(size));
    const skip = Number(xxHash64(bytes, 1n) % BigInt(size - 1)) + 1;
    return { index, weight, skip, slot, target: 0 };
  });
  const slots = new Int32Array(size).fill(-1);
  let filled = 0;
  for (let round = 1; filled < size; round++) {
    for (const turn of turns) {
      if (filled === size) break;
      if (round * turn.weight < turn.target) continue;
      turn.target += heaviest;
      while (slots[turn.slot] !== -1) turn.slot = (turn.slot + turn.skip) % size;
      slots[turn.slot] = turn.index;
      filled++;
    }
  }
  return slots;
}
