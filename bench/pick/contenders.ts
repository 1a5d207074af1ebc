import { keyHash } from "../../src/hashing/murmur3.ts";
import { buildTable, defaultTableOptions } from "../../src/hashing/registry.ts";
import type { HashPolicy } from "../../src/model/hash-table.ts";
import type { PeerClient } from "../../src/skew/peers/peer.ts";
import { buildPeer, type PeerPolicy, peerPolicies } from "../../src/skew/peers/peer-policy.ts";

/** Something that says which backend a client gets. */
export interface Contender {
  readonly name: string;
  readonly title: string;
  /** The promises of this benchmark are about ours; the models are what the skew benchmark has to wait for. */
  readonly isOurs: boolean;
  /** Builds everything it needs for so many equal backends. */
  build(backends: number): Decide;
}

/** The backend of a client, by its index. */
export type Decide = (client: PeerClient) => number;

const OUR_TABLES: readonly HashPolicy[] = ["ring", "rendezvous", "maglev", "modulo"];

/** Ours first; then the exact models of other programs, which are written to be exact and not to be fast. */
export function contenders(): readonly Contender[] {
  const peers = (Object.keys(peerPolicies) as PeerPolicy[]).filter((name) => name !== "modulo");
  return [...OUR_TABLES.map(ours), ...peers.map(theirs)];
}

/** From raw bytes: the hash of the key, and one look-up. */
function ours(policy: HashPolicy): Contender {
  return {
    name: policy,
    title: policy,
    isOurs: true,
    build: (backends) => {
      const { seed } = defaultTableOptions;
      const entries = Array.from({ length: backends }, (_, i) => ({ id: `app${i + 1}`, weight: 1 }));
      const table = buildTable(policy, entries, defaultTableOptions);
      return ({ bytes }) => table.owner(keyHash(bytes, seed));
    },
  };
}

function theirs(name: PeerPolicy): Contender {
  return {
    name,
    title: `model of ${name}`,
    isOurs: false,
    build: (backends) => {
      const servers = Array.from({ length: backends }, (_, i) => ({
        address: `10.0.0.${i + 1}:8080`,
        weight: 1,
        down: false,
        backup: false,
      }));
      const model = buildPeer(name, servers);
      return (client) => model.place(client) ?? -1;
    },
  };
}
