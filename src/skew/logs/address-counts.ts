import { fmix32 } from "../../hashing/murmur3.ts";
import { CountHeap } from "../count-heap.ts";
import { AddressList, WORDS_PER_ADDRESS } from "../populations/address-list.ts";

const INITIAL_ENTRIES = 1024;
const MAPPED_WORD = 0xffff;

export interface AddressCountsOptions {
  /** Bits of an IPv4 address that make a client, 0–32 (CLIENT_PREFIX_V4). */
  readonly prefixV4: number;
  /** Bits of an IPv6 address that make a client, 0–128 (CLIENT_PREFIX_V6). */
  readonly prefixV6: number;
  /** So many clients are kept, 1 … 2^24; up to there all counts are exact. About 50 bytes each. */
  readonly maxClients: number;
}

/** Counts of clients, largest first; equal ones in the order of their addresses. */
export interface CountedClients {
  /** Addresses, masked to the prefix. */
  readonly addresses: AddressList;
  /** At most so much; exactly so much unless {@link errors} says otherwise. */
  readonly counts: Float64Array;
  /** So much of each count may belong to clients that were dropped. */
  readonly errors: Float64Array;
}

/**
 * Counts by client address in bounded memory: exactly as long as there are no more than `maxClients`, from then on with the
 * promises of Space-Saving (see {@link HeavyHitters}): with n counted in all, every client of more than n/maxClients is kept,
 * and no count is too high by more than that.
 *
 * Clients are found by open addressing in typed arrays: a `Map` takes twice the memory, and keys that are not small
 * integers would have to be allocated.
 */
export class AddressCounts {
  readonly #maxClients: number;
  readonly #maskV4: number;
  readonly #masksV6: readonly [number, number, number, number];
  /** By client number, in order of arrival. */
  #words = new Int32Array(WORDS_PER_ADDRESS * INITIAL_ENTRIES);
  #counts = new Float64Array(INITIAL_ENTRIES);
  #errors = new Float64Array(0);
  #size = 0;
  /** The hash index: client number + 1, 0 = free. Half of it is free at least. */
  #index = new Int32Array(2 * INITIAL_ENTRIES);
  /** Made when the first client has to go. */
  #heap: CountHeap | undefined;
  #total = 0;
  #dropped = 0;

  /** @throws RangeError for a bad option */
  constructor({ prefixV4, prefixV6, maxClients }: AddressCountsOptions) {
    checkWhole("the prefix of IPv4", prefixV4, 0, 32);
    checkWhole("the prefix of IPv6", prefixV6, 0, 128);
    checkWhole("the number of clients", maxClients, 1, 2 ** 24);
    this.#maxClients = maxClients;
    this.#maskV4 = leftBits(prefixV4);
    this.#masksV6 = [leftBits(prefixV6), leftBits(prefixV6 - 32), leftBits(prefixV6 - 64), leftBits(prefixV6 - 96)];
  }

  /** All that was counted. */
  get total(): number {
    return this.#total;
  }

  /** How many clients are kept. */
  get size(): number {
    return this.#size;
  }

  /** The most that a client can have which is not kept, and the largest error of those that are; 0 = all counts are exact. */
  get errorAtMost(): number {
    return this.#dropped;
  }

  /**
   * Counts `count` (> 0) for an address.
   * @param words - four words, IPv4 as IPv4-mapped IPv6; masked in place
   */
  add(words: Int32Array, count: number): void {
    this.#mask(words);
    this.#total += count;
    const slot = this.#find(words);
    let client = (this.#index[slot] ?? 0) - 1;
    if (client < 0) client = this.#size < this.#maxClients ? this.#admit(words, slot) : this.#replaceSmallest(words);
    this.#counts[client] = (this.#counts[client] ?? 0) + count;
    this.#heap?.raised(client);
  }

  /** All clients, sorted. */
  clients(): CountedClients {
    const order = Int32Array.from({ length: this.#size }, (_, client) => client);
    order.sort((a, b) => (this.#counts[b] ?? 0) - (this.#counts[a] ?? 0) || this.#compareAddresses(a, b));
    const words = new Int32Array(WORDS_PER_ADDRESS * order.length);
    const counts = new Float64Array(order.length);
    const errors = new Float64Array(order.length);
    order.forEach((client, i) => {
      const from = WORDS_PER_ADDRESS * client;
      words.set(this.#words.subarray(from, from + WORDS_PER_ADDRESS), WORDS_PER_ADDRESS * i);
      counts[i] = this.#counts[client] ?? 0;
      errors[i] = this.#errors[client] ?? 0;
    });
    return { addresses: new AddressList(words), counts, errors };
  }

  #mask(words: Int32Array): void {
    if (words[0] === 0 && words[1] === 0 && words[2] === MAPPED_WORD) {
      words[3] = (words[3] ?? 0) & this.#maskV4;
      return;
    }
    for (let i = 0; i < WORDS_PER_ADDRESS; i++) words[i] = (words[i] ?? 0) & (this.#masksV6[i] ?? 0);
  }

  /** Where the client is in the index, or the free slot where it would be. */
  #find(words: Int32Array): number {
    const index = this.#index;
    const last = index.length - 1;
    let slot = hash(words, 0) & last;
    for (;;) {
      const entry = index[slot] ?? 0;
      if (entry === 0 || this.#isAt(entry - 1, words)) return slot;
      slot = (slot + 1) & last;
    }
  }

  #isAt(client: number, words: Int32Array): boolean {
    const all = this.#words;
    const at = WORDS_PER_ADDRESS * client;
    return all[at + 3] === words[3] && all[at + 2] === words[2] && all[at + 1] === words[1] && all[at] === words[0];
  }

  #admit(words: Int32Array, slot: number): number {
    const client = this.#size++;
    if (client === this.#counts.length) this.#grow();
    this.#words.set(words, WORDS_PER_ADDRESS * client);
    this.#counts[client] = 0;
    this.#index[slot] = client + 1;
    if (2 * this.#size > this.#index.length) this.#reindex();
    return client;
  }

  /** The newcomer inherits the smallest count, as it may have been dropped before with as much. */
  #replaceSmallest(words: Int32Array): number {
    if (this.#heap === undefined) {
      this.#heap = CountHeap.of(this.#counts, this.#size);
      this.#errors = new Float64Array(this.#size);
    }
    const client = this.#heap.smallest;
    this.#unindex(client);
    this.#words.set(words, WORDS_PER_ADDRESS * client);
    this.#index[this.#find(words)] = client + 1;
    this.#dropped = this.#counts[client] ?? 0;
    this.#errors[client] = this.#dropped;
    return client;
  }

  /** Takes a client out of the index and closes the gap, so that no search stops too early (Knuth, TAOCP 6.4, algorithm R). */
  #unindex(client: number): void {
    const index = this.#index;
    const last = index.length - 1;
    let gap = hash(this.#words, WORDS_PER_ADDRESS * client) & last;
    while (index[gap] !== client + 1) gap = (gap + 1) & last;
    for (let slot = (gap + 1) & last; ; slot = (slot + 1) & last) {
      const entry = index[slot] ?? 0;
      if (entry === 0) break;
      const wanted = hash(this.#words, WORDS_PER_ADDRESS * (entry - 1)) & last;
      if (((slot - wanted) & last) < ((slot - gap) & last)) continue;
      index[gap] = entry;
      gap = slot;
    }
    index[gap] = 0;
  }

  #grow(): void {
    const room = Math.min(2 * this.#counts.length, Math.max(this.#maxClients, this.#counts.length + 1));
    const words = new Int32Array(WORDS_PER_ADDRESS * room);
    words.set(this.#words);
    this.#words = words;
    const counts = new Float64Array(room);
    counts.set(this.#counts);
    this.#counts = counts;
  }

  #reindex(): void {
    this.#index = new Int32Array(2 * this.#index.length);
    const last = this.#index.length - 1;
    for (let client = 0; client < this.#size; client++) {
      let slot = hash(this.#words, WORDS_PER_ADDRESS * client) & last;
      while (this.#index[slot] !== 0) slot = (slot + 1) & last;
      this.#index[slot] = client + 1;
    }
  }

  /** Addresses in numerical order, IPv4 among the IPv6 addresses that stand for them. */
  #compareAddresses(a: number, b: number): number {
    for (let i = 0; i < WORDS_PER_ADDRESS; i++) {
      const difference =
        ((this.#words[WORDS_PER_ADDRESS * a + i] ?? 0) >>> 0) - ((this.#words[WORDS_PER_ADDRESS * b + i] ?? 0) >>> 0);
      if (difference !== 0) return difference;
    }
    return 0;
  }
}

function hash(words: Int32Array, at: number): number {
  let h = fmix32(words[at + 3] ?? 0);
  h = fmix32(h ^ (words[at + 2] ?? 0));
  return fmix32(fmix32(h ^ (words[at + 1] ?? 0)) ^ (words[at] ?? 0));
}

/** A word whose first `bits` (cut to 0 … 32) are set. */
function leftBits(bits: number): number {
  if (bits <= 0) return 0;
  return bits >= 32 ? -1 : -1 << (32 - bits);
}

function checkWhole(what: string, value: number, min: number, max: number): void {
  if (!Number.isInteger(value) || value < min || value > max) {
    throw new RangeError(`${what} must be a whole number from ${min} to ${max}, not ${value}`);
  }
}
