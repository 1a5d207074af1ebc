import type { Load, LoadContext } from "../support/load.ts";
import { Pattern } from "../support/pattern.ts";
import { newReadBuffer, StreamClient } from "../support/stream-client.ts";
import { Lane, type Step } from "./lane.ts";
import { encodePreamble } from "./preamble.ts";
import { Download, RoundTrip, Upload } from "./steps.ts";
import type { Traffic } from "./workloads.ts";

const IDLE_MESSAGE_BYTES = 64;
/** Connections opened at the same time: well under every accept queue. */
const OPEN_TOGETHER = 100;

/** The load that makes `traffic`. Idle connections are not work: {@link IdleLoad} opens them and leaves them alone. */
export function loadOf(traffic: Exclude<Traffic, { kind: "idle" }>, context: LoadContext): Load {
  if (traffic.kind === "connections") return new ConnectionLoad(context, traffic.messageBytes, traffic.concurrency);
  return new SteadyLoad(context, traffic.connections, (offset) => {
    if (traffic.kind === "round-trips") return new RoundTrip(context.pattern, offset, traffic.messageBytes);
    if (traffic.direction === "to-backend") return new Upload(context.pattern, offset, traffic.transferBytes);
    return new Download(context.pattern, offset, traffic.transferBytes);
  });
}

/** The same connections from beginning to end. */
class SteadyLoad implements Load {
  readonly #lanes: Lane[] = [];

  constructor(context: LoadContext, connections: number, stepAt: (offset: number) => Step) {
    const readBuffer = newReadBuffer();
    for (let i = 0; i < connections; i++) {
      this.#lanes.push(new Lane(context, i, readBuffer, stepAt(Pattern.startOf(i))));
    }
  }

  async open(): Promise<void> {
    await Promise.all(this.#lanes.map((lane) => lane.open()));
  }

  async workUntil(deadlineMs: number): Promise<number> {
    const steps = await Promise.all(this.#lanes.map((lane) => lane.workUntil(deadlineMs)));
    return steps.reduce((sum, n) => sum + n, 0);
  }

  async close(): Promise<void> {
    await Promise.all(this.#lanes.map((lane) => lane.close()));
  }

  destroy(): void {
    for (const lane of this.#lanes) lane.destroy();
  }
}

/** A new connection for every step. */
class ConnectionLoad implements Load {
  readonly #context: LoadContext;
  readonly #messageBytes: number;
  readonly #concurrency: number;
  readonly #readBuffer = newReadBuffer();
  readonly #open = new Set<StreamClient>();
  #index = 0;

  constructor(context: LoadContext, messageBytes: number, concurrency: number) {
    this.#context = context;
    this.#messageBytes = messageBytes;
    this.#concurrency = concurrency;
  }

  async open(): Promise<void> {}

  async workUntil(deadlineMs: number): Promise<number> {
    let steps = 0;
    const worker = async (): Promise<void> => {
      do {
        await this.#connection();
        steps++;
      } while (performance.now() < deadlineMs);
    };
    await Promise.all(Array.from({ length: this.#concurrency }, worker));
    return steps;
  }

  async close(): Promise<void> {}

  destroy(): void {
    for (const client of this.#open) client.fail("given up");
  }

  async #connection(): Promise<void> {
    const index = this.#index++;
    const trip = new RoundTrip(this.#context.pattern, Pattern.startOf(index), this.#messageBytes);
    let finish: () => void = () => {};
    const answered = new Promise<void>((resolve) => {
      finish = resolve;
    });
    const client = new StreamClient(this.#context, index, this.#readBuffer, {
      received: (chunk, length) => {
        const progress = trip.received(chunk, length);
        if (progress === "corrupt") client.fail("the bytes that arrived are not the bytes that were sent");
        else if (progress === 1) finish();
      },
    });
    this.#open.add(client);
    let message: Buffer = Buffer.alloc(0);
    trip.begin((chunk) => {
      message = chunk;
      return true;
    });
    await client.connected();
    client.write(Buffer.concat([encodePreamble(trip.preamble), message]));
    await client.during(answered);
    await client.close();
    this.#open.delete(client);
  }
}

/** Connections that did one round trip and now do nothing. */
export class IdleLoad {
  readonly #context: LoadContext;
  readonly #readBuffer = newReadBuffer();
  readonly #lanes: Lane[] = [];

  constructor(context: LoadContext) {
    this.#context = context;
  }

  /** Opens `count` more, each having done its round trip when this resolves. */
  async add(count: number): Promise<void> {
    for (let done = 0; done < count; done += OPEN_TOGETHER) {
      const batch = Array.from({ length: Math.min(OPEN_TOGETHER, count - done) }, () => this.#newLane());
      await Promise.all(
        batch.map(async (lane) => {
          await lane.open();
          await lane.workUntil(0);
        }),
      );
    }
  }

  async close(): Promise<void> {
    await Promise.all(this.#lanes.map((lane) => lane.close()));
  }

  destroy(): void {
    for (const lane of this.#lanes) lane.destroy();
  }

  #newLane(): Lane {
    const index = this.#lanes.length;
    const step = new RoundTrip(this.#context.pattern, index, IDLE_MESSAGE_BYTES);
    const lane = new Lane(this.#context, index, this.#readBuffer, step);
    this.#lanes.push(lane);
    return lane;
  }
}
