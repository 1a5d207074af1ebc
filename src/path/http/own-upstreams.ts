import type { Upstream } from "./upstream.ts";

/**
 * The backend connection that a client connection used last at each backend. It need not be its own any more: another client
 * may have taken it since, or it may be closed. Most clients know one backend only, and need no map.
 */
export class OwnUpstreams {
  #last: Upstream | undefined;
  #bySlot: Map<number, Upstream> | undefined;

  /** The connection to the backend with this slot, if the client connection has had one. */
  find(slot: number): Upstream | undefined {
    return this.#last?.slot === slot ? this.#last : this.#bySlot?.get(slot);
  }

  /** It is used now. */
  note(upstream: Upstream): void {
    if (this.#last !== undefined && this.#last.slot !== upstream.slot) {
      this.#bySlot ??= new Map([[this.#last.slot, this.#last]]);
    }
    this.#bySlot?.set(upstream.slot, upstream);
    this.#last = upstream;
  }
}
