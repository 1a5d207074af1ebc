import { BufferPool } from "../../src/path/buffer-pool.ts";
import { HalfDuplex } from "../../src/path/half-duplex.ts";
import type { ReadMode, SocketHandler } from "../../src/platform/relay-socket.ts";
import { FakeRelaySocket, Tasks } from "./fake-relay-socket.ts";
import { patternBytes } from "./patterns.ts";

export interface OneWayOptions {
  readonly seed?: number;
  readonly room?: number;
  readonly readMode?: ReadMode;
  readonly tasks?: Tasks;
}

/** One direction on its own: a source, a sink and the half-duplex between them. */
export class OneWay {
  readonly source: FakeRelaySocket;
  readonly sink: FakeRelaySocket;
  readonly duplex: HalfDuplex;
  readonly pool: BufferPool;
  readonly #seed: number;
  readonly #tasks: Tasks;
  #sent = 0;

  constructor(pool: BufferPool, { seed = 1, room, readMode = "direct", tasks = new Tasks() }: OneWayOptions = {}) {
    this.pool = pool;
    this.#seed = seed;
    this.#tasks = tasks;
    const handler = (more: Partial<SocketHandler>): SocketHandler => ({
      readBuffer: () => pool.scratch,
      onData: () => true,
      onEnd: () => {},
      onDrain: () => {},
      onConnected: () => {},
      onError: () => {},
      onClosed: () => {},
      ...more,
    });
    this.source = new FakeRelaySocket(handler({}), { tasks, readMode });
    this.sink = new FakeRelaySocket(handler({}), { tasks, ...(room === undefined ? {} : { room }) });
    const duplex = new HalfDuplex(pool, this.source, this.sink);
    this.duplex = duplex;
    this.source.handler = handler({
      readBuffer: () => duplex.readBuffer(),
      onData: (buffer, length) => duplex.onSourceData(buffer, length),
      onEnd: () => duplex.onSourceEnded(),
    });
    this.sink.handler = handler({ onDrain: () => duplex.onSinkDrained() });
    this.source.resume();
  }

  get sent(): number {
    return this.#sent;
  }

  get seed(): number {
    return this.#seed;
  }

  /** The next `length` bytes of the stream are there to be read. */
  arrive(length: number): void {
    this.source.send(patternBytes(this.#seed, this.#sent, length));
    this.#sent += length;
  }

  /** They arrive and are read, in reads of at most `most`. */
  pass(length: number, most?: number): void {
    this.arrive(length);
    this.source.deliverAll(most);
    this.#tasks.run();
  }

  /** The sink takes `bytes` more, and the source goes on when it may. */
  take(bytes?: number): void {
    this.sink.grant(bytes);
    this.#tasks.run();
  }
}

/** The default of BUFFER: larger than the scratch buffer. */
export const LARGE_BYTES = 511 * 1024;

export function poolOf(largeBytes = LARGE_BYTES): BufferPool {
  return new BufferPool(largeBytes);
}
