import type { BackendId } from "../model/backend.ts";
import type { ChoiceReason } from "../model/choice.ts";
import type { Seeker } from "./seeker.ts";

interface RestingPin {
  readonly backend: BackendId;
  readonly untilMs: number;
}

/** Resting pins kept; beyond that the one that would expire first goes. About 40 MB. */
const MOST_RESTING = 100_000;

/**
 * Clients kept where an overflow (or, with FAIL_BACK=new, a failover) put them: as long as they have connections there
 * and `ttlMs` after the last one. Expired pins are dropped from the front of the resting ones, which are in order of expiry
 * because all have the same TTL; their number is bounded, and that of the others by the open connections.
 */
export class Pins {
  readonly #ttlMs: number;
  /** Where each client with connections is kept. */
  readonly #busy = new Map<string, BackendId>();
  /** Open connections by client and backend: a client may still have some where it is not kept any more. */
  readonly #open = new Map<string, number>();
  readonly #resting = new Map<string, RestingPin>();

  /** @param ttlMs 0 = nobody is pinned. */
  constructor(ttlMs: number) {
    this.#ttlMs = ttlMs;
  }

  get size(): number {
    return this.#busy.size + this.#resting.size;
  }

  /** The backend that `client` is kept on. */
  find(client: string, nowMs: number): BackendId | undefined {
    if (this.#ttlMs === 0) return undefined;
    const busy = this.#busy.get(client);
    if (busy !== undefined) return busy;
    const resting = this.#resting.get(client);
    return resting !== undefined && resting.untilMs > nowMs ? resting.backend : undefined;
  }

  /** `client` opened a connection on `backend` and shall stay there. Each call is matched by one `closed`. */
  opened(client: string, backend: BackendId): void {
    const place = placeOf(client, backend);
    this.#resting.delete(client);
    this.#busy.set(client, backend);
    this.#open.set(place, (this.#open.get(place) ?? 0) + 1);
  }

  /** A connection that `opened` announced has ended. */
  closed(client: string, backend: BackendId, nowMs: number): void {
    this.#dropExpired(nowMs);
    const place = placeOf(client, backend);
    const open = (this.#open.get(place) ?? 0) - 1;
    if (open > 0) {
      this.#open.set(place, open);
      return;
    }
    this.#open.delete(place);
    // Moved on meanwhile: the newer pin counts.
    if (this.#busy.get(client) !== backend) return;
    this.#busy.delete(client);
    this.#resting.set(client, { backend, untilMs: nowMs + this.#ttlMs });
    if (this.#resting.size > MOST_RESTING) this.#dropFirst();
  }

  /** `client` went home: nothing keeps it elsewhere. */
  forget(client: string): void {
    this.#busy.delete(client);
    this.#resting.delete(client);
  }

  #dropFirst(): void {
    for (const client of this.#resting.keys()) {
      this.#resting.delete(client);
      return;
    }
  }

  #dropExpired(nowMs: number): void {
    for (const [client, pin] of this.#resting) {
      if (pin.untilMs > nowMs) return;
      this.#resting.delete(client);
    }
  }
}

/** The name of a client has no blank in it, so no two places share a name. */
function placeOf(client: string, backend: BackendId): string {
  return `${client} ${backend}`;
}

/** Under which name a client is pinned: each part of a heavy one is kept by itself. */
export function pinName(client: string, split: { readonly start: number } | undefined): string {
  return split === undefined ? client : `${client}#${split.start}`;
}

/**
 * Under which name what seeks a backend is pinned; undefined = never. A request that is placed by a word of its own, a session
 * for instance, is kept by that, whoever brings it (no client is called so). One that names its backend is kept by the name, a
 * new session of a picker by what it is given. With the port in the key of clients there is nobody to keep.
 */
export function pinKeyOf(
  { client, keyHash, wish }: Seeker,
  split: { readonly start: number } | undefined,
  withPort: boolean,
): string | undefined {
  if (wish?.picker !== undefined || wish?.bound !== undefined) return undefined;
  if (wish?.hasOwnKey === true) return `=${keyHash.toString(16)}`;
  return withPort ? undefined : pinName(client, split);
}

/**
 * What a connection does to its client's pin, by the reason it was placed for: `keep` it where the connection went, `drop` it
 * as the client is where it belongs, or nothing (undefined).
 *
 * @param failBack - FAIL_BACK: with `new`, who moved because a backend was down stays, too
 */
export function pinEffect(reason: ChoiceReason, failBack: "now" | "new"): "keep" | "drop" | undefined {
  if (reason === "pinned" || reason === "overflow" || (reason === "failover" && failBack === "new")) return "keep";
  return reason === "home" || reason === "nat-split" ? "drop" : undefined;
}
