import type { Settings } from "../config/settings.ts";
import type { BackendId } from "../model/backend.ts";
import type { ClusterSnapshot } from "../model/snapshot.ts";
import type { Log } from "../observe/log.ts";
import type { ClientTally } from "../path/client-tally.ts";
import type { Clock, Timer } from "../platform/clock.ts";
import type { Random } from "../platform/random.ts";
import type { HeavyHitter } from "../skew/heavy-hitters.ts";
import { AdviceMemory } from "../skew/live/advice-memory.ts";
import { type AdviceText, adviceText, unitOf } from "../skew/live/advice-text.ts";
import { ClientShares, HALF_LIFE_MS } from "../skew/live/client-shares.ts";
import { type LiveAdvice, liveAdvice, type Traffic } from "../skew/live/live-advice.ts";
import { rounded } from "../skew/rounded.ts";
import { FairShares } from "./fair-shares.ts";
import { clientMask, skewContext } from "./skew-context.ts";

const MINUTE_MS = 60_000;

/** Those who may be worth a word; proxies and heavy addresses are among the first. */
const JUDGED = 16;

/** What is over must be clearly over. */
const EASE = 0.75;

/** How many clients `/api/skew` lists. */
const LISTED = 20;

/** What an address carries; 0–1 for `share`, all between two bounds. */
export interface Carried {
  readonly atLeast: number;
  readonly atMost: number;
  readonly share: { readonly atLeast: number; readonly atMost: number };
  /** Of the backend that is its home; undefined when no backend can be used. */
  readonly fairShares: { readonly atLeast: number; readonly atMost: number } | undefined;
}

/** Of what the shares are. */
export interface Counted {
  /** Connections or requests, faded. */
  readonly counted: number;
  readonly unit: string;
  readonly halfLifeMs: number;
}

/** The answer to `GET /api/skew`. */
export interface SkewReport extends Counted {
  /** One in so many was counted, for all of them; 1 = every one. */
  readonly countedOneIn: number;
  /** Heaviest first; masked as in the access log. */
  readonly clients: readonly (Carried & { readonly client: string; readonly home: BackendId | undefined })[];
  /** The peers whose PROXY headers named clients, heaviest first. */
  readonly proxies: readonly string[];
  /** What the log would say now. */
  readonly advice: readonly (Pick<LiveAdvice, "code" | "clients" | "share" | "fairShares"> & AdviceText)[];
}

export interface LiveSkewParts {
  readonly settings: Settings;
  readonly snapshot: () => ClusterSnapshot;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
}

/** Watches which clients carry how much, and tells the log when that is more than hashing can spread. */
export class LiveSkew {
  readonly #parts: LiveSkewParts;
  readonly #shares: ClientShares;
  readonly #memory = new AdviceMemory();
  #settings: Settings;
  #timer: Timer | undefined;

  constructor(parts: LiveSkewParts) {
    this.#parts = parts;
    this.#settings = parts.settings;
    this.#shares = new ClientShares(parts.random, isWanted(parts.settings));
  }

  /** For the data plane. */
  get tally(): ClientTally {
    return this.#shares;
  }

  start(): void {
    this.#timer = this.#parts.clock.after(MINUTE_MS, () => this.#passMinute());
  }

  stop(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  configure(settings: Settings): void {
    this.#settings = settings;
    this.#shares.switch(isWanted(settings));
  }

  get counted(): Counted {
    const { speaks } = this.#context(this.#fairShares());
    return { counted: Math.round(this.#shares.total), unit: unitOf(speaks), halfLifeMs: HALF_LIFE_MS };
  }

  /** What a client carries. @param client its name, as in limits */
  carriedBy(client: string): Carried {
    return this.#carried(this.#shares.lookUp(client), this.#fairShares());
  }

  /** The heaviest clients and what there is to say of them: `GET /api/skew`. */
  report(): SkewReport {
    const fair = this.#fairShares();
    const context = this.#context(fair);
    const mask = clientMask(this.#settings);
    const clients = this.#shares.top(LISTED).map((hitter) => ({
      client: mask === undefined ? hitter.key : mask.key(hitter.key),
      home: fair.homeOf(hitter.key)?.backend.id,
      ...this.#carried(hitter, fair),
    }));
    const advice = liveAdvice(this.#traffic(fair), context).map((found) => ({
      code: found.code,
      clients: found.clients.map(context.show),
      share: rounded(found.share, 4),
      fairShares: rounded(found.fairShares, 2),
      ...adviceText(found, context),
    }));
    const proxies = this.#shares.topPeers(LISTED).map(({ key }) => key);
    return { ...this.counted, countedOneIn: this.#shares.stride, clients, proxies, advice };
  }

  #passMinute(): void {
    this.#timer = this.#parts.clock.after(MINUTE_MS, () => this.#passMinute());
    if (this.#settings.skewAdvice) this.#advise();
    this.#shares.passMinute();
  }

  #advise(): void {
    const fair = this.#fairShares();
    const context = this.#context(fair);
    const traffic = this.#traffic(fair);
    const held = liveAdvice(traffic, context, EASE);
    const news = this.#memory.update(liveAdvice(traffic, context), held, this.#parts.clock.nowMs());
    for (const advice of news) this.#say(advice, adviceText(advice, context).message, context.show);
  }

  #say(
    { code, clients, share, fairShares, isLocal }: LiveAdvice,
    message: string,
    show: (client: string) => string,
  ): void {
    const fields = {
      event: "skew-advice",
      code,
      clients: clients.map(show).join(","),
      share: rounded(share, 4),
      fair_shares: rounded(fairShares, 2),
      counted: this.counted.counted,
    };
    // In development all clients are on this machine: nothing to be warned of.
    if (isLocal) this.#parts.log.info(message, fields);
    else this.#parts.log.warn(message, fields);
  }

  #fairShares(): FairShares {
    return new FairShares(this.#parts.snapshot(), this.#settings.hashSeed);
  }

  #context(fair: FairShares) {
    const areNamed = this.#shares.namedTotal > this.#shares.total / 2;
    return skewContext(this.#settings, { areNamed, backends: fair.backends });
  }

  #traffic(fair: FairShares): Traffic {
    const carriers = this.#shares
      .top(JUDGED)
      // All clients of a unix socket are one; the check of the configuration has said so.
      .filter(({ key }) => key !== "unix")
      .map(({ key, atLeast }) => ({ client: key, atLeast, fairShare: fair.of(key) ?? 1 }));
    return { total: this.#shares.total, grain: this.#shares.grain, carriers, backends: fair.backends };
  }

  #carried({ key, atLeast, atMost }: HeavyHitter<string>, fair: FairShares): Carried {
    const { total } = this.#shares;
    const shareOf = (weight: number): number => (total === 0 ? 0 : rounded(weight / total, 6));
    const share = { atLeast: shareOf(atLeast), atMost: shareOf(atMost) };
    const part = fair.of(key);
    return {
      atLeast: rounded(atLeast, 1),
      atMost: rounded(atMost, 1),
      share,
      fairShares:
        part === undefined
          ? undefined
          : { atLeast: rounded(share.atLeast / part, 3), atMost: rounded(share.atMost / part, 3) },
    };
  }
}

/** Whether anybody will look at what is counted. */
function isWanted({ skewAdvice, adminListen }: Settings): boolean {
  return skewAdvice || adminListen !== "off";
}
