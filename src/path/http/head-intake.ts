import type { RequestHead } from "../../http/request-head.ts";
import type { ScanOutcome } from "../../http/scan-outcome.ts";
import type { Clock } from "../../platform/clock.ts";
import type { Readers, RequestReader } from "./readers.ts";

/** Reads the heads of one client connection. Holds a reader only while a part of a head is there. */
export class HeadIntake {
  /** Behind the head, after `head`. */
  next = 0;
  /** When the first byte of the head under way, or of the last one, came. */
  startMs = 0;
  /** When the last head was complete, or refused. */
  endMs = 0;
  readonly #readers: Readers;
  readonly #clock: Clock;
  #reader: RequestReader | undefined;

  constructor(readers: Readers, clock: Clock) {
    this.#readers = readers;
    this.#clock = clock;
  }

  /** A part of a head is there; an empty line ahead of it is none. */
  get isUnderWay(): boolean {
    return this.#reader?.started === true;
  }

  /** Takes the next bytes. A head is given to `onHead` and is valid until that returns. */
  read(buffer: Buffer, from: number, to: number, onHead: (head: RequestHead) => void): ScanOutcome {
    const wasUnderWay = this.isUnderWay;
    if (!wasUnderWay) this.startMs = this.#clock.nowMs();
    const reader = this.#reader ?? this.#readers.takeRequestReader();
    const outcome = reader.read(buffer, from, to);
    if (outcome === "more") {
      this.#reader = reader;
      return outcome;
    }
    this.endMs = wasUnderWay ? this.#clock.nowMs() : this.startMs;
    this.#reader = undefined;
    this.next = reader.next;
    if (outcome === "head") onHead(reader.head);
    this.#readers.giveRequestReader(reader);
    return outcome;
  }

  /** Forgets a part of a head. */
  stop(): void {
    if (this.#reader !== undefined) this.#readers.giveRequestReader(this.#reader);
    this.#reader = undefined;
  }
}
