import { InvariantError } from "../model/failure.ts";
import { FIELD_VALUE, octetAt, runEnd, TOKEN } from "./octets.ts";

const KEEP = 0;
const REMOVE = 1;
const REPLACE = 2;

const NAME = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;

/**
 * What changes in a head on its way: lines that go, lines that get another value, lines that come. Rows are those of the
 * head's field table. Reused: `clear` before every head.
 *
 * The bytes given stay the caller's; they are read when the head is written. A value that is not a field value or a line
 * that is not one line is a bug of the caller (InvariantError): nothing can get into a head this way that the scanner
 * would refuse.
 */
export class HeadEdits {
  readonly #action: Uint8Array;
  readonly #values: Buffer[] = [];
  readonly #rowOfValue: number[] = [];
  readonly #lines: (Buffer | string)[] = [];
  #dirty = false;

  /** @param maxFields rows of the largest head to be edited */
  constructor(maxFields: number) {
    this.#action = new Uint8Array(maxFields);
  }

  clear(): void {
    if (this.#dirty) this.#action.fill(KEEP);
    this.#dirty = false;
    this.#values.length = 0;
    this.#rowOfValue.length = 0;
    this.#lines.length = 0;
  }

  /** Leaves the line of `row` out. */
  remove(row: number): void {
    this.#action[row] = REMOVE;
    this.#dirty = true;
  }

  /** Gives the line of `row` another value; its name stays byte for byte. The last one given counts. */
  replaceValue(row: number, value: Buffer): void {
    if (runEnd(FIELD_VALUE, value, 0, value.length) < value.length) throw new InvariantError("not a field value");
    this.#action[row] = REPLACE;
    this.#dirty = true;
    this.#rowOfValue.push(row);
    this.#values.push(value);
  }

  /** Adds a line made beforehand: `name: value` with its CR LF. */
  addLine(line: Buffer): void {
    if (!isFieldLine(line)) throw new InvariantError("not a field line");
    this.#lines.push(line);
  }

  /** Adds the line `name: value`; every char code becomes one byte. */
  addField(name: string, value: string): void {
    if (!NAME.test(name) || !VALUE.test(value)) throw new InvariantError("not a field line");
    this.#lines.push(`${name}: ${value}\r\n`);
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

  /** The added lines, in the order they were added. */
  get lines(): readonly (Buffer | string)[] {
    return this.#lines;
  }
}

function isFieldLine(line: Buffer): boolean {
  const end = line.length - 2;
  const colon = runEnd(TOKEN, line, 0, line.length);
  return (
    colon > 0 &&
    colon < end &&
    octetAt(line, colon) === 0x3a &&
    runEnd(FIELD_VALUE, line, colon + 1, end) === end &&
    octetAt(line, end) === 0x0d &&
    octetAt(line, end + 1) === 0x0a
  );
}
