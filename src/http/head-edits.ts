import { InvariantError } from "../model/failure.ts";
import { FIELD_VALUE, runEnd } from "./octets.ts";

const KEEP = 0;
const REMOVE = 1;
const REPLACE = 2;
const CUT = 3;

const NAME = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;

/** Field lines that were checked when they were made, to be added to many heads. */
export class FieldLines {
  /** The lines with their CR LF, one char code a byte. */
  readonly text: string;

  /** @throws InvariantError when a name or value cannot stand in a field line */
  constructor(fields: readonly { readonly name: string; readonly value: string }[]) {
    this.text = fields.map(({ name, value }) => fieldLine(name, value)).join("");
  }
}

/** A part of a value that is left out: `[from, to)` of the head's source. */
export interface Cut {
  readonly from: number;
  readonly to: number;
}

/**
 * What changes in a head on its way: lines that go, lines that get another value or lose a part of it, lines that come. Rows
 * are those of the head's field table. Reused: `clear` before every head.
 *
 * The bytes given stay the caller's; they are read when the head is written. A value that is not a field value or a line
 * that is not one line is a bug of the caller (InvariantError): nothing can get into a head this way that the scanner
 * would refuse.
 */
export class HeadEdits {
  readonly #action: Uint8Array;
  /** By row; mean something only where the action says so. */
  readonly #cutFrom: Int32Array;
  readonly #cutTo: Int32Array;
  #values: Buffer[] = [];
  #rowOfValue: number[] = [];
  #added = "";
  #lastRow = -1;

  /** @param maxFields rows of the largest head to be edited */
  constructor(maxFields: number) {
    this.#action = new Uint8Array(maxFields);
    this.#cutFrom = new Int32Array(maxFields);
    this.#cutTo = new Int32Array(maxFields);
  }

  /** Nothing changes. */
  get isEmpty(): boolean {
    return this.#lastRow < 0 && this.#added === "";
  }

  clear(): void {
    if (this.#lastRow >= 0) this.#action.fill(KEEP, 0, this.#lastRow + 1);
    this.#lastRow = -1;
    this.#added = "";
    if (this.#values.length > 0) {
      this.#values = [];
      this.#rowOfValue = [];
    }
  }

  /** Leaves the line of `row` out. */
  remove(row: number): void {
    this.#act(row, REMOVE);
  }

  /** Gives the line of `row` another value; its name stays byte for byte. The last one given counts. */
  replaceValue(row: number, value: Buffer): void {
    if (runEnd(FIELD_VALUE, value, 0, value.length) < value.length) throw new InvariantError("not a field value");
    this.#act(row, REPLACE);
    this.#rowOfValue.push(row);
    this.#values.push(value);
  }

  /** Leaves a part of the value of `row` out; all else stays byte for byte. One part a line: the last one given counts. */
  cut(row: number, part: Cut): void {
    this.#act(row, CUT);
    this.#cutFrom[row] = part.from;
    this.#cutTo[row] = part.to;
  }

  /** Adds lines made beforehand. */
  addLines(lines: FieldLines): void {
    this.#added += lines.text;
  }

  /** Adds the line `name: value`; every char code becomes one byte. */
  addField(name: string, value: string): void {
    this.#added += fieldLine(name, value);
  }

  /** Whether the line of `row` goes on as it came. */
  keeps(row: number): boolean {
    return this.#action[row] === KEEP;
  }

  /** The other value of `row`, undefined when it has none. */
  replacement(row: number): Buffer | undefined {
    if (this.#action[row] !== REPLACE) return undefined;
    return this.#values[this.#rowOfValue.lastIndexOf(row)];
  }

  /** Whether a part of the value of `row` is left out: `cutFrom` to `cutTo`. */
  isCut(row: number): boolean {
    return this.#action[row] === CUT;
  }
  cutFrom(row: number): number {
    return this.#cutFrom[row] ?? 0;
  }
  cutTo(row: number): number {
    return this.#cutTo[row] ?? 0;
  }

  /** The added lines with their CR LF, in the order they were added. */
  get added(): string {
    return this.#added;
  }

  #act(row: number, action: number): void {
    this.#action[row] = action;
    if (row > this.#lastRow) this.#lastRow = row;
  }
}

function fieldLine(name: string, value: string): string {
  if (!NAME.test(name) || !VALUE.test(value)) throw new InvariantError("not a field line");
  return `${name}: ${value}\r\n`;
}
