/** How sticky a sequence of placements was. */
export interface Stickiness {
  /** Connections or requests that were placed. */
  readonly placements: number;
  /** Those of a client that had been placed before. */
  readonly repeats: number;
  /** Repeats that landed on another backend than the client's last one. */
  readonly breaks: number;
  /** breaks / repeats; 0 when there were none. */
  readonly breakRate: number;
  /** Placements on another backend than the client's home. */
  readonly overflowed: number;
  /** overflowed / placements; 0 when there were none. */
  readonly overflowShare: number;
}

/**
 * Watches placements as they come. A client is whatever is meant to stick: an address, a user, a session.
 * Memory: one entry for each client, given back by {@link forget}.
 */
export class StickinessMeter<Client, Backend> {
  readonly #last = new Map<Client, Backend>();
  #placements = 0;
  #repeats = 0;
  #breaks = 0;
  #overflowed = 0;

  /**
   * @param home - the client's first choice, when the policy has one: a placement elsewhere has overflowed (or failed over)
   */
  placed(client: Client, backend: Backend, home: Backend = backend): void {
    this.#placements++;
    if (backend !== home) this.#overflowed++;
    const last = this.#last.get(client);
    if (last !== undefined) {
      this.#repeats++;
      if (last !== backend) this.#breaks++;
    }
    this.#last.set(client, backend);
  }

  /** The client's session has ended: its next placement is a first one. */
  forget(client: Client): void {
    this.#last.delete(client);
  }

  get result(): Stickiness {
    const share = (part: number, whole: number): number => (whole === 0 ? 0 : part / whole);
    return {
      placements: this.#placements,
      repeats: this.#repeats,
      breaks: this.#breaks,
      breakRate: share(this.#breaks, this.#repeats),
      overflowed: this.#overflowed,
      overflowShare: share(this.#overflowed, this.#placements),
    };
  }
}

/**
 * How often a lone address breaks its stickiness, at the least, when every connection by itself obeys a bounded load
 * (Mirrokni, Thorup, Zadimoghaddam, SODA 2018) of `factor` c: the home takes c/(N·p) of its connections, 1 − c/(N·p) go
 * elsewhere. 0 when the address fits.
 *
 * @param share - p, the address's share of all connections, 0 … 1
 */
export function leastOverflow(factor: number, backends: number, share: number): number {
  return share === 0 ? 0 : Math.max(0, 1 - factor / (backends * share));
}
