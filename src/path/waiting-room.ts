/** A connection that waits for a backend. */
export interface Waiter {
  /** Something changed: try again. Returns the slot of the backend on which the waiter took a place; undefined = on none. */
  retry(): number | undefined;
}

/** Connections that wait for a full or a down backend, first come first served, by backend slot. */
export class WaitingRoom {
  readonly #queues = new Map<number, Set<Waiter>>();
  /** Those in the queues for whom a place on any backend will do. */
  readonly #anywhere = new Set<Waiter>();
  #waiting = 0;

  /** Connections waiting for any backend. */
  get size(): number {
    return this.#waiting;
  }

  /**
   * Whether `waiter` found room: at most `limit` wait for one backend. Undoing it is `leave`.
   * @param anyWillDo a place on another backend is as good
   */
  enter(slot: number, waiter: Waiter, limit: number, anyWillDo = false): boolean {
    let queue = this.#queues.get(slot);
    if (queue === undefined) {
      queue = new Set();
      this.#queues.set(slot, queue);
    }
    if (queue.size >= limit) return false;
    queue.add(waiter);
    if (anyWillDo) this.#anywhere.add(waiter);
    this.#waiting++;
    return true;
  }

  leave(slot: number, waiter: Waiter): void {
    const queue = this.#queues.get(slot);
    if (queue?.delete(waiter) !== true) return;
    this.#anywhere.delete(waiter);
    this.#waiting--;
    if (queue.size === 0) this.#queues.delete(slot);
  }

  /** A place on the backend is free: the first waiter that has a use for it gets it, those in its own queue before others. */
  wakeFirst(slot: number): void {
    // A set may lose members while it is walked; nobody comes back to the queue he is woken in.
    for (const waiter of this.#queues.get(slot) ?? []) if (waiter.retry() === slot) return;
    // If one of them waits on so would the others, who can take the same places.
    for (const waiter of this.#anywhere) if (waiter.retry() === slot || this.#anywhere.has(waiter)) return;
  }

  /** The cluster changed: everybody looks again. */
  wakeAll(): void {
    for (const queue of [...this.#queues.values()]) for (const waiter of [...queue]) waiter.retry();
  }
}
