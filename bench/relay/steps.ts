import { CORRUPTED } from "./backend.ts";
import type { Progress, Step } from "./lane.ts";
import { Pattern } from "./pattern.ts";
import { ACKNOWLEDGEMENT_BYTES, type Preamble } from "./preamble.ts";

type Write = (chunk: Buffer) => boolean;

/** Sends `messageBytes` of the pattern (at most Pattern.LONGEST) and waits until exactly these have come back. */
export class RoundTrip implements Step {
  readonly preamble: Preamble;
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

  received(chunk: Uint8Array, length: number): Progress {
    if (!this.#pattern.matches(this.#received, chunk, length)) return "corrupt";
    this.#received += length;
    if (this.#received > this.#sent) return "corrupt";
    return this.#received === this.#sent ? "done" : "more";
  }
}

/** Sends `transferBytes` of the pattern as fast as the socket takes them and waits for the sink's word that all arrived intact. */
export class Upload implements Step {
  readonly preamble: Preamble;
  readonly #pattern: Pattern;
  readonly #acknowledgement = Buffer.alloc(ACKNOWLEDGEMENT_BYTES);
  #acknowledgementLength = 0;
  #sent = 0;
  #owed = 0;

  constructor(pattern: Pattern, offset: number, transferBytes: number) {
    this.preamble = { mode: "sink", offset, transferBytes };
    this.#pattern = pattern;
  }

  begin(write: Write): void {
    this.#owed = this.preamble.transferBytes;
    this.drained(write);
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

  received(chunk: Uint8Array, length: number): Progress {
    if (this.#acknowledgementLength + length > ACKNOWLEDGEMENT_BYTES) return "corrupt";
    this.#acknowledgement.set(chunk.subarray(0, length), this.#acknowledgementLength);
    this.#acknowledgementLength += length;
    if (this.#acknowledgementLength < ACKNOWLEDGEMENT_BYTES) return "more";
    this.#acknowledgementLength = 0;
    const arrived = this.#acknowledgement.readBigUInt64LE();
    return arrived !== CORRUPTED && arrived === BigInt(this.#sent) ? "done" : "corrupt";
  }
}

/** Asks the source for `transferBytes` with one byte and checks what comes. */
export class Download implements Step {
  static readonly #REQUEST = Buffer.from("n");
  readonly preamble: Preamble;
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

  received(chunk: Uint8Array, length: number): Progress {
    if (!this.#pattern.matches(this.preamble.offset + this.#received, chunk, length)) return "corrupt";
    this.#received += length;
    if (this.#received > this.#expected) return "corrupt";
    return this.#received === this.#expected ? "done" : "more";
  }
}
