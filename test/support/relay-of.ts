import type { BufferPool } from "../../src/path/buffer-pool.ts";
import { Relay, type RelayEnd, type RelayOptions } from "../../src/path/relay.ts";
import type { SocketHandler } from "../../src/platform/relay-socket.ts";
import { FakeRelaySocket, Tasks } from "./fake-relay-socket.ts";
import { poolOf } from "./one-way.ts";
import { patternBytes } from "./patterns.ts";
import { SteppedClock } from "./stepped-clock.ts";

export type SideName = "client" | "backend";

export interface RelayOfOptions extends Partial<RelayOptions> {
  readonly clientRoom?: number;
  readonly backendRoom?: number;
  readonly readAhead?: Buffer;
}

const SEEDS = { client: 1, backend: 2 } as const;

/** A running relay between two sockets without a network. */
export class RunningRelay {
  readonly client: FakeRelaySocket;
  readonly backend: FakeRelaySocket;
  readonly clock = new SteppedClock();
  readonly tasks = new Tasks();
  readonly pool: BufferPool = poolOf();
  readonly ends: RelayEnd[] = [];
  readonly relay: Relay;
  readonly #sent = { client: 0, backend: 0 };

  constructor({ clientRoom, backendRoom, readAhead, ...more }: RelayOfOptions = {}) {
    const before: SocketHandler = {
      readBuffer: () => this.pool.scratch,
      onData: () => true,
      onEnd: () => {},
      onDrain: () => {},
      onConnected: () => {},
      onError: () => {},
      onClosed: () => {},
    };
    const socket = (room: number | undefined) =>
      new FakeRelaySocket(before, { tasks: this.tasks, ...(room === undefined ? {} : { room }) });
    this.client = socket(clientRoom);
    this.backend = socket(backendRoom);
    this.relay = new Relay({
      client: this.client,
      backend: this.backend,
      pool: this.pool,
      clock: this.clock,
      options: { idleTimeoutMs: 1000, halfClosedTimeoutMs: 200, halfOpen: true, ...more },
      onFinished: (end) => this.ends.push(end),
    });
    this.#sent.client = readAhead?.length ?? 0;
    this.relay.start(readAhead, false);
  }

  /** The next `length` bytes of this side's stream arrive, as far as the relay reads. */
  sends(side: SideName, length: number): void {
    this[side].send(patternBytes(SEEDS[side], this.#sent[side], length));
    this.#sent[side] += length;
    this.#settle();
  }

  sendsEnd(side: SideName): void {
    this[side].sendEnd();
    this.#settle();
  }

  fails(side: SideName, code: string, syscall?: string): void {
    this[side].fail(code, syscall);
    this.#settle();
  }

  /** This side's peer takes `bytes` more. */
  takes(side: SideName, bytes?: number): void {
    this[side].grant(bytes);
    this.#settle();
  }

  advance(ms: number): void {
    this.clock.advance(ms);
    this.#settle();
  }

  abort(politely: boolean): void {
    this.relay.abort("operator", "shutdown", politely);
    this.#settle();
  }

  /** Bytes of the other side that this side's peer has got, `undefined` when they are not the beginning of its stream. */
  got(side: SideName): number | undefined {
    const { received } = this[side];
    const seed = SEEDS[side === "client" ? "backend" : "client"];
    return patternBytes(seed, 0, received.length).equals(received) ? received.length : undefined;
  }

  /** The only end; throws when there are none or several. */
  get end(): string {
    const [end, ...more] = this.ends;
    if (end === undefined || more.length > 0) throw new Error(`${this.ends.length} ends`);
    return `${end.cause} by ${end.endedBy}`;
  }

  /** How the sockets were ended. */
  get closings(): string {
    return `${this.client.ending ?? "open"} ${this.backend.ending ?? "open"}`;
  }

  /** What must be nothing at the end. */
  get left(): object {
    return {
      buffers: this.pool.lent,
      timers: this.clock.timers,
      violations: [...this.client.violations, ...this.backend.violations],
    };
  }

  #settle(): void {
    this.tasks.run();
    for (let more = true; more; ) {
      const client = this.client.deliver();
      const backend = this.backend.deliver();
      this.tasks.run();
      more = client || backend;
    }
  }
}

export const NOTHING_LEFT = { buffers: 0, timers: 0, violations: [] };
