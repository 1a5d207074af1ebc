import { fieldId } from "./field-names.ts";
import type { FieldTable } from "./field-table.ts";
import { COLON, CR, HTAB, LF, octetAt, runEnd, SP, TOKEN, trimBlank, valueRunEnd } from "./octets.ts";
import type { RefusalCode } from "./refusal.ts";

/** `more`: all bytes are scanned and the end was not among them. `end`: the empty line is complete. */
export type ScanStep = "more" | "end" | RefusalCode;

// Where in a line the scanner stands.
const LINE_START = 0;
const NAME = 1;
const BEFORE_VALUE = 2;
const VALUE = 3;
const VALUE_LF = 4;
const END_LF = 5;

const NOTHING = new Uint8Array(0);

/**
 * Scans field lines up to and including the empty line (RFC 9112, sections 2.2 and 5), for heads and for trailers.
 * Every byte is looked at once, however the lines are cut into pieces. What the RFC lets a recipient repair is refused:
 * folds, bare LF, blanks before the colon.
 */
export class FieldScanner {
  readonly table: FieldTable;
  readonly #tooLarge: RefusalCode;
  #state = LINE_START;
  #at = 0;
  #limitAt = 0;
  /** The bytes of the last call, which are often those of the next, and a view of them. */
  #bytes: Uint8Array = NOTHING;
  #words: DataView = viewOf(NOTHING);

  /** @param tooLarge the code for a section that is larger than its limit */
  constructor(table: FieldTable, tooLarge: RefusalCode) {
    this.table = table;
    this.#tooLarge = tooLarge;
  }

  /** Where the next byte to look at stands; behind the empty line after `end`. */
  get at(): number {
    return this.#at;
  }

  /** Begins a section at `at`, of which no byte at or behind `limitAt` may be needed. */
  begin(at: number, limitAt: number): void {
    this.table.clear();
    this.#state = LINE_START;
    this.#at = at;
    this.#limitAt = limitAt;
  }

  /** The bytes were moved: everything stands `by` further on now. */
  shift(by: number): void {
    this.table.shift(by);
    this.#at += by;
    this.#limitAt += by;
  }

  /** Goes on where the last call stopped; `buffer[..to)` holds what has arrived. */
  scan(buffer: Uint8Array, to: number): ScanStep {
    const table = this.table;
    if (buffer !== this.#bytes) {
      this.#bytes = buffer;
      this.#words = viewOf(buffer);
    }
    const words = this.#words;
    const { lineStart, nameEnd, valueStart, valueEnd } = table;
    const end = Math.min(to, this.#limitAt);
    let at = this.#at;
    let state = this.#state;
    let row = table.count;
    while (at < end) {
      if (state === LINE_START) {
        lineStart[row] = at;
        if (buffer[at] === CR) {
          at++;
          state = END_LF;
          continue;
        }
        if (row === table.capacity) return "too-many-fields";
        state = NAME;
      }
      if (state === NAME) {
        at = runEnd(TOKEN, buffer, at, end);
        if (at === end) break;
        const start = lineStart[row] ?? 0;
        if (buffer[at] !== COLON || at === start) return nameFault(octetAt(buffer, at), at === start);
        nameEnd[row] = at;
        table.name(fieldId(buffer, start, at));
        at++;
        valueStart[row] = at;
        state = BEFORE_VALUE;
      }
      if (state === BEFORE_VALUE) {
        while (at < end && (buffer[at] === SP || buffer[at] === HTAB)) at++;
        valueStart[row] = at;
        if (at === end) break;
        state = VALUE;
      }
      if (state === VALUE) {
        at = valueRunEnd(words, buffer, at, end);
        if (at === end) break;
        if (buffer[at] !== CR) return valueFault(octetAt(buffer, at));
        valueEnd[row] = trimBlank(buffer, valueStart[row] ?? 0, at);
        at++;
        state = VALUE_LF;
        if (at === end) break;
      }
      if (state === VALUE_LF) {
        if (buffer[at] !== LF) return "bare-cr";
        at++;
        table.count = ++row;
        state = LINE_START;
      } else if (state === END_LF) {
        if (buffer[at] !== LF) return "end-of-head";
        this.#at = at + 1;
        return "end";
      }
    }
    this.#at = at;
    this.#state = state;
    return end === this.#limitAt ? this.#tooLarge : "more";
  }
}

/** Why `octet` cannot stand where a name or its colon is due. */
function nameFault(octet: number, first: boolean): RefusalCode {
  if (octet === LF) return "bare-lf";
  if (octet === 0) return "nul";
  return first && (octet === SP || octet === HTAB) ? "obs-fold" : "field-name";
}

function valueFault(octet: number): RefusalCode {
  if (octet === LF) return "bare-lf";
  return octet === 0 ? "nul" : "field-value";
}

function viewOf({ buffer, byteOffset, byteLength }: Uint8Array): DataView {
  return new DataView(buffer, byteOffset, byteLength);
}
