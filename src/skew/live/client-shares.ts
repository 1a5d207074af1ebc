import type { ClientTally } from "../../path/client-tally.ts";
import type { Random } from "../../platform/random.ts";
import { type HeavyHitter, HeavyHitters } from "../heavy-hitters.ts";

/** Clients that are remembered: no figure is further than a thousandth of the total from the truth. 0.3 MB. */
const CLIENTS = 1024;

/** Proxies that name clients are few. */
const PEERS = 16;

/** How many are counted one by one between two calls of {@link ClientShares.passMinute}, before only a sample is. */
export const COUNTED_A_MINUTE = 12_000;

/** After this time a count weighs half. */
export const HALF_LIFE_MS = 600_000;

const MINUTE_MS = 60_000;

/** The step while nothing is counted; still a small integer, so that the step stays cheap. */
const FAR = 2 ** 30 - 1;

/** What a minute leaves of a count. */
const FADING = 2 ** (-MINUTE_MS / HALF_LIFE_MS);

/**
 * Which clients carry how much of what is placed just now: a Space-Saving sketch ({@link HeavyHitters}) that forgets.
 *
 * What it may cost is bounded. Counting takes a few tenths of a microsecond (docs/decisions/0019-live-skew.md), so all are
 * counted while they are few; of many it takes one in `stride`, which stands for all of them, and the stride doubles
 * whenever another {@link COUNTED_A_MINUTE} were counted within the minute. The steps are random with that mean: fixed ones
 * would keep step with pages that always ask for the same number of things.
 */
export class ClientShares implements ClientTally {
  readonly #random: Random;
  readonly #clients = new HeavyHitters<string>(CLIENTS);
  readonly #peers = new HeavyHitters<string>(PEERS);
  #isOn: boolean;
  #stride = 1;
  /** How many are still passed over, the next one counted included. */
  #gap: number;
  #countedThisMinute = 0;
  /** The sum of the squares of all weights, faded. */
  #squares = 0;

  constructor(random: Random, isOn: boolean) {
    this.#random = random;
    this.#isOn = isOn;
    this.#gap = isOn ? 1 : FAR;
  }

  placed(client: string): void {
    if (--this.#gap > 0) return;
    this.#count(client);
  }

  named(peer: string): void {
    if (this.#isOn) this.#peers.add(peer);
  }

  /** One in how many is counted; 1 = all. */
  get stride(): number {
    return this.#stride;
  }

  /** How many connections and requests have been placed, faded. */
  get total(): number {
    return this.#clients.total;
  }

  /** Of how many connections a PROXY header named the client, faded. */
  get namedTotal(): number {
    return this.#peers.total;
  }

  /**
   * How many connections and requests one counted one stands for, as the mean that matters for chance: a client's true
   * weight is within a few times √(grain · weight) of what was counted (the variance of a sum of weights is the sum of their
   * squares, if those who come do so independently).
   */
  get grain(): number {
    return this.total === 0 ? 1 : this.#squares / this.total;
  }

  /** The heaviest clients. */
  top(limit: number): readonly HeavyHitter<string>[] {
    return this.#clients.top(limit);
  }

  /** The heaviest of the peers whose PROXY headers named clients. */
  topPeers(limit: number): readonly HeavyHitter<string>[] {
    return this.#peers.top(limit);
  }

  lookUp(client: string): HeavyHitter<string> {
    return this.#clients.lookUp(client);
  }

  /** To be called every minute: what was counted fades, and the stride follows what came. */
  passMinute(): void {
    this.#clients.decay(FADING);
    this.#peers.decay(FADING);
    this.#squares *= FADING * FADING;
    const came = this.#countedThisMinute * this.#stride;
    this.#countedThisMinute = 0;
    while (this.#stride > 1 && came <= (COUNTED_A_MINUTE * this.#stride) / 2) this.#stride /= 2;
  }

  /** Begins or stops to count; what was counted stays, and fades. */
  switch(isOn: boolean): void {
    if (this.#isOn === isOn) return;
    this.#isOn = isOn;
    this.#gap = isOn ? 1 : FAR;
  }

  #count(client: string): void {
    if (!this.#isOn) {
      this.#gap = FAR;
      return;
    }
    const stride = this.#stride;
    this.#clients.add(client, stride);
    this.#squares += stride * stride;
    if (++this.#countedThisMinute >= COUNTED_A_MINUTE) {
      this.#countedThisMinute = COUNTED_A_MINUTE / 2;
      this.#stride = stride * 2;
    }
    // Uniform in 1 … 2·stride − 1, whose mean is the stride.
    this.#gap = this.#stride === 1 ? 1 : 1 + Math.floor(this.#random.next() * (2 * this.#stride - 1));
  }
}
