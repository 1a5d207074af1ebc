import { keyHash } from "../../hashing/murmur3.ts";
import { checkServers, type PeerClient, type PeerServer, type Placement } from "./peer.ts";

const HIGHEST_WEIGHT = 65_535;
const SEED = 0;

/**
 * What a first attempt at sticky balancing does, with a good hash (MurmurHash3_x86_32 of the address, seed 0): `hash mod
 * weight` over the list of the servers that are up. Nearly all clients move when a server goes or comes. It models no
 * particular program; ours of the same name sorts the servers by id first.
 */
export class PlainModulo implements Placement {
  readonly #slots: readonly number[];

  /** @throws RangeError for a weight above 65535 or a backup server */
  constructor(servers: readonly PeerServer[]) {
    checkServers(servers, { program: "plain modulo", lowestWeight: 0, highestWeight: HIGHEST_WEIGHT, backups: false });
    this.#slots = servers.flatMap(({ down, weight }, index) => (down ? [] : new Array<number>(weight).fill(index)));
  }

  place({ bytes }: PeerClient): number | undefined {
    return this.#slots[keyHash(bytes, SEED) % this.#slots.length];
  }
}
