import { FIELD_ID_COUNT, HOP_BY_HOP, UNKNOWN_FIELD } from "./field-names.ts";
import { equalsIgnoringCase } from "./octets.ts";

/**
 * The field lines of one head as offsets into the buffer that was scanned, in arrays that are reused from head to head:
 * no field costs an allocation. Row i is the i-th line.
 *
 * Written by the scanner only. Valid until the next scan, and only together with the buffer of the scan that completed it.
 */
export class FieldTable {
  /** Number of lines. */
  count = 0;
  /** Where the line begins; `lineStart[count]` is where the empty line begins. */
  readonly lineStart: Int32Array;
  /** The name is `lineStart..nameEnd`; the colon stands at `nameEnd`. */
  readonly nameEnd: Int32Array;
  /** The value without blanks around it. */
  readonly valueStart: Int32Array;
  readonly valueEnd: Int32Array;
  /** The id of the name (field-names.ts), 0 for names without one. */
  readonly nameId: Uint8Array;
  /** 1 = the line means this connection only and is not passed on. */
  readonly hopByHop: Uint8Array;
  /** By id; means something only where there are rows. */
  readonly #firstRow: Int32Array = new Int32Array(FIELD_ID_COUNT);
  readonly #rows: Int32Array = new Int32Array(FIELD_ID_COUNT);

  /** @param capacity the largest number of lines */
  constructor(capacity: number) {
    this.lineStart = new Int32Array(capacity + 1);
    this.nameEnd = new Int32Array(capacity);
    this.valueStart = new Int32Array(capacity);
    this.valueEnd = new Int32Array(capacity);
    this.nameId = new Uint8Array(capacity);
    this.hopByHop = new Uint8Array(capacity);
  }

  get capacity(): number {
    return this.nameEnd.length;
  }

  clear(): void {
    // Also the row under way, whose name was entered before its head was refused. Cheaper than a fill for every head.
    const rows = Math.min(this.count + 1, this.capacity);
    for (let row = 0; row < rows; row++) this.#rows[this.nameId[row] ?? 0] = 0;
    this.count = 0;
  }

  /** Enters the id of the name in row `count`, whose offsets are filled in by the scanner. */
  name(id: number): void {
    const row = this.count;
    this.nameId[row] = id;
    this.hopByHop[row] = HOP_BY_HOP[id] ?? 0;
    if (id === UNKNOWN_FIELD) return;
    if (this.#rows[id] === 0) this.#firstRow[id] = row;
    this.#rows[id] = this.howMany(id) + 1;
  }

  /** How many lines have the name of this id. */
  howMany(id: number): number {
    return this.#rows[id] ?? 0;
  }

  /** The first row with the name of this id, -1 when there is none. */
  first(id: number): number {
    return this.howMany(id) === 0 ? -1 : (this.#firstRow[id] ?? -1);
  }

  /** The next row behind `row` with the name of this id, -1 when there is none. */
  next(id: number, row: number): number {
    for (let i = row + 1; i < this.count; i++) if (this.nameId[i] === id) return i;
    return -1;
  }

  /** The first row from `from` on whose name is `name` (in lower case), -1 when there is none: for names that a setting gives. */
  find(source: Uint8Array, name: Uint8Array, from = 0): number {
    for (let row = from; row < this.count; row++) {
      if (equalsIgnoringCase(source, this.lineStart[row] ?? 0, this.nameEnd[row] ?? 0, name)) return row;
    }
    return -1;
  }

  /** Adds `by` to all offsets up to the line under way: the bytes were moved. */
  shift(by: number): void {
    for (const column of [this.lineStart, this.nameEnd, this.valueStart, this.valueEnd]) {
      const rows = Math.min(this.count + 1, column.length);
      for (let row = 0; row < rows; row++) column[row] = (column[row] ?? 0) + by;
    }
  }
}
