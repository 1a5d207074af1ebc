import type { Backend } from "../model/backend.ts";
import type { Cause, ConnectionRecord, EndedBy } from "../model/connection-record.ts";
import type { Mode } from "../model/listen-address.ts";
import type { RequestRecord } from "../model/request-record.ts";
import type { ClusterSnapshot, Published } from "../model/snapshot.ts";
import type { Clock } from "../platform/clock.ts";
import type { Random } from "../platform/random.ts";
import { type Dial, dial, type RelaySocket, type SocketHandler } from "../platform/relay-socket.ts";
import { SourceAddresses } from "../platform/source-addresses.ts";
import { TextWriter } from "../platform/text-writer.ts";
import { WriteBatch } from "../platform/write-batch.ts";
import { BufferPool } from "./buffer-pool.ts";
import type { ClientTally } from "./client-tally.ts";
import { Connection } from "./connection.ts";
import { ConnectionList } from "./connection-list.ts";
import { HttpConnection } from "./http/http-connection.ts";
import { HttpService } from "./http/service.ts";
import { Ledger } from "./ledger.ts";
import { ClientCounts, ROOM_AGAIN } from "./nat-split.ts";
import type { DataPathOptions, LiveOptions } from "./options.ts";
import { Pins } from "./pins.ts";
import { TokenBuckets } from "./token-buckets.ts";
import { WaitingRoom } from "./waiting-room.ts";

/** What the data plane tells the rest of the program. Called on the path of connections: must be quick and never throw. */
export interface DataPathEvents {
  onRecord(record: ConnectionRecord): void;
  /** http mode: a request has ended. Its connection's record comes later. */
  readonly onRequest?: ((record: RequestRecord) => void) | undefined;
  /** The result of every attempt to connect, for passive health; `backend` is what was dialled, which may have moved since. */
  onConnectResult(backend: Backend, failure: Cause | undefined): void;
  /** The last connection of a backend has ended. */
  onBackendIdle(slot: number): void;
  /** MAX_CONNECTIONS was reached (true), or there is room again (false). */
  onFull(isFull: boolean): void;
}

/** A client's connection, whatever is spoken on it. */
export interface ClientConnection {
  /** Its place in the list of open connections; the list's. */
  place: number;
  /** @param isFull MAX_CONNECTIONS is reached: refuse. */
  begin(isFull: boolean): void;
  /** Whether it uses a connection to the backend with this slot. */
  relaysTo(slot: number): boolean;
  /** Ends the connection from outside, whatever it is doing. */
  kill(endedBy: EndedBy, cause: Cause, politely: boolean): void;
  /** The process is leaving: end as soon as nothing is under way. */
  leave(): void;
}

/** One listening place, as connections see it. */
export interface ListenerFacts {
  readonly name: string;
  readonly mode: Mode;
  readonly proxyProtocolIn: "off" | "optional" | "required";
  /** Open connections that this listener accepted. */
  open: number;
}

export interface DataPathParts {
  readonly options: DataPathOptions;
  readonly published: Published<ClusterSnapshot>;
  readonly clock: Clock;
  readonly random: Random;
  readonly events: DataPathEvents;
  readonly tally?: ClientTally | undefined;
  /** Default: real sockets. */
  readonly dial?: Dial;
}

/** Everything that the connections of one process share. Reads the published snapshot; owns the live counters. */
export class DataPath {
  readonly options: DataPathOptions;
  readonly published: Published<ClusterSnapshot>;
  readonly clock: Clock;
  readonly random: Random;
  readonly events: DataPathEvents;
  readonly tally: ClientTally | undefined;
  readonly dial: Dial;
  readonly ledger: Ledger;
  readonly pool: BufferPool;
  readonly pins: Pins;
  readonly counts = new ClientCounts();
  readonly buckets = new TokenBuckets();
  readonly waitingRoom = new WaitingRoom();
  /** Small writes of all sockets, until the end of the turn. */
  readonly batch = new WriteBatch(TextWriter.create());
  readonly #http: HttpService | undefined;
  readonly #connections = new ConnectionList();
  readonly #sources: SourceAddresses;
  readonly #unsubscribe: () => void;
  #live: LiveOptions;
  #accepted = 0;
  #lastAcceptedAtMs = Number.NEGATIVE_INFINITY;
  #isFull = false;
  #isLeaving = false;

  constructor(parts: DataPathParts) {
    this.options = parts.options;
    this.#live = parts.options.live;
    this.published = parts.published;
    this.clock = parts.clock;
    this.random = parts.random;
    this.events = parts.events;
    this.tally = parts.tally;
    this.dial = parts.dial ?? dial;
    this.pool = new BufferPool(parts.options.bufferBytes);
    this.#sources = new SourceAddresses(parts.options.connect.sourceAddresses);
    this.pins = new Pins(parts.options.overflowPinMs);
    this.ledger = new Ledger((slot) => this.#onReleased(slot));
    this.#http = this.#buildHttp();
    this.#unsubscribe = parts.published.onPublish((next, previous) => this.#onPublish(next, previous));
  }

  /** Open client connections. */
  get open(): number {
    return this.#connections.size;
  }

  /** Connections accepted since the start, the refused ones included. */
  get accepted(): number {
    return this.#accepted;
  }

  /** Monotonic ms of the last accepted connection; −∞ before the first. */
  get lastAcceptedAtMs(): number {
    return this.#lastAcceptedAtMs;
  }

  get live(): LiveOptions {
    return this.#live;
  }

  /** Idle connections to backends, kept for requests to come. */
  get idleUpstreams(): number {
    return this.#http?.upstreams.size ?? 0;
  }

  /** No connection is to be kept open for another request. */
  get isLeaving(): boolean {
    return this.#isLeaving;
  }

  /** Replaces lists, limits and secrets; connections that were let in stay. */
  configure(live: LiveOptions): void {
    this.#live = live;
    this.#http?.affinity.configure(live.cookieSecrets);
  }

  /** From now on answers close their connection, so that clients go elsewhere; with `idleToo`, idle ones end now. */
  leave(idleToo: boolean): void {
    this.#isLeaving = true;
    if (idleToo) for (const connection of this.#connections.snapshot()) connection.leave();
  }

  /** Takes a new connection in. `open` wraps the accepted socket around the handler it is given. */
  accept(listener: ListenerFacts, open: (handler: SocketHandler) => RelaySocket): void {
    this.#accepted++;
    this.#lastAcceptedAtMs = this.clock.nowMs();
    const http = listener.mode === "http" ? this.#http : undefined;
    const connection: ClientConnection =
      http === undefined
        ? new Connection(this, listener, this.#accepted, open)
        : new HttpConnection(this, http, listener, this.#accepted, open);
    this.#connections.add(connection);
    listener.open++;
    connection.begin(this.#refusesMore());
  }

  /** The connection is over. Called by the connection, once. */
  forget(connection: ClientConnection, listener: ListenerFacts): void {
    if (!this.#connections.remove(connection)) return;
    listener.open--;
    if (this.#isFull && this.open < this.options.maxConnections * ROOM_AGAIN) {
      this.#isFull = false;
      this.events.onFull(false);
    }
  }

  /** The local address for the next connection to `host`; undefined = the kernel chooses. */
  nextSourceAddress(host: string): string | undefined {
    return this.#sources.next(host);
  }

  /**
   * A fresh connection to a backend is about to be made, for a lease that was taken: with more of them than there may be
   * clients, the one that has been idle for longest goes. MAX_CONNECTIONS allows for two descriptors a client, and idle
   * connections must not take those that clients need.
   */
  makeWay(): void {
    const upstreams = this.#http?.upstreams;
    if (upstreams !== undefined && this.ledger.total + upstreams.size > this.options.maxConnections)
      upstreams.closeOldest();
  }

  /** The process is short of descriptors: closes all idle connections to backends. @returns whether there were any */
  makeRoom(): boolean {
    const hadSome = this.idleUpstreams > 0;
    this.#http?.upstreams.closeAll();
    return hadSome;
  }

  /** Ends every connection: `politely` lets queued bytes out first. */
  closeAll(cause: Cause, politely: boolean): void {
    for (const connection of this.#connections.snapshot()) connection.kill("operator", cause, politely);
  }

  /** Ends every connection that is relayed to the backend with this slot. One that is still dialling it may yet go elsewhere. */
  closeBackend(slot: number, endedBy: "backend" | "operator", cause: Cause, politely: boolean): void {
    for (const connection of this.#connections.snapshot()) {
      if (connection.relaysTo(slot)) connection.kill(endedBy, cause, politely);
    }
  }

  /** Ends what is left with resets and forgets the snapshot. */
  destroy(): void {
    this.#unsubscribe();
    this.closeAll("shutdown", false);
    this.#http?.close();
  }

  #buildHttp(): HttpService | undefined {
    const { options, published, clock, random, events } = this;
    if (options.http === undefined) return undefined;
    return new HttpService({
      options: options.http,
      secrets: options.live.cookieSecrets,
      published,
      clock,
      random,
      hashSeed: options.placement.hashSeed,
      onRequest: events.onRequest,
    });
  }

  #refusesMore(): boolean {
    if (!this.#isFull && this.open > this.options.maxConnections) {
      this.#isFull = true;
      this.events.onFull(true);
    }
    return this.#isFull;
  }

  #onReleased(slot: number): void {
    this.waitingRoom.wakeFirst(slot);
    if (this.ledger.open(slot) === 0) this.events.onBackendIdle(slot);
  }

  #onPublish(next: ClusterSnapshot, previous: ClusterSnapshot): void {
    if (this.options.onDownSessions === "close") this.#closeSessionsOfDown(next, previous);
    this.#http?.upstreams.follow(next);
    this.waitingRoom.wakeAll();
  }

  #closeSessionsOfDown(next: ClusterSnapshot, previous: ClusterSnapshot): void {
    const wasDown = new Set(previous.members.filter((m) => m.health === "unhealthy").map((m) => m.slot));
    for (const member of next.members) {
      if (member.health === "unhealthy" && !wasDown.has(member.slot)) {
        this.closeBackend(member.slot, "backend", "backend-went-down", false);
      }
    }
  }
}
