import type { BackendId } from "../../model/backend.ts";
import type { Clock } from "../../platform/clock.ts";

/** Requests that are taken for one page load of one browser. */
export interface HintGroup {
  backend: BackendId;
  /** Monotonic ms. */
  endsAtMs: number;
  requests: number;
  lastRequestMs: number;
}

/** Browsers open six connections a host; a page load with more parallel requests without cookie is not one any more. */
const USUAL_REQUESTS = 16;

/** A group that has had the usual number still takes what follows at once: the burst of a page load must not be torn. */
const BURST_GAP_MS = 5;

/** … but never more than this. */
const MOST_REQUESTS = 64;

/** From the first answer on the browser has its cookie; what comes without it later than this is somebody else. */
const AFTER_ANSWER_MS = 250;

/** Groups of one generation; two are remembered, about 3 MB. */
const MOST_GROUPS = 5_000;

/**
 * NEW_SESSION_HINT: where the parallel requests of one browser that has no cookie yet have to go together. A browser is
 * known by a key that others share, those behind the same NAT with the same browser. So a group is kept small in every
 * way, or the skew of address hashing would be back: it takes 16 requests (and those that come in the same burst as the
 * last of them, 64 at most), for `windowMs` from its first, and for a quarter of a second from its first answer. The next
 * request then begins a new group, on a backend of its own.
 *
 * Groups are forgotten by generations: the older of two is dropped as a whole, when the younger has lasted for the window or is
 * full. One map with a row of deleted entries at its front would have to be walked over them again and again.
 */
export class SessionHints {
  readonly #clock: Clock;
  readonly #windowMs: number;
  #young = new Map<string, HintGroup>();
  #old = new Map<string, HintGroup>();
  #youngSinceMs: number;

  /** @param windowMs above 0 */
  constructor(clock: Clock, windowMs: number) {
    this.#clock = clock;
    this.#windowMs = windowMs;
    this.#youngSinceMs = clock.nowMs();
  }

  /** Groups remembered, some of them over. */
  get size(): number {
    return this.#young.size + this.#old.size;
  }

  /** Where the next request of `key` should go; undefined when it begins a group. */
  find(key: string): BackendId | undefined {
    return this.#live(key, this.#clock.nowMs())?.backend;
  }

  /** A request of `key` goes to `backend`, and with it its group. @param begins it begins a group in any case */
  place(key: string, backend: BackendId, begins: boolean): HintGroup {
    const nowMs = this.#clock.nowMs();
    this.#dropOld(nowMs);
    const live = begins ? undefined : this.#live(key, nowMs);
    if (live !== undefined) {
      live.backend = backend;
      live.requests++;
      live.lastRequestMs = nowMs;
      return live;
    }
    const group = { backend, endsAtMs: nowMs + this.#windowMs, requests: 1, lastRequestMs: nowMs };
    this.#young.set(key, group);
    return group;
  }

  /** The browser has been told where it belongs. */
  answered(group: HintGroup): void {
    group.endsAtMs = Math.min(group.endsAtMs, this.#clock.nowMs() + AFTER_ANSWER_MS);
  }

  clear(): void {
    this.#young.clear();
    this.#old.clear();
  }

  #live(key: string, nowMs: number): HintGroup | undefined {
    const group = this.#young.get(key) ?? this.#old.get(key);
    if (group === undefined || nowMs >= group.endsAtMs || group.requests >= MOST_REQUESTS) return undefined;
    return group.requests < USUAL_REQUESTS || nowMs - group.lastRequestMs < BURST_GAP_MS ? group : undefined;
  }

  #dropOld(nowMs: number): void {
    if (nowMs < this.#youngSinceMs + this.#windowMs && this.#young.size < MOST_GROUPS) return;
    this.#old = this.#young;
    this.#young = new Map();
    this.#youngSinceMs = nowMs;
  }
}
