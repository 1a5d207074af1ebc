import type { HashTable, TableEntry, TableLocation } from "../model/hash-table.ts";
import { identityBytes } from "./identity-bytes.ts";
import { fmix32, hashWords } from "./murmur3.ts";
import { type PositionArray, positionArray } from "./position-array.ts";
import { slotShares } from "./slot-shares.ts";
import { negativeLogOfUnit } from "./unit-logarithm.ts";

/** A key's slot is the top 16 bits of its hash. */
const SLOTS = 2 ** 16;
const SLOT_SHIFT = 16;
/** Draws are signed 32-bit integers. */
const LOWEST_DRAW = -(2 ** 31);

export interface RendezvousOptions {
  /** 0 … 2^32 − 1 */
  readonly seed: number;
}

/**
 * Rendezvous hashing (highest random weight: Thaler & Ravishankar, IEEE/ACM ToN 1998) over 2^16 slots instead of single
 * keys, so that a look-up is one array read.
 *
 * Every backend draws a number for every slot from its id and the slot alone, and the best draw wins: a change of one
 * backend moves no slot between two others. Weights follow the logarithmic method (Schindelhauer & Schomaker, SPAA 2005):
 * with u uniform in (0, 1) the smallest −ln(u)/w wins, which gives a backend exactly w/W of the slots on average. With N
 * equal backends a share deviates by sqrt((N − 1) / 2^16) of the fair share. Equal draws go to the smaller id.
 *
 * Building costs one draw for each backend and slot.
 *
 * @param entries - at least one; sorted by id, valid and frozen
 */
export function buildRendezvous(entries: readonly TableEntry[], options: RendezvousOptions): HashTable {
  return new Rendezvous(entries, options);
}

/** One backend's draws are a function of the slot and these two words of its hash (signed 32-bit). */
interface Contender {
  readonly position: number;
  readonly weight: number;
  readonly first: number;
  readonly second: number;
}

class Rendezvous implements HashTable {
  readonly policy = "rendezvous";
  readonly entries: readonly TableEntry[];
  readonly #contenders: readonly Contender[];
  readonly #slots: PositionArray;

  constructor(entries: readonly TableEntry[], { seed }: RendezvousOptions) {
    this.entries = entries;
    this.#contenders = entries.map(({ id, weight }, position) => {
      const [first, second] = hashWords(identityBytes(id), seed);
      return { position, weight, first: first | 0, second: second | 0 };
    });
    this.#slots = fillSlots(this.#contenders);
  }

  owner(keyHash: number): number {
    return this.#slots[keyHash >>> SLOT_SHIFT] ?? -1;
  }

  order(keyHash: number): readonly number[] {
    const slot = keyHash >>> SLOT_SHIFT;
    return this.#contenders
      .map(({ position, weight, first, second }) => ({ position, cost: cost(draw(slot, first, second), weight) }))
      .sort((a, b) => a.cost - b.cost || a.position - b.position)
      .map(({ position }) => position);
  }

  locate(keyHash: number): TableLocation {
    return { kind: "slot", value: keyHash >>> SLOT_SHIFT, of: SLOTS };
  }

  shares(): Float64Array {
    return slotShares(this.#slots, this.entries.length);
  }
}

/**
 * The position of each slot's winner. Backends of one weight compare their draws as they are; only the best of each weight
 * meet by logarithm. Heavy ones come first, because they leave the least to do for the others.
 */
function fillSlots(contenders: readonly Contender[]): PositionArray {
  const slots = positionArray(SLOTS, contenders.length);
  const weights = [...new Set(contenders.map(({ weight }) => weight))].sort((a, b) => b - a);
  const lowest = new Float64Array(SLOTS).fill(Number.POSITIVE_INFINITY);
  for (const weight of weights) {
    const group = contenders.filter((contender) => contender.weight === weight);
    const { draws, owners } = groupWinners(group, contenders.length);
    if (weights.length === 1) return owners;
    for (let slot = 0; slot < SLOTS; slot++) {
      const drawn = draws[slot] ?? 0;
      const toBeat = lowest[slot] ?? 0;
      // −ln u > 1 − u, by far more than rounding can blur: most are out of the race without a logarithm.
      if (1 - unit(drawn) > toBeat * weight) continue;
      const own = cost(drawn, weight);
      const owner = owners[slot] ?? 0;
      if (own < toBeat || (own === toBeat && owner < (slots[slot] ?? 0))) {
        lowest[slot] = own;
        slots[slot] = owner;
      }
    }
  }
  return slots;
}

/** Each slot's highest draw among backends of one weight, and whose it is. */
function groupWinners(
  group: readonly Contender[],
  members: number,
): { readonly draws: Int32Array; readonly owners: PositionArray } {
  const draws = new Int32Array(SLOTS).fill(LOWEST_DRAW);
  // Stays in force where every draw is the lowest one.
  const owners = positionArray(SLOTS, members).fill(group[0]?.position ?? 0);
  for (const contender of group) drawEverySlot(contender, draws, owners);
  return { draws, owners };
}

/**
 * Enters one backend for every slot. An equal draw does not win: smaller ids come first.
 *
 * This is {@link draw}, written out: it runs millions of times for a hundred backends. A slot has 16 bits, so that the upper
 * half of `slot ^ first`, which the first step of the mixer folds in, is the same for all of them.
 */
function drawEverySlot({ position, first, second }: Contender, draws: Int32Array, owners: PositionArray): void {
  const folded = first ^ (first >>> SLOT_SHIFT);
  for (let slot = 0; slot < SLOTS; slot++) {
    let drawn = Math.imul(slot ^ folded, 0x85ebca6b);
    drawn = Math.imul(drawn ^ (drawn >>> 13), 0xc2b2ae35);
    drawn ^= (drawn >>> 16) ^ second;
    drawn = Math.imul(drawn ^ (drawn >>> 16), 0x85ebca6b);
    drawn = Math.imul(drawn ^ (drawn >>> 13), 0xc2b2ae35);
    drawn ^= drawn >>> 16;
    if (drawn > (draws[slot] ?? 0)) {
      draws[slot] = drawn;
      owners[slot] = position;
    }
  }
}

/**
 * A backend's uniform draw for a slot, as a signed 32-bit integer: higher is better. One round per word: with one alone,
 * two backends whose words agree in their upper halves would draw the same numbers in another order.
 */
function draw(slot: number, first: number, second: number): number {
  return fmix32(fmix32(slot ^ first) ^ second);
}

/** The draw as the index k, 0 … 2^32 − 1, of a uniform number (k + ½) / 2^32. */
function rank(drawn: number): number {
  return drawn - LOWEST_DRAW;
}

function unit(drawn: number): number {
  return (rank(drawn) + 0.5) / 2 ** 32;
}

/** Strictly decreasing in the draw: 2^32 draws are far enough apart for the logarithm to keep every two of them distinct. */
function cost(drawn: number, weight: number): number {
  return negativeLogOfUnit(rank(drawn)) / weight;
}
