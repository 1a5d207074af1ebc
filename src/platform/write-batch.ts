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

/** So many are done together without waiting for a further turn. */
const ENOUGH = 16;

/** Turns that a text waits for others, at most. */
const MOST_TURNS = 8;

/** Waiting for further turns is worth the one that comes in vain at its end when so many come together, and so many times the first. */
const WORTH_WAITING = 8;
const TIMES_THE_FIRST = 3;

/** While it is not worthwhile, one write, or one turn, in so many is held back to see how many come with it. */
const PROBE_EVERY = 64;

/**
 * Small writes of one turn of the event loop, held back until its end. Each write wakes the process at the other end; done
 * between two reads it finds that process asleep again every time, done together they wake it once. That is worth an eighth
 * of the CPU time of a small request, on both sides. While few sockets are busy there is nothing to be done together, and
 * writes go out at once.
 *
 * libuv (from 1.45) accepts one connection a turn, so turns are short while connections come, and have few writes each.
 * Therefore writes wait for further turns, as long as each of them brings more, and while many come together that way. The loop
 * does not sleep meanwhile: a turn that brings nothing ends the wait.
 */
export class WriteBatch {
  /** How texts are written; undefined = as everything else, through the sockets' streams. */
  readonly writer: TextWriter | undefined;
  /** The first `#count` of them wait. Never made shorter: V8 would throw the memory away with every turn. */
  readonly #writers: (BatchedWriter | undefined)[] = new Array(MOST_WAITING).fill(undefined);
  #count = 0;
  /** Flushed since the wait began, as `MOST_WAITING` had come. */
  #flushedEarly = 0;
  #isScheduled = false;
  #isWorthwhile = false;
  /** Further turns are waited for. */
  #isPatient = false;
  #sinceProbe = 0;
  /** Turns since the wait began, and what had come by the end of the first and of the last of them. */
  #turns = 0;
  #inFirstTurn = 0;
  #soFar = 0;
  readonly #onTurn = (): void => {
    if (this.#mayWait()) setImmediate(this.#onTurn);
    else this.#flush();
  };

  constructor(writer?: TextWriter) {
    this.writer = writer;
  }

  /** Whether the next write is to be held back with `add`. */
  holds(): boolean {
    return this.#isWorthwhile || this.#isScheduled || this.#probes();
  }

  /** `writer.flush` is called at the end of this turn of the loop, of one of the next, or earlier. */
  add(writer: BatchedWriter): void {
    if (!this.#isScheduled) {
      this.#isScheduled = true;
      setImmediate(this.#onTurn);
    }
    this.#writers[this.#count++] = writer;
    if (this.#count < MOST_WAITING) return;
    this.#flushedEarly += this.#count;
    this.#flushAll();
  }

  /** Once in a while, for one wait. */
  #probes(): boolean {
    if (++this.#sinceProbe < PROBE_EVERY) return false;
    this.#sinceProbe = 0;
    this.#isPatient = true;
    return true;
  }

  /** A turn has ended: whether to wait for the next one. */
  #mayWait(): boolean {
    const before = this.#soFar;
    this.#soFar = this.#flushedEarly + this.#count;
    if (++this.#turns === 1) this.#inFirstTurn = this.#soFar;
    return this.#isPatient && this.#soFar > before && this.#soFar < ENOUGH && this.#turns < MOST_TURNS;
  }

  #flush(): void {
    this.#isPatient = this.#soFar >= Math.max(WORTH_WAITING, TIMES_THE_FIRST * this.#inFirstTurn);
    this.#isWorthwhile = this.#isPatient || this.#inFirstTurn >= WORTHWHILE;
    this.#isScheduled = false;
    this.#flushedEarly = 0;
    this.#turns = 0;
    this.#soFar = 0;
    if (this.#isWorthwhile && !this.#isPatient) this.#probes();
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
