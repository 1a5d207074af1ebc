import { invariant } from "../../model/failure.ts";
import type { Upstream } from "./upstream.ts";

/** The idle connections to one backend in order of idleness. A linked list, as any of them may be taken or end at any time. */
export class IdleList {
  #oldest: Upstream | undefined;
  #newest: Upstream | undefined;
  #size = 0;

  get size(): number {
    return this.#size;
  }
  /** Idle for longest. */
  get oldest(): Upstream | undefined {
    return this.#oldest;
  }
  get newest(): Upstream | undefined {
    return this.#newest;
  }

  /** Adds one that has just become idle. */
  add(upstream: Upstream): void {
    invariant(!upstream.isIdle, "a connection is idle in one list at most");
    upstream.isIdle = true;
    upstream.older = this.#newest;
    upstream.newer = undefined;
    if (this.#newest === undefined) this.#oldest = upstream;
    else this.#newest.newer = upstream;
    this.#newest = upstream;
    this.#size++;
  }

  /** Takes one of its own out. */
  remove(upstream: Upstream): void {
    const { older, newer } = upstream;
    if (older === undefined) this.#oldest = newer;
    else older.newer = newer;
    if (newer === undefined) this.#newest = older;
    else newer.older = older;
    upstream.older = undefined;
    upstream.newer = undefined;
    upstream.isIdle = false;
    this.#size--;
  }
}
