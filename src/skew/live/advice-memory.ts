import type { LiveAdvice } from "./live-advice.ts";

/** What lasts is said once a day: often enough to be found in the log, seldom enough to live with. */
const AGAIN_MS = 24 * 3_600_000;

/** It is said again when it has become so many times as heavy. */
const MUCH_MORE = 2;

interface Said {
  readonly advice: LiveAdvice;
  readonly atMs: number;
}

/** Remembers what has been said, so that a log is not filled with it. Bounded by what is the case. */
export class AdviceMemory {
  #said = new Map<string, Said>();

  /**
   * What is to be said now: what is new, what was over and has come back, what has become twice as heavy, and what has lasted
   * for a day since. What is about this machine's own addresses only is said once.
   *
   * @param raised what there is to say
   * @param held what is not over: the same, found with more ease, so that what hovers at the limit does not come and go
   */
  update(raised: readonly LiveAdvice[], held: readonly LiveAdvice[], nowMs: number): readonly LiveAdvice[] {
    const lasting = new Set([...raised, ...held].map(keyOf));
    for (const [key, { advice }] of this.#said) if (!advice.isLocal && !lasting.has(key)) this.#said.delete(key);
    const proxies = held.find(({ code }) => code === "behind-proxy");
    const known = proxies !== undefined && this.#said.has(keyOf(proxies)) ? proxies.clients : [];
    const fresh = raised.filter((advice) => this.#isNews(advice, nowMs) && !isPartOf(advice, known));
    for (const advice of fresh) this.#said.set(keyOf(advice), { advice, atMs: nowMs });
    return fresh;
  }

  #isNews(advice: LiveAdvice, nowMs: number): boolean {
    const said = this.#said.get(keyOf(advice));
    if (said === undefined) return true;
    if (advice.isLocal) return false;
    return (
      nowMs - said.atMs >= AGAIN_MS ||
      advice.fairShares >= MUCH_MORE * said.advice.fairShares ||
      // Another proxy altogether.
      !advice.clients.some((client) => said.advice.clients.includes(client))
    );
  }
}

/** A proxy that carries a little less than nearly all is the same proxy still. */
function isPartOf({ code, clients }: LiveAdvice, proxies: readonly string[]): boolean {
  return code === "heavy-address" && clients.every((client) => proxies.includes(client));
}

/** Proxies share a finding, whichever of them are needed to make up nearly everything. */
function keyOf({ code, clients, isLocal }: LiveAdvice): string {
  if (isLocal) return `local ${code}`;
  return code === "behind-proxy" ? code : `${code} ${clients[0] ?? ""}`;
}
