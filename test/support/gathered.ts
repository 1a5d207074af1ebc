const DEADLINE_MS = 10_000;

interface Waiter<T> {
  readonly matches: (item: T, count: number) => boolean;
  readonly resolve: (item: T) => void;
}

/** Resolves as `promise` does, or rejects when that takes longer than `deadlineMs`. */
export async function within<T>(deadlineMs: number, what: string, promise: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what} did not happen within ${deadlineMs} ms`)), deadlineMs);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Things that come in one by one, such as records or log lines, for tests that wait for one of them. */
export class Gathered<T> {
  readonly items: T[] = [];
  readonly #waiters = new Set<Waiter<T>>();

  push(item: T): void {
    this.items.push(item);
    for (const waiter of this.#waiters) {
      if (!waiter.matches(item, this.items.length)) continue;
      this.#waiters.delete(waiter);
      waiter.resolve(item);
    }
  }

  /** The first item, come or to come, that fits; `from` passes over the items before it. */
  first(what: string, fits: (item: T) => boolean, { from = 0, deadlineMs = DEADLINE_MS } = {}): Promise<T> {
    const here = this.items.slice(from).find(fits);
    if (here !== undefined) return Promise.resolve(here);
    return this.#wait(what, (item, count) => count > from && fits(item), deadlineMs);
  }

  /** Resolves with all items when there are `count` of them. */
  async atLeast(count: number, deadlineMs: number = DEADLINE_MS): Promise<readonly T[]> {
    if (this.items.length < count) await this.#wait(`item ${count}`, (_, so) => so >= count, deadlineMs);
    return this.items;
  }

  #wait(what: string, matches: Waiter<T>["matches"], deadlineMs: number): Promise<T> {
    let waiter: Waiter<T> | undefined;
    const come = new Promise<T>((resolve) => {
      waiter = { matches, resolve };
      this.#waiters.add(waiter);
    });
    return within(deadlineMs, what, come).catch((error: unknown) => {
      if (waiter !== undefined) this.#waiters.delete(waiter);
      const last = this.items.slice(-5).map((item) => `\n  ${JSON.stringify(item)}`);
      throw new Error(`${String(error)}; ${this.items.length} came, the last:${last.join("")}`);
    });
  }
}
