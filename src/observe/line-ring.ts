import type { Clock, Timer } from "../platform/clock.ts";
import { holdProcess } from "../platform/hold-process.ts";
import { LineQueue } from "./line-queue.ts";
import { type FileCalls, type LogFile, systemFiles } from "./log-file.ts";

/** Most bytes in one write: what an empty pipe takes on Linux (pipe(7)). */
const BATCH_BYTES = 64 * 1024;
/** A full pipe (EAGAIN) is tried again after 1, 2, 4 … 50 ms. */
const FIRST_RETRY_MS = 1;
const LAST_RETRY_MS = 50;
/** A full disk and its like are tried again this often. */
const FAILURE_RETRY_MS = 1000;
/** Nothing that is written to this descriptor will ever arrive; only another file helps. */
const HOPELESS: ReadonlySet<string | undefined> = new Set(["EPIPE", "EBADF", "ECONNRESET"]);

/** `dropping`: the reader is too slow and the ring is full · `failing`: the descriptor refuses the lines. */
export type RingState = "flowing" | "dropping" | "failing";

/** The ring has come into another state. */
export interface RingChange {
  readonly state: RingState;
  /** What the write answered, when failing. */
  readonly error: NodeJS.ErrnoException | undefined;
  /** Lines lost since the change before this one. */
  readonly dropped: number;
}

export interface LineRingOptions {
  /** Where the lines go. The ring closes it when it is owned. */
  readonly file: LogFile;
  /** Ceiling of the text that waits, in bytes. */
  readonly limitBytes: number;
  /** A line waits this long for others to share its write; 0 = written at once. A write costs ~25 µs of CPU. */
  readonly lingerMs: number;
  readonly clock: Clock;
  readonly files?: FileCalls;
}

/**
 * Lines of text on their way to a descriptor. Putting a line in never blocks, never throws and takes no memory beyond
 * the limit: when the reader is stuck the newest lines are dropped, whole, and counted. At every moment
 * `appended = written + dropped + waiting`.
 */
export class LineRing {
  readonly #queue: LineQueue;
  readonly #limitBytes: number;
  readonly #lingerMs: number;
  readonly #clock: Clock;
  readonly #files: FileCalls;
  readonly #onWritten = (error: NodeJS.ErrnoException | null, count: number): void => this.#afterWrite(error, count);
  #file: LogFile;
  #nextFile: LogFile | undefined;
  #writing = false;
  #closed = false;
  /** The descriptor is beyond hope. */
  #broken = false;
  #linger: Timer | undefined;
  #retry: Timer | undefined;
  #retryMs = FIRST_RETRY_MS;
  #state: RingState = "flowing";
  #listener: ((change: RingChange) => void) | undefined;
  #flushers: ((done: boolean) => void)[] = [];
  #appended = 0;
  #written = 0;
  #dropped = 0;
  #droppedAtReport = 0;

  constructor(options: LineRingOptions) {
    this.#queue = new LineQueue(options.limitBytes);
    this.#limitBytes = options.limitBytes;
    this.#lingerMs = options.lingerMs;
    this.#clock = options.clock;
    this.#files = options.files ?? systemFiles;
    this.#file = options.file;
  }

  /** Lines handed in. */
  get appended(): number {
    return this.#appended;
  }

  /** Lines that the descriptor took completely. */
  get written(): number {
    return this.#written;
  }

  /** Lines lost: the ring was full, or the descriptor was beyond hope, or the ring was closed. */
  get dropped(): number {
    return this.#dropped;
  }

  /** A write has not come back yet. */
  get isWriting(): boolean {
    return this.#writing;
  }

  /** Lines lost since the listener was last told. */
  get droppedSinceReport(): number {
    return this.#dropped - this.#droppedAtReport;
  }

  get state(): RingState {
    return this.#state;
  }

  /** `listener` is called once for every change of state, from inside `append` or a write's end. It must not throw. */
  onChange(listener: (change: RingChange) => void): void {
    this.#listener = listener;
  }

  /** Hands in a line, without its line end and with none inside. */
  append(line: string): void {
    this.#appended++;
    if (this.#closed || this.#broken) {
      this.#dropped++;
    } else if (!this.#queue.push(line)) {
      this.#dropped++;
      if (this.#state === "flowing") this.#change("dropping");
    } else if (!this.#writing && this.#retry === undefined) {
      this.#writeSoon();
    }
  }

  /**
   * Writes what is waiting. True as soon as nothing waits any more, false when `deadlineMs` passed first or lines were
   * lost by `close`. Keeps the process alive meanwhile.
   */
  flush(deadlineMs: number): Promise<boolean> {
    return new Promise((resolve) => {
      const release = holdProcess();
      const settle = (done: boolean): void => {
        timer.cancel();
        release();
        this.#flushers = this.#flushers.filter((flusher) => flusher !== settle);
        resolve(done);
      };
      const timer = this.#clock.after(deadlineMs, () => settle(false));
      this.#flushers.push(settle);
      this.#write();
    });
  }

  /**
   * Goes on with the file at `path`, opened for appending (log rotation, SIGUSR1). A line that the old file has in part
   * is finished there first, unless that file refuses it: then it is written to the new one from its start. Rejects,
   * and stays with the old file, when the new one cannot be opened.
   */
  reopen(path: string): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#files.open(path, (error, fd) => {
        if (error !== null) return reject(error);
        if (this.#closed) {
          this.#files.close(fd);
          return resolve();
        }
        this.#release(this.#nextFile);
        this.#nextFile = { fd, owned: true };
        if (this.#changeFile()) this.#write();
        resolve();
      });
    });
  }

  /** Gives up what is waiting (call `flush` first), and the descriptor if it is owned, after the write in flight. Twice is harmless. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    if (!this.#writing) this.#finish();
  }

  #writeSoon(): void {
    if (this.#queue.lines === 0) this.#settle(true);
    else if (this.#lingerMs === 0 || this.#flushers.length > 0 || this.#queue.bytes >= BATCH_BYTES) this.#write();
    else this.#linger ??= this.#clock.after(this.#lingerMs, () => this.#write());
  }

  #write(): void {
    if (this.#writing) return;
    this.#cancelTimers();
    const { offset, length } = this.#queue.batch(BATCH_BYTES);
    if (length === 0) {
      this.#settle(true);
      return;
    }
    this.#writing = true;
    this.#files.write(this.#file.fd, this.#queue.buffer, offset, length, this.#onWritten);
  }

  #afterWrite(error: NodeJS.ErrnoException | null, count: number): void {
    this.#writing = false;
    if (error === null) this.#written += this.#queue.advance(count);
    if (this.#closed) {
      this.#finish();
      return;
    }
    if (error === null && count > 0) this.#succeeded();
    else if (error === null || error.code === "EAGAIN") this.#retryLater();
    else this.#failed(error);
    if (this.#changeFile()) this.#write();
    else if (this.#retry === undefined) this.#writeSoon();
  }

  #succeeded(): void {
    this.#retryMs = FIRST_RETRY_MS;
    // Half empty, not merely one line: a ring on the brink of full would change its state with every write.
    const roomy = this.#queue.bytes <= this.#limitBytes / 2;
    if (this.#state === "failing" || (this.#state === "dropping" && roomy)) this.#change("flowing");
  }

  #retryLater(): void {
    this.#retry = this.#clock.after(this.#retryMs, () => this.#write());
    this.#retryMs = Math.min(this.#retryMs * 2, LAST_RETRY_MS);
  }

  #failed(error: NodeJS.ErrnoException): void {
    if (HOPELESS.has(error.code)) {
      this.#broken = true;
      this.#dropped += this.#queue.clear();
    } else {
      this.#retry = this.#clock.after(FAILURE_RETRY_MS, () => this.#write());
    }
    if (this.#state !== "failing") this.#change("failing", error);
  }

  /** Moves on to the reopened file if there is one and no line would be torn that could still be finished. */
  #changeFile(): boolean {
    // The listener may have put a line in and so begun a write: the old descriptor must outlive it.
    if (this.#nextFile === undefined || this.#writing || this.#closed) return false;
    if (this.#queue.midLine && this.#state !== "failing") return false;
    this.#release(this.#file);
    this.#file = this.#nextFile;
    this.#nextFile = undefined;
    this.#broken = false;
    this.#queue.rewind();
    return true;
  }

  #change(state: RingState, error?: NodeJS.ErrnoException): void {
    this.#state = state;
    const dropped = this.droppedSinceReport;
    this.#droppedAtReport = this.#dropped;
    this.#listener?.({ state, error, dropped });
  }

  #finish(): void {
    this.#cancelTimers();
    const lost = this.#queue.clear();
    this.#dropped += lost;
    this.#release(this.#file);
    this.#release(this.#nextFile);
    this.#settle(lost === 0);
  }

  #release(file: LogFile | undefined): void {
    if (file?.owned) this.#files.close(file.fd);
  }

  #cancelTimers(): void {
    this.#linger?.cancel();
    this.#retry?.cancel();
    this.#linger = this.#retry = undefined;
  }

  #settle(done: boolean): void {
    for (const flusher of this.#flushers) flusher(done);
  }
}
