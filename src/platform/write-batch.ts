import type { TextWriter } from "./text-writer.ts";

/** Who has text to be written. */
export interface BatchedWriter {
  /** Hands it to the kernel. */
  flush(): void;
}

/** Sockets whose texts wait for each other, at most: the first must not wait long for the last. */
const MOST_WAITING = 64;

/** With fewer writes in a turn than this, holding them back costs more than it saves. */
const WORTHWHILE = 4;

/** While it is not worthwhile, one write in so many is held back to see how many come with it. */
const PROBE_EVERY = 64;

/**
 * Small writes of one turn of the event loop, held back until its end. Each write wakes the process at the other end; done
 * between two reads it finds that process asleep again every time, done together they wake it once. That is worth an eighth
 * of the CPU time of a small request, on both sides. While few sockets are busy there is nothing to be done together, and
 * writes go out at once.
 */
export class WriteBatch {
  /** How texts are written; undefined = as everything else, through the sockets' streams. */
  readonly writer: TextWriter | undefined;
  /** The first `#count` of them wait. Never made shorter: V8 would throw the memory away with every turn. */
  readonly #writers: (BatchedWriter | undefined)[] = new Array(MOST_WAITING).fill(undefined);
  #count = 0;
  #isScheduled = false;
  #isWorthwhile = false;
  #sinceProbe = 0;
  #flushedEarly = 0;
  readonly #flush = (): void => {
    this.#isScheduled = false;
    this.#isWorthwhile = this.#flushedEarly + this.#count >= WORTHWHILE;
    this.#flushedEarly = 0;
    this.#flushAll();
  };

  constructor(writer?: TextWriter) {
    this.writer = writer;
  }

  /** Whether the next write is to be held back with `add`. */
  holds(): boolean {
    if (this.#isWorthwhile || this.#isScheduled) return true;
    if (++this.#sinceProbe < PROBE_EVERY) return false;
    this.#sinceProbe = 0;
    return true;
  }

  /** `writer.flush` is called at the end of this turn of the loop, or earlier. */
  add(writer: BatchedWriter): void {
    if (!this.#isScheduled) {
      this.#isScheduled = true;
      setImmediate(this.#flush);
    }
    this.#writers[this.#count++] = writer;
    if (this.#count < MOST_WAITING) return;
    this.#flushedEarly += this.#count;
    this.#flushAll();
  }

  #flushAll(): void {
    const count = this.#count;
    this.#count = 0;
    // Nothing is added meanwhile: a write that fails says so in an event of its own.
    for (let i = 0; i < count; i++) {
      this.#writers[i]?.flush();
      this.#writers[i] = undefined;
    }
  }
}
