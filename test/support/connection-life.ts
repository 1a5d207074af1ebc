import { expect } from "chai";
import type { ConnectionRecord } from "../../src/model/connection-record.ts";
import type { ClusterSnapshot } from "../../src/model/snapshot.ts";
import type { ListenerFacts } from "../../src/path/data-path.ts";
import type { DataPathOptions } from "../../src/path/options.ts";
import { encodeProxyV1 } from "../../src/proxy-protocol/encode.ts";
import { type Changes, clusterOf } from "./clusters.ts";
import { optionsOf } from "./data-path-of.ts";
import type { FakeRelaySocket } from "./fake-relay-socket.ts";
import { ALL_ZERO, type Dialed, PathWorld } from "./path-world.ts";
import { patternBytes } from "./patterns.ts";

export type BackendState = "up" | "down" | "ejected" | "draining" | "limited" | "ramping" | "gone";
export type SideOf = "client" | "backend";

/** Something that can happen at any time. `at` picks one of the sockets there are. */
export type Step =
  | { readonly does: "accept"; readonly who: number; readonly room: number | undefined; readonly header: boolean }
  | { readonly does: "send"; readonly side: SideOf; readonly at: number; readonly bytes: number }
  | { readonly does: "deliver"; readonly side: SideOf; readonly at: number; readonly most: number | undefined }
  | { readonly does: "grant"; readonly side: SideOf; readonly at: number; readonly bytes: number | undefined }
  | { readonly does: "fin"; readonly side: SideOf; readonly at: number }
  | {
      readonly does: "fail";
      readonly side: SideOf;
      readonly at: number;
      readonly code: string;
      readonly syscall: string;
    }
  | { readonly does: "connect"; readonly at: number }
  | { readonly does: "pass"; readonly ms: number }
  | { readonly does: "publish"; readonly states: readonly BackendState[] }
  | { readonly does: "closeBackend"; readonly slot: number; readonly politely: boolean }
  | { readonly does: "closeAll"; readonly politely: boolean }
  | { readonly does: "run" };

export interface LifeOptions extends Partial<Omit<DataPathOptions, "connect">> {
  readonly retries: number;
  readonly connectTimeoutMs: number;
  readonly proxyProtocolIn: ListenerFacts["proxyProtocolIn"];
}

const STATES: Readonly<Record<Exclude<BackendState, "gone">, Changes>> = {
  up: {},
  down: { health: "unhealthy" },
  ejected: { ejected: true },
  draining: { lifecycle: "draining" },
  limited: { of: { maxConnections: 1 } },
  ramping: { rampFromMs: 0, rampUntilMs: 5000 },
};

/** Backends a, b and the backup c in these states; their slots and ports never change. */
function clusterIn(states: readonly BackendState[], version: number): ClusterSnapshot {
  const entries = states.flatMap((state, slot): [string, Changes][] => {
    if (state === "gone") return [];
    const { of, ...member } = STATES[state];
    return [["abc"[slot] ?? "?", { ...member, slot, of: { ...of, port: 1001 + slot, backup: slot === 2 } }]];
  });
  return clusterOf(Object.fromEntries(entries), { version });
}

const SERVER = { address: "198.51.100.1", port: 80 };
const BACKEND_SEED = 1_000_000;

/** A data path to which anything may happen, and what must be true of it in the end. */
export class ConnectionLife {
  readonly #world: PathWorld;
  readonly #halfOpen: boolean;
  readonly #sent = new Map<FakeRelaySocket, number>();
  /** The PROXY header that a client began with. */
  readonly #headers = new Map<FakeRelaySocket, Buffer>();
  #version = 1;

  constructor({ retries, connectTimeoutMs, proxyProtocolIn, ...more }: LifeOptions) {
    const defaults = optionsOf();
    const trusted = { bytes: Uint8Array.of(10, 0, 0, 0), bits: 8, text: "10.0.0.0/8" };
    const options = {
      ...more,
      // The header tells which client a backend connection belongs to.
      connect: { ...defaults.connect, retries, timeoutMs: connectTimeoutMs, proxyProtocolOut: "v1" as const },
      live: { ...(more.live ?? defaults.live), proxyProtocolTrusted: [trusted] },
    };
    this.#world = new PathWorld(clusterIn(["up", "up", "up"], 1), options, proxyProtocolIn);
    this.#halfOpen = options.relay?.halfOpen ?? true;
  }

  do(step: Step): void {
    const { path, tasks, publisher } = this.#world;
    switch (step.does) {
      case "accept":
        this.#accept(step.who, step.room, step.header);
        break;
      case "connect":
        this.#dialed(step.at)?.socket.connect();
        break;
      case "pass":
        this.#world.clock.advance(step.ms);
        break;
      case "publish":
        this.#version++;
        publisher.publish(clusterIn(step.states, this.#version));
        break;
      case "closeBackend":
        path.closeBackend(step.slot, "operator", "drain-deadline", step.politely);
        break;
      case "closeAll":
        path.closeAll("shutdown", step.politely);
        break;
      case "run":
        tasks.run();
        break;
      default:
        this.#doTo(this.#socket(step.side, step.at), step);
    }
    this.#checkBuffers();
  }

  /** Everybody is reachable, says goodbye in good order and takes what is sent. */
  endWell(): void {
    const { clients, dialed, tasks } = this.#world;
    for (let round = 0; round < 20; round++) {
      for (const { socket } of dialed) socket.connect();
      for (const socket of [...clients, ...dialed.map((d) => d.socket)]) {
        socket.sendEnd();
        socket.grant();
        socket.deliverAll();
      }
      tasks.run();
      // The time that waiting, connecting and retrying may take, but not that of an idle relay.
      this.#world.advance(round < 10 ? 0 : 1100);
    }
    this.#finalChecks();
  }

  endNow(): void {
    this.#world.path.destroy();
    this.#world.tasks.run();
    // Polite ends that were under way have their own few seconds.
    this.#world.advance(5000);
    this.#finalChecks();
  }

  get records(): readonly ConnectionRecord[] {
    return this.#world.records;
  }

  #accept(who: number, room: number | undefined, header: boolean): void {
    const address = `10.1.1.${who + 1}`;
    const port = 10_000 + this.#world.clients.length + 1;
    this.#world.room = room ?? Number.POSITIVE_INFINITY;
    const client = this.#world.accept(address, { port });
    if (!header || this.#world.listener.proxyProtocolIn === "off") return;
    const bytes = Buffer.from(encodeProxyV1({ address: `192.0.2.${who + 1}`, port }, SERVER));
    client.send(bytes);
    this.#headers.set(client, bytes);
  }

  #doTo(socket: FakeRelaySocket | undefined, step: Extract<Step, { side: SideOf }>): void {
    if (socket === undefined) return;
    switch (step.does) {
      case "send": {
        const from = this.#sent.get(socket) ?? 0;
        if (socket.hasPeerEnded) return;
        socket.send(patternBytes(this.#seedOf(socket), from, step.bytes));
        this.#sent.set(socket, from + step.bytes);
        return;
      }
      case "deliver":
        socket.deliver(step.most);
        return;
      case "grant":
        socket.grant(step.bytes);
        return;
      case "fin":
        socket.sendEnd();
        return;
      case "fail":
        socket.fail(step.code, step.syscall);
    }
  }

  #dialed(at: number): Dialed | undefined {
    const { dialed } = this.#world;
    return dialed[dialed.length - 1 - (at % Math.max(1, dialed.length))];
  }

  #socket(side: SideOf, at: number): FakeRelaySocket | undefined {
    const { clients } = this.#world;
    if (side === "backend") return this.#dialed(at)?.socket;
    return clients[clients.length - 1 - (at % Math.max(1, clients.length))];
  }

  #seedOf(socket: FakeRelaySocket): number {
    const { clients, dialed } = this.#world;
    const client = clients.indexOf(socket);
    return client >= 0 ? client + 1 : BACKEND_SEED + dialed.findIndex((d) => d.socket === socket);
  }

  /** No large buffer is read into by two sockets. */
  #checkBuffers(): void {
    const { clients, dialed, path } = this.#world;
    const used = [...clients, ...dialed.map((d) => d.socket)]
      .map((socket) => socket.readingInto)
      .filter((buffer) => buffer !== undefined && buffer !== path.pool.scratch);
    expect(new Set(used).size, "buffers that sockets read into").to.equal(used.length);
  }

  #finalChecks(): void {
    const { clients, dialed, records } = this.#world;
    for (const socket of [...clients, ...dialed.map((d) => d.socket)]) expect(socket.violations).to.deep.equal([]);
    expect(records.map(({ id }) => id).sort((a, b) => a - b)).to.deep.equal(clients.map((_, i) => i + 1));
    expect(this.#world.gauges()).to.deep.equal(ALL_ZERO);
    for (const record of records) this.#checkBytes(record);
  }

  #checkBytes(record: ConnectionRecord): void {
    const client = this.#world.clients[record.id - 1];
    if (client === undefined) throw new Error(`no client ${record.id}`);
    const pair = this.#world.dialed.find(
      ({ socket }) => headerPort(socket.firstWritten) === 10_000 + record.id,
    )?.socket;
    const toBackend = pair?.received.subarray(pair.firstWritten?.length) ?? Buffer.alloc(0);
    // Without `via` no header was believed, or it came too late to be one: then it is data like any other.
    const header = (record.via === undefined ? this.#headers.get(client) : undefined) ?? Buffer.alloc(0);
    const headerLength = Math.min(header.length, toBackend.length);
    expect(toBackend.subarray(0, headerLength).equals(header.subarray(0, headerLength))).to.equal(true);
    expectBeginning(toBackend.subarray(headerLength), record.id);
    if (client.received.length > 0) {
      if (pair === undefined) throw new Error(`client ${record.id} got bytes from nowhere`);
      expectBeginning(client.received, this.#seedOf(pair));
    }
    if (record.cause !== "finished") return;
    if (pair === undefined) throw new Error(`connection ${record.id} finished without a backend`);
    const believed = record.via === undefined ? 0 : (this.#headers.get(client)?.length ?? 0);
    const read = { in: client.readBytes - believed, out: pair.readBytes };
    const got = { in: toBackend.length, out: client.received.length };
    if (this.#halfOpen || record.endedBy === "client")
      expect([got.in, record.bytesIn]).to.deep.equal([read.in, read.in]);
    if (this.#halfOpen || record.endedBy === "backend") {
      expect([got.out, record.bytesOut]).to.deep.equal([read.out, read.out]);
    }
  }
}

/** The port of the client in the header that a backend is sent. */
function headerPort(header: Buffer | undefined): number | undefined {
  const match = /^PROXY TCP4 \S+ \S+ (\d+) \d+\r\n$/.exec(header?.toString("latin1") ?? "");
  return match === null ? undefined : Number(match[1]);
}

function expectBeginning(bytes: Buffer, seed: number): void {
  const expected = patternBytes(seed, 0, bytes.length);
  expect(bytes.equals(expected), `${bytes.length} bytes of stream ${seed}`).to.equal(true);
}
