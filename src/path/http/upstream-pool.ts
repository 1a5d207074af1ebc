import type { ClusterSnapshot, Member } from "../../model/snapshot.ts";
import type { Clock, Timer } from "../../platform/clock.ts";
import { IdleList } from "./idle-list.ts";
import type { UpstreamOptions } from "./options.ts";
import type { Upstream } from "./upstream.ts";

/** What a request may ride on. */
export interface IdleWish {
  readonly member: Member;
  readonly clientConnection: number;
  /** What this client used last at the member. */
  readonly own: Upstream | undefined;
  /** Sending it twice does no harm, so a connection that may turn out dead is good enough. */
  readonly repeatable: boolean;
  /** Whom a PROXY header would name; undefined when none is sent. */
  readonly announcedClient: string | undefined;
}

/** Idle backend connections, by slot; the one used last is taken first, so that as few as possible stay in use. */
export class UpstreamPool {
  readonly #options: UpstreamOptions;
  readonly #clock: Clock;
  /** By slot, as the ledger's counters: slots are small numbers. */
  readonly #idle: (IdleList | undefined)[] = [];
  #usable: ReadonlyMap<number, Member> | undefined;
  #sweep: Timer | undefined;
  #size = 0;
  /** Some kept were one client's alone, perhaps none any more: most backends never make one, and nothing is looked for then. */
  #hasPrivate = false;

  constructor(options: UpstreamOptions, clock: Clock) {
    this.#options = options;
    this.#clock = clock;
  }

  /** Idle connections to all backends. */
  get size(): number {
    return this.#size;
  }

  /**
   * An idle connection that the request may use, its own client's before another's; undefined when there is none. The
   * caller becomes its user and gives it back with `give`, or closes it.
   */
  take(wish: IdleWish): Upstream | undefined {
    const idle = this.#idle[wish.member.slot];
    if (idle === undefined) return undefined;
    const mayTakeOthers = wish.repeatable && this.#options.reuse === "shared";
    // A connection that names one client is of no use to the others of a shared client connection, so there may be several.
    const mayHaveMore = mayTakeOthers || wish.announcedClient !== undefined;
    const upstream = ownOf(wish) ?? (mayHaveMore ? newestThat(idle, wish, mayTakeOthers) : undefined);
    if (upstream === undefined) return undefined;
    idle.remove(upstream);
    this.#size--;
    return upstream;
  }

  /**
   * The answer is complete and nothing is on its way: keeps the connection for the next request, or closes it.
   * @param nowMs when its last bytes came
   */
  give(upstream: Upstream, nowMs: number): void {
    const { reuse, maxRequests, idlePerBackend } = this.#options;
    upstream.user = undefined;
    const isSpent = maxRequests > 0 && upstream.requests >= maxRequests;
    if (reuse === "never" || idlePerBackend === 0 || isSpent || !this.#isUsable(upstream)) {
      upstream.socket.close();
      return;
    }
    const idle = this.#idleOf(upstream.slot);
    upstream.idleSinceMs = nowMs;
    this.#hasPrivate ||= upstream.isPrivate;
    idle.add(upstream);
    this.#size++;
    if (idle.size > idlePerBackend && idle.oldest !== undefined) this.#close(idle.oldest);
    this.#sweep ??= this.#sweepAfter(this.#options.idleTimeoutMs);
  }

  /** It ended by itself while idle. */
  forget(upstream: Upstream): void {
    if (!upstream.isIdle) return;
    this.#idle[upstream.slot]?.remove(upstream);
    this.#size--;
  }

  /** A client connection has ended: those kept for it alone are of no use. */
  forgetClient(clientConnection: number): void {
    const isAll = this.#options.reuse === "client";
    if (!isAll && !this.#hasPrivate) return;
    this.#closeWhere((upstream) => upstream.lastClient === clientConnection && (isAll || upstream.isPrivate));
  }

  /** Closes the idle connections of members that have gone, moved or gone down, now and as they become idle. */
  follow(snapshot: ClusterSnapshot): void {
    const usable = new Map(snapshot.members.filter((m) => m.health !== "unhealthy").map((m) => [m.slot, m]));
    this.#usable = usable;
    this.#closeWhere((upstream) => !this.#isUsable(upstream));
  }

  /** Closes the one that has been idle for longest, if there is any. */
  closeOldest(): void {
    let oldest: Upstream | undefined;
    for (const idle of this.#idle) {
      const first = idle?.oldest;
      if (first !== undefined && (oldest === undefined || first.idleSinceMs < oldest.idleSinceMs)) oldest = first;
    }
    if (oldest !== undefined) this.#close(oldest);
  }

  closeAll(): void {
    this.#closeWhere(() => true);
    this.#sweep?.cancel();
    this.#sweep = undefined;
  }

  #idleOf(slot: number): IdleList {
    while (this.#idle.length <= slot) this.#idle.push(undefined);
    const known = this.#idle[slot];
    if (known !== undefined) return known;
    const idle = new IdleList();
    this.#idle[slot] = idle;
    return idle;
  }

  /** Until the members change, every connection leads to one of them. */
  #isUsable(upstream: Upstream): boolean {
    if (this.#usable === undefined) return true;
    const member = this.#usable.get(upstream.slot);
    return member !== undefined && upstream.leadsTo(member);
  }

  #close(upstream: Upstream): void {
    this.forget(upstream);
    upstream.socket.close();
  }

  #closeWhere(matches: (upstream: Upstream) => boolean): void {
    for (const idle of this.#idle) {
      for (let upstream = idle?.oldest; upstream !== undefined; ) {
        const { newer } = upstream;
        if (matches(upstream)) this.#close(upstream);
        upstream = newer;
      }
    }
  }

  #sweepAfter(delayMs: number): Timer | undefined {
    if (this.#options.idleTimeoutMs === 0) return undefined;
    return this.#clock.after(Math.max(1, delayMs), () => this.#dropExpired());
  }

  #dropExpired(): void {
    const { idleTimeoutMs } = this.#options;
    const nowMs = this.#clock.nowMs();
    let oldestMs = Number.POSITIVE_INFINITY;
    for (const idle of this.#idle) {
      if (idle === undefined) continue;
      while (idle.oldest !== undefined && nowMs - idle.oldest.idleSinceMs >= idleTimeoutMs) this.#close(idle.oldest);
      oldestMs = Math.min(oldestMs, idle.oldest?.idleSinceMs ?? oldestMs);
    }
    this.#sweep = this.#size === 0 ? undefined : this.#sweepAfter(oldestMs + idleTimeoutMs - nowMs);
  }
}

/** A client keeps one connection to each backend, as long as nobody else has taken it. */
function ownOf(wish: IdleWish): Upstream | undefined {
  const { own } = wish;
  return own?.isIdle === true && own.lastClient === wish.clientConnection && fits(own, wish) ? own : undefined;
}

function newestThat(idle: IdleList, wish: IdleWish, mayBeOthers: boolean): Upstream | undefined {
  for (let upstream = idle.newest; upstream !== undefined; upstream = upstream.older) {
    const isOurs = upstream.lastClient === wish.clientConnection || (mayBeOthers && !upstream.isPrivate);
    if (isOurs && fits(upstream, wish)) return upstream;
  }
  return undefined;
}

function fits(upstream: Upstream, wish: IdleWish): boolean {
  return upstream.leadsTo(wish.member) && upstream.announcedClient === wish.announcedClient;
}
