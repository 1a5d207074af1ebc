import type { ClusterSnapshot, Member } from "../../model/snapshot.ts";
import type { Clock, Timer } from "../../platform/clock.ts";
import type { UpstreamOptions } from "./options.ts";
import type { Upstream } from "./upstream.ts";

/** What a request may ride on. */
export interface IdleWish {
  readonly member: Member;
  readonly clientConnection: number;
  /** Sending it twice does no harm, so a connection that may turn out dead is good enough. */
  readonly repeatable: boolean;
  /** Whom a PROXY header would name; undefined when none is sent. */
  readonly announcedClient: string | undefined;
}

/** Idle backend connections, by slot; the one used last is taken first, so that as few as possible stay in use. */
export class UpstreamPool {
  readonly #options: UpstreamOptions;
  readonly #clock: Clock;
  readonly #idle = new Map<number, Upstream[]>();
  #sweep: Timer | undefined;
  #size = 0;

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
    const idle = this.#idle.get(wish.member.slot);
    if (idle === undefined) return undefined;
    let found = -1;
    for (let i = idle.length - 1; i >= 0 && found < 0; i--) {
      const upstream = idle[i];
      if (upstream?.lastClient === wish.clientConnection && fits(upstream, wish)) found = i;
    }
    if (found < 0 && wish.repeatable && this.#options.reuse === "shared") {
      for (let i = idle.length - 1; i >= 0 && found < 0; i--) {
        const upstream = idle[i];
        if (upstream !== undefined && fits(upstream, wish)) found = i;
      }
    }
    if (found < 0) return undefined;
    const upstream = found === idle.length - 1 ? idle.pop() : idle.splice(found, 1)[0];
    this.#size--;
    return upstream;
  }

  /** The answer is complete and nothing is on its way: keeps the connection for the next request, or closes it. */
  give(upstream: Upstream): void {
    const { reuse, maxRequests, idlePerBackend } = this.#options;
    upstream.user = undefined;
    if (reuse === "never" || idlePerBackend === 0 || (maxRequests > 0 && upstream.requests >= maxRequests)) {
      upstream.socket.close();
      return;
    }
    let idle = this.#idle.get(upstream.slot);
    if (idle === undefined) {
      idle = [];
      this.#idle.set(upstream.slot, idle);
    }
    upstream.idleSinceMs = this.#clock.nowMs();
    idle.push(upstream);
    this.#size++;
    if (idle.length > idlePerBackend) {
      this.#size--;
      idle.shift()?.socket.close();
    }
    this.#sweep ??= this.#sweepAfter(this.#options.idleTimeoutMs);
  }

  /** It ended by itself while idle. */
  forget(upstream: Upstream): void {
    const idle = this.#idle.get(upstream.slot);
    const at = idle?.indexOf(upstream) ?? -1;
    if (idle === undefined || at < 0) return;
    idle.splice(at, 1);
    this.#size--;
  }

  /** A client connection has ended: those kept for it alone are of no use. */
  forgetClient(clientConnection: number): void {
    if (this.#options.reuse === "client") this.#closeWhere((upstream) => upstream.lastClient === clientConnection);
  }

  /** Closes the idle connections of members that have gone, moved or gone down. */
  follow(snapshot: ClusterSnapshot): void {
    const usable = new Map(snapshot.members.filter((m) => m.health !== "unhealthy").map((m) => [m.slot, m]));
    this.#closeWhere((upstream) => {
      const member = usable.get(upstream.slot);
      return member === undefined || !upstream.leadsTo(member);
    });
  }

  closeAll(): void {
    this.#closeWhere(() => true);
    this.#sweep?.cancel();
    this.#sweep = undefined;
  }

  #closeWhere(matches: (upstream: Upstream) => boolean): void {
    for (const [slot, idle] of this.#idle) {
      const rest = idle.filter((upstream) => !matches(upstream));
      if (rest.length === idle.length) continue;
      const gone = idle.filter(matches);
      this.#size -= gone.length;
      if (rest.length === 0) this.#idle.delete(slot);
      else this.#idle.set(slot, rest);
      for (const upstream of gone) upstream.socket.close();
    }
  }

  #sweepAfter(delayMs: number): Timer | undefined {
    if (this.#options.idleTimeoutMs === 0) return undefined;
    return this.#clock.after(Math.max(1, delayMs), () => this.#dropExpired());
  }

  #dropExpired(): void {
    const { idleTimeoutMs } = this.#options;
    const nowMs = this.#clock.nowMs();
    this.#closeWhere((upstream) => nowMs - upstream.idleSinceMs >= idleTimeoutMs);
    let oldestMs = Number.POSITIVE_INFINITY;
    // Each stack is in order of idleness: the one idle for longest is its first.
    for (const idle of this.#idle.values()) oldestMs = Math.min(oldestMs, idle[0]?.idleSinceMs ?? oldestMs);
    this.#sweep = oldestMs < nowMs + idleTimeoutMs ? this.#sweepAfter(oldestMs + idleTimeoutMs - nowMs) : undefined;
    if (this.#size === 0) {
      this.#sweep?.cancel();
      this.#sweep = undefined;
    }
  }
}

function fits(upstream: Upstream, wish: IdleWish): boolean {
  return upstream.leadsTo(wish.member) && upstream.announcedClient === wish.announcedClient;
}
