const INITIAL_ROOM = 16;

/**
 * A binary heap over the numbers of entries, the entry with the smallest count first. It reads the counts from an array that
 * its owner writes; after raising a count the owner says so ({@link raised}). Memory: 8 bytes an entry.
 */
export class CountHeap {
  #counts: Float64Array;
  /** The heap: entry numbers. */
  #order = new Int32Array(INITIAL_ROOM);
  /** Where each entry is in `#order`. */
  #places = new Int32Array(INITIAL_ROOM);
  #size = 0;

  /** @param counts - the count of each entry, by its number; longer than the entries there will be */
  constructor(counts: Float64Array) {
    this.#counts = counts;
  }

  /** A heap of the entries 0 … `size` − 1, made in linear time (Floyd, CACM 1964, algorithm 245). */
  static of(counts: Float64Array, size: number): CountHeap {
    const heap = new CountHeap(counts);
    heap.#order = Int32Array.from({ length: size }, (_, entry) => entry);
    heap.#places = heap.#order.slice();
    heap.#size = size;
    for (let place = (size >> 1) - 1; place >= 0; place--) heap.#sink(place);
    return heap;
  }

  get size(): number {
    return this.#size;
  }

  /** An entry with the smallest count; −1 when there is none. */
  get smallest(): number {
    return this.#size === 0 ? -1 : (this.#order[0] ?? 0);
  }

  /** Takes in the entry of the next number; its count is in the array already. Returns the number. */
  push(): number {
    const entry = this.#size++;
    if (entry === this.#order.length) {
      this.#order = enlarged(this.#order);
      this.#places = enlarged(this.#places);
    }
    this.#put(entry, entry);
    this.#rise(entry);
    return entry;
  }

  /** The count of `entry` has grown. */
  raised(entry: number): void {
    this.#sink(this.#places[entry] ?? 0);
  }

  #put(entry: number, place: number): void {
    this.#order[place] = entry;
    this.#places[entry] = place;
  }

  #count(place: number): number {
    return this.#counts[this.#order[place] ?? 0] ?? 0;
  }

  #rise(from: number): void {
    const entry = this.#order[from] ?? 0;
    const count = this.#counts[entry] ?? 0;
    let place = from;
    while (place > 0) {
      const parent = (place - 1) >> 1;
      if (this.#count(parent) <= count) break;
      this.#put(this.#order[parent] ?? 0, place);
      place = parent;
    }
    this.#put(entry, place);
  }

  #sink(from: number): void {
    const entry = this.#order[from] ?? 0;
    const count = this.#counts[entry] ?? 0;
    let place = from;
    for (;;) {
      let child = 2 * place + 1;
      if (child >= this.#size) break;
      if (child + 1 < this.#size && this.#count(child + 1) < this.#count(child)) child++;
      if (this.#count(child) >= count) break;
      this.#put(this.#order[child] ?? 0, place);
      place = child;
    }
    this.#put(entry, place);
  }
}

function enlarged(old: Int32Array): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(2 * old.length);
  larger.set(old);
  return larger;
}
