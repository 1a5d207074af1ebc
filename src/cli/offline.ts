import { clusterOptions } from "../compose/cluster-options.ts";
import { liveOptions, placementOptions } from "../compose/data-path-options.ts";
import type { Settings } from "../config/settings.ts";
import { Cluster } from "../control/cluster.ts";
import { movedShare } from "../hashing/moved-share.ts";
import { keyHash } from "../hashing/murmur3.ts";
import { buildTable } from "../hashing/registry.ts";
import type { BackendId } from "../model/backend.ts";
import type { Skip } from "../model/choice.ts";
import type { ClusterSnapshot, Member, Tier } from "../model/snapshot.ts";
import type { Placement, Refusal } from "../path/ask-placement.ts";
import { choose } from "../path/choose.ts";
import { identify } from "../path/identify.ts";
import { Ledger } from "../path/ledger.ts";
import { ClientCounts } from "../path/nat-split.ts";
import { TokenBuckets } from "../path/token-buckets.ts";
import { systemClock } from "../platform/clock.ts";
import { systemRandom } from "../platform/random.ts";

/** A balancer without sockets: the configuration's cluster and the data path's decisions. */
export class OfflineBalancer {
  readonly snapshot: ClusterSnapshot;
  readonly #settings: Settings;
  readonly #limits = { counts: new ClientCounts(), buckets: new TokenBuckets() };
  readonly #idle = new Ledger();

  /** @param down ids of backends to take as down; unknown ids are the caller's mistake to report. */
  constructor(settings: Settings, down: ReadonlySet<BackendId> = new Set()) {
    this.#settings = settings;
    const cluster = new Cluster(clusterOptions(settings), {
      clock: systemClock,
      random: systemRandom,
      buildTable,
      movedShare,
      openConnections: () => 0,
      onTransition: () => {},
      onDrainDeadline: () => {},
    });
    cluster.reload(settings.backends);
    cluster.stop();
    this.snapshot = withDown(cluster.published.current, down);
  }

  /**
   * Where a client would go, from the same code as the data path, with every backend idle and, unless said otherwise, up.
   * @param address text of an IPv4 or IPv6 address; the caller has checked that it is one.
   */
  place(address: string, port: number): Placement | Refusal {
    const placement = placementOptions(this.#settings);
    const live = { ...liveOptions(this.#settings), maxConnectionsPerClient: 0, ratePerClient: undefined };
    const identified = identify({ address, port }, placement, live, this.#limits, 0);
    if ("refused" in identified) return identified;
    const hash = keyHash(identified.key.bytes, placement.hashSeed);
    const skipped: Skip[] = [];
    const request = { keyHash: hash, mayQueue: false, nowMs: 0 };
    const choice = choose(this.snapshot, request, placement.choose, this.#idle, (skip) => skipped.push(skip));
    return { key: identified.key, keyHash: hash, choice, skipped };
  }
}

/** The snapshot with some backends down and all others as if checked: slow start and HEALTH_INITIAL=down are not of interest. */
function withDown(snapshot: ClusterSnapshot, down: ReadonlySet<BackendId>): ClusterSnapshot {
  const judged = (member: Member): Member => ({
    ...member,
    health: down.has(member.backend.id) ? "unhealthy" : "healthy",
    rampFromMs: 0,
    rampUntilMs: 0,
  });
  const tier = (before: Tier): Tier => ({ ...before, members: before.members.map(judged) });
  return {
    ...snapshot,
    members: snapshot.members.map(judged),
    primary: tier(snapshot.primary),
    backup: tier(snapshot.backup),
  };
}
