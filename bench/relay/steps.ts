import { Pattern } from "../support/pattern.ts";
import type { Step, Write } from "./lane.ts";
import { ACKNOWLEDGEMENT_BYTES, type Preamble } from "./preamble.ts";

/** Transfers under way on a bulk connection: more than the sockets on its way can hold, so that it never runs dry. */
const BULK_DEPTH = 4;

/** Sends `messageBytes` of the pattern (at most Pattern.LONGEST) and waits until exactly these have come back. */
export class RoundTrip implements Step {
  readonly preamble: Preamble;
  readonly depth = 1;
  readonly #pattern: Pattern;
  readonly #messageBytes: number;
  #sent: number;
  #received: number;

  constructor(pattern: Pattern, offset: number, messageBytes: number) {
    this.preamble = { mode: "echo", offset, transferBytes: messageBytes };
    this.#pattern = pattern;
    this.#messageBytes = messageBytes;
    this.#sent = offset;
    this.#received = offset;
  }

  begin(write: Write): void {
    write(this.#pattern.slice(this.#sent, this.#messageBytes));
    this.#sent += this.#messageBytes;
  }

  received(chunk: Uint8Array, length: number): number | "corrupt" {
    if (!this.#pattern.matches(this.#received, chunk, length)) return "corrupt";
    this.#received += length;
    if (this.#received > this.#sent) return "corrupt";
    return this.#received === this.#sent ? 1 : 0;
  }
}

/** Sends `transferBytes` of the pattern as fast as the socket takes them and waits for the sink's word that all arrived intact. */
export class Upload implements Step {
  readonly preamble: Preamble;
  readonly depth = BULK_DEPTH;
  readonly #pattern: Pattern;
  readonly #answer = Buffer.alloc(ACKNOWLEDGEMENT_BYTES);
  #answerLength = 0;
  #sent = 0;
  #owed = 0;
  #acknowledged = 0;

  constructor(pattern: Pattern, offset: number, transferBytes: number) {
    this.preamble = { mode: "sink", offset, transferBytes };
    this.#pattern = pattern;
  }

  begin(write: Write): void {
    const writing = this.#owed > 0;
    this.#owed += this.preamble.transferBytes;
    if (!writing) this.drained(write);
  }

  drained(write: Write): void {
    while (this.#owed > 0) {
      const length = Math.min(this.#owed, Pattern.LONGEST);
      const more = write(this.#pattern.slice(this.preamble.offset + this.#sent, length));
      this.#sent += length;
      this.#owed -= length;
      if (!more) return;
    }
  }

  received(chunk: Uint8Array, length: number): number | "corrupt" {
    let completed = 0;
    for (let i = 0; i < length; i++) {
      this.#answer[this.#answerLength++] = chunk[i] ?? 0;
      if (this.#answerLength < ACKNOWLEDGEMENT_BYTES) continue;
      this.#answerLength = 0;
      this.#acknowledged += this.preamble.transferBytes;
      if (this.#answer.readBigUInt64LE() !== BigInt(this.#acknowledged)) return "corrupt";
      completed++;
    }
    return this.#acknowledged > this.#sent ? "corrupt" : completed;
  }
}

/** Asks the source for `transferBytes` with one byte and checks what comes. */
export class Download implements Step {
  static readonly #REQUEST = Buffer.from("n");
  readonly preamble: Preamble;
  readonly depth = BULK_DEPTH;
  readonly #pattern: Pattern;
  #received = 0;
  #expected = 0;

  constructor(pattern: Pattern, offset: number, transferBytes: number) {
    this.preamble = { mode: "source", offset, transferBytes };
    this.#pattern = pattern;
  }

  begin(write: Write): void {
    this.#expected += this.preamble.transferBytes;
    write(Download.#REQUEST);
  }

  received(chunk: Uint8Array, length: number): number | "corrupt" {
    const { offset, transferBytes } = this.preamble;
    if (!this.#pattern.matchesAtEnds(offset + this.#received, chunk, length)) return "corrupt";
    const before = Math.floor(this.#received / transferBytes);
    this.#received += length;
    return this.#received > this.#expected ? "corrupt" : Math.floor(this.#received / transferBytes) - before;
  }
}
