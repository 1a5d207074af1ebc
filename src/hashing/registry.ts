import { exhaustive } from "../model/failure.ts";
import { type HashPolicy, type HashTable, MOST_RING_POINTS, type TableEntry } from "../model/hash-table.ts";
import { emptyTable } from "./empty-table.ts";
import { isPrime } from "./is-prime.ts";
import { buildMaglev } from "./maglev.ts";
import { buildModulo } from "./modulo.ts";
import { buildRendezvous } from "./rendezvous.ts";
import { buildRing } from "./ring.ts";

const HIGHEST_WEIGHT = 256;
const LARGEST_SEED = 2 ** 32 - 1;
const MOST_VIRTUAL_NODES = 10_000;
/** A prime; the ceiling that Envoy sets too. */
const LARGEST_MAGLEV_TABLE = 5_000_011;

/** What a table depends on besides its entries. Replicas agree on every client when they agree on these. */
export interface TableOptions {
  /** Re-shuffles all placements; 0 … 2^32 − 1. Hash client keys with the same seed. */
  readonly seed: number;
  /** Points for each unit of weight (`ring`), 1 … 10000. More points: more even, slower to build. */
  readonly ringVnodes: number;
  /** Number of slots (`maglev`), a prime up to 5000011 and not less than the number of backends. */
  readonly maglevTable: number;
}

/** The options in effect when nothing else is wanted. */
export const defaultTableOptions: TableOptions = Object.freeze({ seed: 0, ringVnodes: 1024, maglevTable: 65_537 });

/**
 * Builds the table of `policy`. The answer depends on the set of entries, not on their order; `HashTable.entries` is
 * sorted by id (by UTF-16 code units, whatever the locale).
 *
 * @param entries - any number, none included; ids unique and not empty, weights integers 1 … 256
 * @throws RangeError that names the first thing wrong: an id, a weight, an option, or a ring of more than 2^23 points
 */
export function buildTable(policy: HashPolicy, entries: readonly TableEntry[], options: TableOptions): HashTable {
  checkOptions(options);
  const sorted = Object.freeze(entries.map(checkedEntry).sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0)));
  sorted.forEach(({ id }, i) => {
    if (id === sorted[i - 1]?.id) throw new RangeError(`two backends have the id ${JSON.stringify(id)}`);
  });
  const { seed, ringVnodes, maglevTable } = options;
  if (sorted.length === 0) return emptyTable(policy);
  switch (policy) {
    case "ring":
      checkRingPoints(sorted, ringVnodes);
      return buildRing(sorted, { seed, virtualNodesPerWeight: ringVnodes });
    case "rendezvous":
      return buildRendezvous(sorted, { seed });
    case "maglev":
      if (sorted.length > maglevTable) {
        throw new RangeError(`a maglev table of ${maglevTable} slots is too small for ${sorted.length} backends`);
      }
      return buildMaglev(sorted, { seed, tableSize: maglevTable });
    case "modulo":
      return buildModulo(sorted);
    default:
      return exhaustive(policy);
  }
}

function checkOptions({ seed, ringVnodes, maglevTable }: TableOptions): void {
  checkInteger("the seed", seed, 0, LARGEST_SEED);
  checkInteger("the number of virtual nodes per weight", ringVnodes, 1, MOST_VIRTUAL_NODES);
  checkInteger("the size of the maglev table", maglevTable, 2, LARGEST_MAGLEV_TABLE);
  if (!isPrime(maglevTable)) throw new RangeError(`the size of the maglev table must be a prime, not ${maglevTable}`);
}

/** A frozen copy, so that nobody can change a table from outside. */
function checkedEntry({ id, weight }: TableEntry): TableEntry {
  if (id === "") throw new RangeError("the id of a backend must not be empty");
  // Half of a surrogate pair has no UTF-8 form: different ids would become the same bytes.
  if (/\p{Surrogate}/u.test(id)) throw new RangeError(`the id ${JSON.stringify(id)} is not well-formed Unicode`);
  checkInteger(`the weight of ${JSON.stringify(id)}`, weight, 1, HIGHEST_WEIGHT);
  return Object.freeze({ id, weight });
}

function checkRingPoints(entries: readonly TableEntry[], virtualNodesPerWeight: number): void {
  const points = entries.reduce((sum, { weight }) => sum + weight * virtualNodesPerWeight, 0);
  if (points > MOST_RING_POINTS) {
    throw new RangeError(
      `the ring would have ${points} points, more than ${MOST_RING_POINTS}: use smaller weights or fewer than ${virtualNodesPerWeight} virtual nodes per weight`,
    );
  }
}

function checkInteger(what: string, value: number, lowest: number, highest: number): void {
  if (!Number.isInteger(value) || value < lowest || value > highest) {
    throw new RangeError(`${what} must be an integer from ${lowest} to ${highest}, not ${value}`);
  }
}
