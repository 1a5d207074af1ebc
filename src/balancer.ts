import { announceFull, announceReload, announceTransition } from "./compose/announce.ts";
import { clusterOptions } from "./compose/cluster-options.ts";
import { dataPathOptions, liveOptions } from "./compose/data-path-options.ts";
import { Insight } from "./compose/insight.ts";
import { listenError } from "./compose/listen-error.ts";
import { listenerEvents } from "./compose/listener-events.ts";
import { listeningPlaces } from "./compose/listening-places.ts";
import { withNotHttpNotice } from "./compose/not-http-notice.ts";
import { withLiveSettings } from "./config/changed-settings.ts";
import type { Settings } from "./config/settings.ts";
import { Cluster } from "./control/cluster.ts";
import { type DrainReport, ProcessDrain } from "./control/process-drain.ts";
import type { ReloadReport } from "./control/reload-report.ts";
import { movedShare } from "./hashing/moved-share.ts";
import { buildTable } from "./hashing/registry.ts";
import type { Backend, BackendId } from "./model/backend.ts";
import type { Cause, ConnectionRecord } from "./model/connection-record.ts";
import type { ListenAddress } from "./model/listen-address.ts";
import type { RequestRecord } from "./model/request-record.ts";
import type { ClusterSnapshot } from "./model/snapshot.ts";
import type { Log } from "./observe/log.ts";
import { DataPath } from "./path/data-path.ts";
import { Listener } from "./path/listen.ts";
import { type Clock, systemClock } from "./platform/clock.ts";
import { type Random, systemRandom } from "./platform/random.ts";
import type { ReadMode } from "./platform/relay-socket.ts";

/** What a balancer is given besides its settings. */
export interface BalancerParts {
  readonly log: Log;
  /** Called once for every connection, refused ones included. Must be quick and not throw. */
  readonly onRecord: (record: ConnectionRecord) => void;
  /** Called once for every request of an http listener. Must be quick and not throw. */
  readonly onRequest?: ((record: RequestRecord) => void) | undefined;
  readonly clock?: Clock;
  readonly random?: Random;
  /** How sockets are read; `direct` falls back to `stream` where Node's internals do not allow it. */
  readonly readMode?: ReadMode;
  /** Where LISTEN=systemd finds its sockets. */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

const OUT_OF_DESCRIPTORS =
  "no descriptor was left to connect to a backend; raise the open files limit (ulimit -n) or lower LENGKET_MAX_CONNECTIONS";

/**
 * The composition root: the only place that knows the control plane and the data plane. The control plane publishes
 * snapshots and the data plane reads them; the data plane reports what it saw, and this file carries it over.
 */
export class Balancer {
  #settings: Settings;
  readonly #parts: BalancerParts;
  readonly #clock: Clock;
  readonly #cluster: Cluster;
  readonly #path: DataPath;
  readonly #listeners: Listener[] = [];
  readonly #insight: Insight;
  /** Members that drain, by ledger slot: only their last connection interests the control plane. */
  #draining: ReadonlyMap<number, BackendId> = new Map();
  #drain: ProcessDrain | undefined;
  #isStarted = false;
  /** No place is opened any more. */
  #hasStoppedAccepting = false;
  #isClosed = false;

  constructor(settings: Settings, parts: BalancerParts) {
    const clock = parts.clock ?? systemClock;
    const random = parts.random ?? systemRandom;
    this.#settings = settings;
    this.#parts = parts;
    this.#clock = clock;
    this.#cluster = new Cluster(clusterOptions(settings), {
      clock,
      random,
      buildTable,
      movedShare,
      openConnections: (slot) => this.#path.ledger.open(slot),
      onTransition: (transition) => {
        // The first list is no news; the line that says where the balancer listens counts it.
        if (this.#isStarted || transition.kind !== "added") announceTransition(parts.log, transition);
      },
      onDrainDeadline: (member) => this.#path.closeBackend(member.slot, "operator", "drain-deadline", true),
    });
    this.#insight = new Insight({ settings, snapshot: () => this.snapshot, clock, random, log: parts.log });
    this.#path = new DataPath({
      options: dataPathOptions(settings, parts.readMode ?? "direct"),
      published: this.#cluster.published,
      clock,
      random,
      tally: this.#insight.tally,
      events: {
        onRecord: withNotHttpNotice(parts.onRecord, parts.log, clock),
        onRequest: parts.onRequest,
        onConnectResult: (backend, failure) => this.#onConnectResult(backend, failure),
        onBackendIdle: (slot) => this.#onBackendIdle(slot),
        onFull: (isFull) => announceFull(parts.log, this.#path.options.maxConnections, isFull),
      },
    });
    this.#cluster.published.onPublish((snapshot) => this.#onPublish(snapshot));
  }

  /** What clients are placed by now. */
  get snapshot(): ClusterSnapshot {
    return this.#cluster.published.current;
  }

  /** Open client connections. */
  get openConnections(): number {
    return this.#path.open;
  }

  /** Connections accepted since the start, the refused ones included. */
  get acceptedConnections(): number {
    return this.#path.accepted;
  }

  /** The live counters and memory of the data plane; all zero when nobody is connected. */
  get gauges(): {
    readonly open: number;
    readonly leases: number;
    readonly waiting: number;
    readonly buffersLent: number;
    readonly idleUpstreams: number;
  } {
    const { ledger, waitingRoom, pool, idleUpstreams } = this.#path;
    const { open } = this.#path;
    return { open, leases: ledger.total, waiting: waitingRoom.size, buffersLent: pool.lent, idleUpstreams };
  }

  /** Open connections of one backend; 0 for unknown ones. */
  openOn(backend: BackendId): number {
    const member = this.snapshot.members.find((m) => m.backend.id === backend);
    return member === undefined ? 0 : this.#path.ledger.open(member.slot);
  }

  /** `close` was called, or a drain has ended; perhaps before it ever listened. */
  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Where it listens, in the order of LISTEN; real ports. Empty before `start`. */
  get addresses(): readonly string[] {
    return this.#listeners.map((listener) => listener.address);
  }

  /** The TCP ports it listens on, in the order of LISTEN; 0 for other places. */
  get ports(): readonly number[] {
    return this.#listeners.map((listener) => listener.port);
  }

  /** Where the admin interface listens; undefined when it does not. */
  get adminAddress(): string | undefined {
    return this.#insight.address;
  }

  /**
   * Checks the backends once, if HEALTH_INITIAL asks for it, then listens.
   * @throws ListenError when a place cannot be opened; the others are closed again then.
   */
  async start(): Promise<void> {
    this.#cluster.reload(this.#settings.backends);
    this.#isStarted = true;
    await this.#cluster.start();
    try {
      for (const address of this.#settings.listen) await this.#open(address);
      if (!this.#isClosed) await this.#insight.start(this.#path);
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /**
   * Applies what can change while connections run, also before `start`. Connections to untouched backends are not disturbed.
   * Throws, and leaves all as it was, when no hash table can be built from the backends (RangeError).
   */
  reload(settings: Settings): ReloadReport {
    const report = this.#cluster.reload(settings.backends);
    this.#settings = withLiveSettings(this.#settings, settings);
    this.#path.configure(liveOptions(settings));
    this.#insight.configure(this.#settings);
    if (this.#isStarted) announceReload(this.#parts.log, report);
    return report;
  }

  /**
   * Begins the orderly end (SHUTDOWN_MIN, _QUIET, _TIMEOUT); `skipListening` stops accepting at once. Called again: resets
   * every connection now.
   */
  drain(onStage: (report: DrainReport) => void, { skipListening = false } = {}): void {
    if (this.#drain !== undefined) {
      this.#drain.hurry();
      return;
    }
    const { shutdownMinMs, shutdownQuietMs, shutdownTimeoutMs } = this.#settings;
    this.#drain = new ProcessDrain(
      {
        minMs: skipListening ? 0 : shutdownMinMs,
        quietMs: skipListening ? 0 : shutdownQuietMs,
        timeoutMs: shutdownTimeoutMs,
      },
      {
        openConnections: () => this.#path.open,
        lastAcceptedAtMs: () => this.#path.lastAcceptedAtMs,
        stopAccepting: () => {
          this.#stopAccepting();
          this.#path.leave(true);
        },
        closeConnections: (politely) => this.#path.closeAll("shutdown", politely),
      },
      this.#clock,
      (report) => {
        if (report.stage === "done") this.close();
        onStage(report);
      },
    );
    this.#path.leave(false);
    this.#drain.begin();
  }

  /** Ends everything at once, a drain among it, of which no more is told then. Twice is harmless. */
  close(): void {
    this.#isClosed = true;
    this.#stopAccepting();
    this.#drain?.cancel();
    this.#insight.close();
    this.#path.destroy();
    this.#cluster.stop();
  }

  #stopAccepting(): void {
    this.#hasStoppedAccepting = true;
    for (const listener of this.#listeners) listener.close();
  }

  async #open(address: ListenAddress): Promise<void> {
    for (const { name, place } of listeningPlaces(address, this.#parts.env ?? {})) {
      if (this.#hasStoppedAccepting) return;
      const listener = new Listener({
        name,
        place,
        mode: address.mode,
        proxyProtocolIn: address.proxyProtocolIn,
        options: {
          backlog: this.#settings.listenBacklog,
          noDelay: this.#settings.tcpNoDelay,
          keepAliveMs: this.#settings.tcpKeepAliveMs,
          reusePort: this.#settings.reusePort,
          readMode: this.#parts.readMode ?? "direct",
        },
        path: this.#path,
        clock: this.#clock,
        events: listenerEvents(this.#parts.log),
      });
      try {
        await listener.start();
      } catch (error) {
        throw listenError(name, place, error);
      }
      this.#listeners.push(listener);
      // It was under way when the others were closed.
      if (this.#hasStoppedAccepting) listener.close();
    }
  }

  #onPublish(snapshot: ClusterSnapshot): void {
    const draining = snapshot.members.filter((member) => member.lifecycle === "draining");
    this.#draining = new Map(draining.map((member) => [member.slot, member.backend.id]));
  }

  #onBackendIdle(slot: number): void {
    const id = this.#draining.get(slot);
    if (id !== undefined) this.#cluster.dispatch({ kind: "emptied", id, atMs: this.#clock.nowMs() });
  }

  #onConnectResult(backend: Backend, failure: Cause | undefined): void {
    const { id } = backend;
    const atMs = this.#clock.nowMs();
    // Half of what a connection needs was to be had: taking more of them would only fail more.
    if (failure === "out-of-descriptors" && !this.#path.makeRoom()) {
      for (const listener of this.#listeners) listener.suspend(OUT_OF_DESCRIPTORS);
    }
    // It has moved or gone since it was dialled: what its old place did says nothing about the new one.
    if (!this.#cluster.isAt(backend)) return;
    if (failure !== undefined) {
      this.#cluster.dispatch({ kind: "connect-failed", id, cause: failure, atMs });
    } else if (this.#cluster.isSuspect(id)) {
      this.#cluster.dispatch({ kind: "connect-succeeded", id, atMs });
    }
  }
}

/**
 * Puts a balancer together. It listens after `start`, and only `close` (or the end of a `drain`) gives everything back.
 *
 * @param settings from {@link readConfiguration}
 */
export function createBalancer(settings: Settings, parts: BalancerParts): Balancer {
  return new Balancer(settings, parts);
}
