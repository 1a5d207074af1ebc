import type { SocketHandler } from "../../src/platform/relay-socket.ts";
import { Gathered } from "./gathered.ts";

/** Notes what a real socket tells, in order: `connected`, `data 5`, `end`, `drain`, `error ECONNRESET`, `closed`. */
export class RecordingHandler implements SocketHandler {
  readonly told = new Gathered<string>();
  readonly #chunks: Buffer[] = [];
  readonly #buffer = Buffer.alloc(64 * 1024);
  /** Whether the socket reads on after a chunk. */
  readsOn = true;
  /** Buffers that the socket handed over and did not get from here. */
  foreign = 0;

  get received(): Buffer {
    return Buffer.concat(this.#chunks);
  }

  get length(): number {
    return this.#chunks.reduce((sum, chunk) => sum + chunk.length, 0);
  }

  /** What has been told, drains left out: when they come depends on the kernel. */
  get events(): readonly string[] {
    return this.told.items.filter((event) => event !== "drain");
  }

  readBuffer(): Buffer {
    return this.#buffer;
  }
  onData(buffer: Buffer, length: number): boolean {
    if (buffer !== this.#buffer) this.foreign++;
    this.#chunks.push(Buffer.from(buffer.subarray(0, length)));
    this.told.push(`data ${length}`);
    return this.readsOn;
  }
  onEnd(): void {
    this.told.push("end");
  }
  onDrain(): void {
    this.told.push("drain");
  }
  onConnected(): void {
    this.told.push("connected");
  }
  onError(error: Error): void {
    this.told.push(`error ${(error as NodeJS.ErrnoException).code}`);
  }
  onClosed(): void {
    this.told.push("closed");
  }

  async has(event: string): Promise<void> {
    await this.told.first(event, (told) => told === event);
  }

  /** Resolves when `length` bytes have come. */
  async got(length: number): Promise<void> {
    if (this.length < length) await this.told.first(`${length} bytes`, () => this.length >= length);
  }
}
