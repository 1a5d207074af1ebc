import type { BackendId } from "../../src/model/backend.ts";
import type { Endpoint } from "../../src/model/client-key.ts";
import type { Cause, ConnectionRecord } from "../../src/model/connection-record.ts";
import type { Mode } from "../../src/model/listen-address.ts";
import type { RequestRecord } from "../../src/model/request-record.ts";
import { type ClusterSnapshot, Publisher } from "../../src/model/snapshot.ts";
import { DataPath, type ListenerFacts } from "../../src/path/data-path.ts";
import type { DataPathOptions } from "../../src/path/options.ts";
import type { DialOptions } from "../../src/platform/relay-socket.ts";
import { optionsOf } from "./data-path-of.ts";
import { FakeRelaySocket, type FakeSocketOptions, Tasks } from "./fake-relay-socket.ts";
import { SteppedClock } from "./stepped-clock.ts";

/** A connection that the data path began to make. */
export interface Dialed {
  readonly options: DialOptions;
  readonly socket: FakeRelaySocket;
}

/** Where the clock of a world starts, wall time. */
export const WALL_START_MS = 1_800_000_000_000;

/** A data path without a network and with a clock that only the test moves. */
export class PathWorld {
  readonly clock = new SteppedClock(WALL_START_MS);
  readonly tasks = new Tasks();
  readonly publisher: Publisher<ClusterSnapshot>;
  readonly path: DataPath;
  readonly listener: ListenerFacts;
  readonly records: ConnectionRecord[] = [];
  readonly requests: RequestRecord[] = [];
  readonly clients: FakeRelaySocket[] = [];
  readonly dialed: Dialed[] = [];
  readonly connectResults: { readonly backend: BackendId; readonly failure: Cause | undefined }[] = [];
  readonly idleSlots: number[] = [];
  readonly fullTold: boolean[] = [];
  /** Room in the kernel's buffers of sockets made from now on. */
  room = Number.POSITIVE_INFINITY;

  constructor(
    snapshot: ClusterSnapshot,
    more: Partial<DataPathOptions> = {},
    proxyProtocolIn: ListenerFacts["proxyProtocolIn"] = "off",
    mode: Mode = "tcp",
  ) {
    this.publisher = new Publisher(snapshot);
    this.listener = { name: "world", mode, proxyProtocolIn, open: 0 };
    this.path = new DataPath({
      options: optionsOf(more),
      published: this.publisher,
      clock: this.clock,
      random: { next: () => 0.5 },
      events: {
        onRecord: (record) => this.records.push(record),
        onRequest: (record) => this.requests.push(record),
        onConnectResult: ({ id: backend }, failure) => this.connectResults.push({ backend, failure }),
        onBackendIdle: (slot) => this.idleSlots.push(slot),
        onFull: (isFull) => this.fullTold.push(isFull),
      },
      dial: (options, handler) => {
        const socket = new FakeRelaySocket(handler, {
          tasks: this.tasks,
          room: this.room,
          readMode: options.readMode,
          isConnecting: true,
        });
        this.dialed.push({ options, socket });
        return socket;
      },
    });
  }

  /** A client of `address` connects. */
  accept(address = "192.0.2.1", more: FakeSocketOptions & { readonly port?: number } = {}): FakeRelaySocket {
    const remote: Endpoint = { address, port: address === "" ? 0 : (more.port ?? 50_000) };
    const options = { tasks: this.tasks, room: this.room, readMode: this.path.options.readMode, remote, ...more };
    let socket: FakeRelaySocket | undefined;
    this.path.accept(this.listener, (handler) => {
      socket = new FakeRelaySocket(handler, options);
      return socket;
    });
    if (socket === undefined) throw new Error("the accepted socket was not wrapped");
    this.clients.push(socket);
    return socket;
  }

  /** The latest connection that was begun. */
  get lastDialed(): Dialed {
    const dialed = this.dialed.at(-1);
    if (dialed === undefined) throw new Error("nothing was dialed");
    return dialed;
  }

  /** A client whose backend connection is made. */
  connected(address?: string): { readonly client: FakeRelaySocket; readonly backend: FakeRelaySocket } {
    const client = this.accept(address);
    const { socket } = this.lastDialed;
    socket.connect();
    return { client, backend: socket };
  }

  /** The latest record. */
  get lastRecord(): ConnectionRecord {
    const record = this.records.at(-1);
    if (record === undefined) throw new Error("there is no record");
    return record;
  }

  fail(dialed: Dialed, code: string): void {
    dialed.socket.fail(code, "connect");
    this.tasks.run();
  }

  advance(ms: number): void {
    this.clock.advance(ms);
    this.tasks.run();
  }

  /** Everything that has to be zero when nobody is connected. */
  gauges(): Readonly<Record<string, number>> {
    const { path } = this;
    const slots = Array.from({ length: 64 }, (_, slot) => path.ledger.open(slot));
    return {
      open: path.open,
      listener: this.listener.open,
      leases: path.ledger.total,
      slots: slots.reduce((sum, open) => sum + Math.abs(open), 0),
      clients: path.counts.size,
      waiting: path.waitingRoom.size,
      buffers: path.pool.lent,
      timers: this.clock.timers,
      sockets: [...this.clients, ...this.dialed.map((d) => d.socket)].filter((s) => !s.isClosed).length,
    };
  }
}

/** What `gauges` has to be at the end. */
export const ALL_ZERO: Readonly<Record<string, number>> = {
  open: 0,
  listener: 0,
  leases: 0,
  slots: 0,
  clients: 0,
  waiting: 0,
  buffers: 0,
  timers: 0,
  sockets: 0,
};
