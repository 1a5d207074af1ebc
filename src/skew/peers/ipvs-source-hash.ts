import { foldAddress } from "./fold-address.ts";
import { checkServers, type PeerClient, type PeerServer, type Placement } from "./peer.ts";

const TABLE_BITS = 8;
const HIGHEST_WEIGHT = 65_535;
/** 2^32 times the negative golden ratio: `GOLDEN_RATIO_32` of Linux 4.7 and later. */
const GOLDEN_RATIO = 0x61c88647;

export interface IpvsOptions {
  /** The flag `sh-fallback`: who belongs to a server that is down goes to another, rather than being turned away. */
  readonly fallback: boolean;
}

/** A service without flags. */
const defaultIpvsOptions: IpvsOptions = Object.freeze({ fallback: false });

/**
 * The source hashing scheduler `sh` of IPVS (Linux 4.7 and later, `net/netfilter/ipvs/ip_vs_sh.c`, without the flag `sh-port`):
 * the servers fill 256 slots in turn, as many at a time as they have weight. A server that is down has weight 0
 * (`ipvsadm --edit-server --weight 0`): it keeps one slot of each turn, and whom it had is turned away.
 *
 * The list is in the kernel's order, as `ipvsadm --list --nosort` prints it: the server that was added last is the first.
 * Read from the source; no kernel with IPVS was asked.
 */
export class IpvsSourceHash implements Placement {
  readonly #slots: readonly (number | undefined)[];
  readonly #fallback: boolean;

  /** @throws RangeError for a weight above 65535 or a backup server */
  constructor(servers: readonly PeerServer[], options: IpvsOptions = defaultIpvsOptions) {
    checkServers(servers, { program: "IPVS", lowestWeight: 0, highestWeight: HIGHEST_WEIGHT, backups: false });
    this.#fallback = options.fallback;
    const turn: (number | undefined)[] = [];
    const size = 1 << TABLE_BITS;
    for (const [index, { weight, down }] of servers.entries()) {
      // More than the table holds would never be read.
      const slots = Math.min(size, down || weight === 0 ? 1 : weight);
      for (let i = 0; i < slots; i++) turn.push(down || weight === 0 ? undefined : index);
    }
    this.#slots = Array.from({ length: size }, (_, slot) => turn[slot % turn.length]);
  }

  place({ bytes }: PeerClient): number | undefined {
    const size = this.#slots.length;
    const slot = Math.imul(foldAddress(bytes), GOLDEN_RATIO) >>> (32 - TABLE_BITS);
    if (!this.#fallback || this.#slots[slot] !== undefined) return this.#slots[slot];
    // The search begins as many slots behind the first as that one's number, and goes round once.
    for (let offset = 0; offset < size; offset++) {
      const found = this.#slots[(slot + ((offset + slot) % size)) % size];
      if (found !== undefined) return found;
    }
    return undefined;
  }
}
