import { UNKNOWN_FIELD } from "./field-names.ts";
import { FieldScanner } from "./field-scanner.ts";
import { FieldTable } from "./field-table.ts";
import type { BodyLimits } from "./message-limits.ts";
import { type Direction, refusal } from "./refusal.ts";
import type { HeadScanner, ScanOutcome } from "./scan-outcome.ts";

const CRLF = Buffer.from("\r\n", "latin1");

/** A trailer section that was read to its end. */
export class Trailers {
  source: Buffer = Buffer.alloc(0);
  end = 0;
  readonly fields: FieldTable;

  constructor(maxFields: number) {
    this.fields = new FieldTable(maxFields);
  }

  /**
   * The section to send on, its empty line included, as bytes of its own. Every field with an id stays behind, as they
   * frame, route, authenticate, describe the content or belong to one connection: a receiver that merges trailers into
   * the head would believe them (RFC 9110, section 6.5.1).
   */
  forwardable(): Buffer {
    const { fields, source } = this;
    const lines: Buffer[] = [];
    for (let row = 0; row < fields.count; row++) {
      if (fields.nameId[row] !== UNKNOWN_FIELD) continue;
      lines.push(source.subarray(fields.lineStart[row], fields.lineStart[row + 1]));
    }
    return Buffer.concat([...lines, CRLF]);
  }
}

/** Scans trailer sections by the rules for header fields (RFC 9112, section 7.1.2). */
export class TrailerScanner implements HeadScanner<Trailers> {
  readonly head: Trailers;
  readonly maxPendingBytes: number;
  readonly #direction: Direction;
  readonly #fields: FieldScanner;
  #fresh = true;
  #from = 0;

  constructor(direction: Direction, limits: BodyLimits) {
    this.#direction = direction;
    this.head = new Trailers(limits.maxTrailerFields);
    this.#fields = new FieldScanner(this.head.fields, "trailers-too-large");
    this.maxPendingBytes = limits.maxTrailerBytes;
  }

  get headEnd(): number {
    return this.head.end;
  }

  reset(): void {
    this.#fresh = true;
  }

  scan(buffer: Buffer, from: number, to: number): ScanOutcome {
    if (this.#fresh) this.#fields.begin(from, from + this.maxPendingBytes);
    else if (from !== this.#from) this.#fields.shift(from - this.#from);
    this.#fresh = false;
    this.#from = from;
    const step = this.#fields.scan(buffer, to);
    if (step === "more") return "more";
    this.reset();
    if (step !== "end") return refusal(this.#direction, step === "too-many-fields" ? "trailers-too-large" : step);
    this.head.source = buffer;
    this.head.end = this.#fields.at;
    return "head";
  }
}
