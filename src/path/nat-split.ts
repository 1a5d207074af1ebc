/** How a heavy client address is spread over several backends (NAT_SPLIT and its companions). */
export interface NatSplitOptions {
  /** 0 or 1 = off, else the number of backends. */
  readonly over: number;
  /** Fair shares of one backend above which an address is heavy. */
  readonly share: number;
  /** What tells the people behind one address apart: their block of source ports, or nothing. */
  readonly key: "port-block" | "connection";
  /** Ports in a block. */
  readonly portBlock: number;
}

/** Below this many connections a share says nothing: the first client of an idle balancer has all of them. */
export const MIN_HEAVY_CONNECTIONS = 32;

/** After a limit was hit, connections are taken again below this share of it. */
export const ROOM_AGAIN = 0.95;

/**
 * Counts open connections by client prefix and remembers which clients have become heavy. A client that is heavy stays so
 * until its last connection has ended, so that its people are not moved to and fro.
 */
export class ClientCounts {
  readonly #counts = new Map<string, { open: number; heavy: boolean; full: boolean }>();

  /** Clients with open connections. */
  get size(): number {
    return this.#counts.size;
  }

  open(client: string): number {
    return this.#counts.get(client)?.open ?? 0;
  }

  opened(client: string): void {
    const count = this.#counts.get(client);
    if (count === undefined) this.#counts.set(client, { open: 1, heavy: false, full: false });
    else count.open++;
  }

  closed(client: string): void {
    const count = this.#counts.get(client);
    if (count === undefined) return;
    count.open--;
    if (count.open <= 0) this.#counts.delete(client);
  }

  /**
   * Whether the client has reached `max` connections, or had and is not below 95 % of it again: who hangs at the limit
   * would otherwise be let in and refused in turns.
   */
  isFull(client: string, max: number): boolean {
    const count = this.#counts.get(client);
    if (count === undefined) return false;
    if (count.open >= max) count.full = true;
    else if (count.open < max * ROOM_AGAIN) count.full = false;
    return count.full;
  }

  /** Whether the client's open connections exceed `share` fair shares of `total` connections over `backends`. */
  isHeavy(client: string, share: number, total: number, backends: number): boolean {
    const count = this.#counts.get(client);
    if (count === undefined) return false;
    if (!count.heavy) count.heavy = isAbove(count.open, share, total, backends);
    return count.heavy;
  }

  /** Whether one more connection would find the client heavy; for those who only ask, so nobody becomes heavy by it. */
  looksHeavy(client: string, share: number, total: number, backends: number): boolean {
    const { open, heavy } = this.#counts.get(client) ?? { open: 0, heavy: false };
    return heavy || isAbove(open + 1, share, total, backends);
  }
}

function isAbove(open: number, share: number, total: number, backends: number): boolean {
  return open >= MIN_HEAVY_CONNECTIONS && open > (share * total) / backends;
}

/** Which of its `over` backends a connection of a heavy client goes to: 0 … over−1. */
export function splitStart(options: NatSplitOptions, keyHash: number, port: number, connection: number): number {
  const part = options.key === "port-block" ? Math.floor(port / options.portBlock) : connection;
  // A step of the golden ratio spreads neighbouring blocks evenly (Knuth, TAOCP 6.4).
  return ((Math.imul(part, 0x9e3779b1) ^ keyHash) >>> 0) % options.over;
}
