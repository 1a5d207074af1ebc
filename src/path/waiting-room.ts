/** A connection that waits for a backend. */
export interface Waiter {
  /** Something changed: try again. Returns true when the waiter took a place on the backend that it waited for. */
  retry(): boolean;
}

/** Connections that wait for a full or a down backend, first come first served, by backend slot. */
export class WaitingRoom {
  readonly #queues = new Map<number, Set<Waiter>>();
  #waiting = 0;

  /** Connections waiting for any backend. */
  get size(): number {
    return this.#waiting;
  }

  /** Whether `waiter` found room: at most `limit` wait for one backend. Undoing it is `leave`. */
  enter(slot: number, waiter: Waiter, limit: number): boolean {
    let queue = this.#queues.get(slot);
    if (queue === undefined) {
      queue = new Set();
      this.#queues.set(slot, queue);
    }
    if (queue.size >= limit) return false;
    queue.add(waiter);
    this.#waiting++;
    return true;
  }

  leave(slot: number, waiter: Waiter): void {
    const queue = this.#queues.get(slot);
    if (queue?.delete(waiter) !== true) return;
    this.#waiting--;
    if (queue.size === 0) this.#queues.delete(slot);
  }

  /** A place on the backend is free: the first waiter that has a use for it gets it. */
  wakeFirst(slot: number): void {
    const queue = this.#queues.get(slot);
    if (queue === undefined) return;
    // A set may lose members while it is walked; nobody comes back to the queue he is woken in.
    for (const waiter of queue) if (waiter.retry()) return;
  }

  /** The cluster changed: everybody looks again. */
  wakeAll(): void {
    for (const queue of [...this.#queues.values()]) for (const waiter of [...queue]) waiter.retry();
  }
}
