import type { Endpoint } from "../../src/model/client-key.ts";
import type { ReadMode, RelaySocket, SocketHandler } from "../../src/platform/relay-socket.ts";

/** What the event loop would do next; a test runs it when it wants (`run`). */
export class Tasks {
  readonly #waiting: (() => void)[] = [];

  add(task: () => void): void {
    this.#waiting.push(task);
  }

  /** Until nothing is left, the tasks that come meanwhile included. */
  run(): void {
    for (let task = this.#waiting.shift(); task !== undefined; task = this.#waiting.shift()) task();
  }
}

interface Write {
  readonly bytes: Uint8Array;
  /** As the bytes were when they were written. */
  readonly asWritten: Buffer;
  taken: number;
}

export interface FakeSocketOptions {
  readonly tasks?: Tasks;
  readonly readMode?: ReadMode;
  readonly remote?: Endpoint;
  /** The peer left before anybody asked who it was. */
  readonly isVanished?: boolean;
  readonly local?: Endpoint;
  /** Bytes that the kernel takes before it makes writers wait; default: any number. */
  readonly room?: number;
  /** A connection that is still being made. */
  readonly isConnecting?: boolean;
}

/**
 * A socket without a network, driven from the peer's side. It behaves as Node's do where the relay could get it wrong: the
 * next read buffer is asked for when the last one has been handed over, a written buffer is not copied until the kernel
 * takes it, `drain` and `close` come later, and a socket that has ended both ways closes by itself.
 */
export class FakeRelaySocket implements RelaySocket {
  handler: SocketHandler;
  readonly remote: Endpoint | undefined;
  readonly local: Endpoint;
  /** What the owner did wrong. */
  readonly violations: string[] = [];
  /** The first bytes that the owner wrote, whether the kernel took them or not. */
  firstWritten: Buffer | undefined;
  /** Bytes that the owner has read. */
  readBytes = 0;
  /** How the owner ended it, once it has. */
  ending: "closed" | "reset" | undefined;
  /** The owner has said that it sends no more, and the peer knows. */
  finSent = false;
  isReading = false;
  /** `onClosed` has been called. */
  isClosed = false;
  readonly #tasks: Tasks;
  readonly #readMode: ReadMode;
  readonly #taken: Buffer[] = [];
  #inbound: Buffer = Buffer.alloc(0);
  #peerEnded = false;
  #endTold = false;
  #writes: Write[] = [];
  #room: number;
  #mustTellDrain = false;
  #finQueued = false;
  #closeWhenSent = false;
  #isConnecting: boolean;
  #readingInto: Buffer | undefined;

  constructor(handler: SocketHandler, options: FakeSocketOptions = {}) {
    this.handler = handler;
    this.remote = options.isVanished === true ? undefined : (options.remote ?? { address: "192.0.2.1", port: 50_000 });
    this.local = options.local ?? { address: "198.51.100.1", port: 80 };
    this.#tasks = options.tasks ?? new Tasks();
    this.#readMode = options.readMode ?? "direct";
    this.#room = options.room ?? Number.POSITIVE_INFINITY;
    this.#isConnecting = options.isConnecting ?? false;
    if (this.#readMode === "direct") this.#readingInto = handler.readBuffer();
  }

  // --- the owner's side ---

  get unsent(): number {
    return this.#writes.reduce((sum, write) => sum + write.bytes.length, 0);
  }

  get writeBacklog(): number {
    return this.#writes.reduce((sum, write) => sum + write.bytes.length - write.taken, 0);
  }

  write(bytes: Uint8Array): void {
    if (this.ending !== undefined) return;
    if (this.#finQueued) this.violations.push("wrote after its end");
    this.firstWritten ??= Buffer.from(bytes);
    this.#writes.push({ bytes, asWritten: Buffer.from(bytes), taken: 0 });
    this.#take();
  }

  writeLatin1(text: string): void {
    this.write(Buffer.from(text, "latin1"));
  }

  end(): void {
    this.#finQueued = true;
    this.#take();
  }

  endAndClose(): void {
    this.#closeWhenSent = true;
    this.end();
  }

  resume(): void {
    this.isReading = true;
  }

  reset(): void {
    this.#destroy("reset");
  }

  close(): void {
    this.#destroy("closed");
  }

  // --- the peer's side ---

  /** Everything that the peer has got. */
  get received(): Buffer {
    return Buffer.concat(this.#taken);
  }

  /** Where the next read would go; undefined when nothing will be read any more. */
  get readingInto(): Buffer | undefined {
    return this.ending === undefined && !this.#endTold ? this.#readingInto : undefined;
  }

  /** Bytes on their way to the owner. */
  get unread(): number {
    return this.#inbound.length;
  }

  get hasPeerEnded(): boolean {
    return this.#peerEnded;
  }

  connect(): void {
    if (this.ending !== undefined || !this.#isConnecting) return;
    this.#isConnecting = false;
    this.handler.onConnected();
  }

  /** Puts bytes on the wire; `deliver` brings them to the owner. */
  send(bytes: Uint8Array): void {
    if (!this.#peerEnded) this.#inbound = Buffer.concat([this.#inbound, bytes]);
  }

  sendEnd(): void {
    this.#peerEnded = true;
  }

  /** One read of at most `most` bytes, if the owner reads: bytes, or the peer's end when there are none before it. */
  deliver(most = Number.POSITIVE_INFINITY): boolean {
    if (!this.isReading || this.ending !== undefined || this.#isConnecting || this.#endTold) return false;
    if (this.#inbound.length === 0) return this.#tellEnd();
    const into = this.#readMode === "direct" ? this.#readingInto : undefined;
    const length = Math.min(most, this.#inbound.length, into?.length ?? 64 * 1024);
    const buffer = into ?? Buffer.alloc(length);
    this.#inbound.copy(buffer, 0, 0, length);
    this.#inbound = this.#inbound.subarray(length);
    this.readBytes += length;
    const goesOn = this.handler.onData(buffer, length);
    if (this.#readMode === "direct") this.#readingInto = this.handler.readBuffer();
    if (!goesOn) this.isReading = false;
    return true;
  }

  /** `deliver` until the owner pauses or nothing is left. */
  deliverAll(most?: number): void {
    while (this.deliver(most)) this.#tasks.run();
  }

  /** The peer makes room for `bytes` more. */
  grant(bytes = Number.POSITIVE_INFINITY): void {
    this.#room += bytes;
    this.#take();
  }

  /** A socket error: the socket is gone, and the owner hears of it before anything else can happen (Node's `nextTick`). */
  fail(code: string, syscall = "read", lastWords?: Buffer): void {
    if (this.ending !== undefined) return;
    const error = Object.assign(new Error(code), { code, syscall });
    this.ending = "closed";
    this.#tellClosedLater();
    this.handler.onError(error, lastWords);
  }

  #tellEnd(): boolean {
    if (!this.#peerEnded) return false;
    this.#endTold = true;
    this.handler.onEnd();
    this.#closeIfDone();
    return true;
  }

  #take(): void {
    if (this.ending !== undefined) return;
    for (const write of this.#writes) {
      const until = Math.min(write.bytes.length, write.taken + this.#room);
      const now = Buffer.from(write.bytes.subarray(write.taken, until));
      if (!now.equals(write.asWritten.subarray(write.taken, until)))
        this.violations.push("overwritten before it was sent");
      this.#room -= until - write.taken;
      write.taken = until;
      this.#taken.push(now);
      if (until < write.bytes.length) break;
    }
    this.#writes = this.#writes.filter((write) => write.taken < write.bytes.length);
    this.#afterTaking();
  }

  #afterTaking(): void {
    if (this.#writes.length > 0) {
      this.#mustTellDrain = true;
    } else if (this.#finQueued) {
      this.finSent = true;
      if (this.#closeWhenSent) this.#tasks.add(() => this.#destroy("closed"));
      this.#closeIfDone();
    } else if (this.#mustTellDrain) {
      this.#mustTellDrain = false;
      this.#tasks.add(() => {
        if (this.ending === undefined) this.handler.onDrain();
      });
    }
  }

  #closeIfDone(): void {
    if (this.#endTold && this.finSent) this.#tasks.add(() => this.#destroy("closed"));
  }

  #destroy(how: "closed" | "reset"): void {
    if (this.ending !== undefined) return;
    this.ending = how;
    this.#tellClosedLater();
  }

  #tellClosedLater(): void {
    this.#tasks.add(() => {
      this.isClosed = true;
      this.handler.onClosed();
    });
  }
}
