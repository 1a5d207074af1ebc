import { writeFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { fmix32, keyHash } from "../../src/hashing/murmur3.ts";
import { buildTable, type TableOptions } from "../../src/hashing/registry.ts";
import type { HashPolicy, TableEntry } from "../../src/model/hash-table.ts";

/** The vectors, from the directory of the package. */
export const placementFile = "test/golden/placement.json";

/** A list of backends and what each policy makes of it. */
interface PlacementCase {
  readonly name: string;
  readonly options: TableOptions;
  /** Sorted by id. */
  readonly entries: readonly TableEntry[];
  /** The hash of each key, in hexadecimal. */
  readonly hashes: readonly string[];
  /** For each key the positions in `entries`, one digit each, best first: the first digit is the owner. */
  readonly orders: Readonly<Record<HashPolicy, readonly string[]>>;
}

export interface Placement {
  /** Client keys, in hexadecimal: 4 bytes (IPv4) or 16 bytes (IPv6, masked to /64). */
  readonly keys: readonly string[];
  readonly cases: readonly PlacementCase[];
}

const lists: readonly Omit<PlacementCase, "hashes" | "orders">[] = [
  {
    name: "three equal backends with the default options",
    options: { seed: 0, ringVnodes: 1024, maglevTable: 65_537 },
    entries: ["app1", "app2", "app3"].map((id) => ({ id, weight: 1 })),
  },
  {
    name: "weights from 1 to 256, few virtual nodes, the largest seed",
    options: { seed: 0xffffffff, ringVnodes: 40, maglevTable: 65_537 },
    entries: [256, 1, 2, 3, 64, 2].map((weight, i) => ({ id: `10.0.0.${i}:8080`, weight })),
  },
  {
    name: "ids in many scripts, a seed",
    options: { seed: 0xdeadbeef, ringVnodes: 160, maglevTable: 5003 },
    entries: ["Backend", "[2001:db8::1]:80", "a", "büro", "サーバー", "🛒"].map((id, i) => ({ id, weight: 1 + (i % 3) })),
  },
  {
    name: "ten equal backends, a seed",
    options: { seed: 20_260_101, ringVnodes: 1024, maglevTable: 65_537 },
    entries: Array.from({ length: 10 }, (_, i) => ({ id: `shop-${i}`, weight: 1 })),
  },
];

function clientKeys(): readonly Uint8Array[] {
  const byte = (index: number): number => fmix32(index + 1) & 0xff;
  const v4 = Array.from({ length: 100 }, (_, n) => Uint8Array.from({ length: 4 }, (_, i) => byte(4 * n + i)));
  // Neighbours, as they come from one network.
  const neighbours = Array.from({ length: 20 }, (_, n) => Uint8Array.of(203, 0, 113, n));
  const v6 = Array.from({ length: 100 }, (_, n) => {
    return Uint8Array.from({ length: 16 }, (_, i) => (i < 8 ? byte(1000 + 8 * n + i) : 0));
  });
  return [...v4, ...neighbours, ...v6];
}

/** All placements, computed with the code as it is. */
export function makePlacement(): Placement {
  const keys = clientKeys();
  return {
    keys: keys.map((key) => Buffer.from(key).toString("hex")),
    cases: lists.map(({ name, options, entries }) => {
      const hashes = keys.map((key) => keyHash(key, options.seed));
      const orders = (policy: HashPolicy): readonly string[] => {
        const table = buildTable(policy, entries, options);
        return hashes.map((hash) => table.order(hash).join(""));
      };
      return {
        name,
        options,
        entries,
        hashes: hashes.map((hash) => hash.toString(16).padStart(8, "0")),
        orders: {
          ring: orders("ring"),
          rendezvous: orders("rendezvous"),
          maglev: orders("maglev"),
          modulo: orders("modulo"),
        },
      };
    }),
  };
}

/** Run as a program, from the directory of the package, it writes the vectors anew. */
if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  writeFileSync(placementFile, `${JSON.stringify(makePlacement(), null, 1)}\n`);
}
