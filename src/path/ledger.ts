import { InvariantError } from "../model/failure.ts";

/** What choosing may know about load. */
export interface LoadView {
  /** Open connections (being made or established) on the backend with this slot. */
  open(slot: number): number;
}

/** One open connection on a backend. Taking a lease returns the only thing that can give it back. */
export interface Lease {
  /** Gives the place back; a second call does nothing. */
  release(): void;
}

/**
 * The live counters of the data plane: open connections by backend slot. They outlive snapshots, so a draining backend
 * keeps counting. Only `lease` adds and only `Lease.release` subtracts.
 */
export class Ledger implements LoadView {
  #open = new Int32Array(16);
  #total = 0;
  readonly #onReleased: (slot: number) => void;

  /** @param onReleased told after every release, when the counter already shows it. */
  constructor(onReleased: (slot: number) => void = () => {}) {
    this.#onReleased = onReleased;
  }

  /** Open connections on all backends. */
  get total(): number {
    return this.#total;
  }

  open(slot: number): number {
    return this.#open[slot] ?? 0;
  }

  lease(slot: number): Lease {
    if (slot >= this.#open.length) this.#grow(slot);
    this.#open[slot] = this.open(slot) + 1;
    this.#total++;
    return new HeldLease(this.#giveBack, slot);
  }

  readonly #giveBack = (slot: number): void => {
    const open = this.open(slot) - 1;
    if (open < 0) throw new InvariantError(`backend slot ${slot} released more often than leased`);
    this.#open[slot] = open;
    this.#total--;
    this.#onReleased(slot);
  };

  #grow(slot: number): void {
    const larger = new Int32Array(Math.max(slot + 1, this.#open.length * 2));
    larger.set(this.#open);
    this.#open = larger;
  }
}

class HeldLease implements Lease {
  readonly #slot: number;
  #giveBack: ((slot: number) => void) | undefined;

  constructor(giveBack: (slot: number) => void, slot: number) {
    this.#giveBack = giveBack;
    this.#slot = slot;
  }

  release(): void {
    const giveBack = this.#giveBack;
    this.#giveBack = undefined;
    giveBack?.(this.#slot);
  }
}
