import picocolors from "picocolors";
import { COLUMNS, type Output, wrap } from "../output.ts";

const INDENT = "   ";
const GAP = "   ";

/** Tells a story in 80 columns, and keeps count of the claims in it that did not hold. */
export class Narrator {
  readonly #output: Output;
  readonly #colors: ReturnType<typeof picocolors.createColors>;
  #claims = 0;
  #failed = 0;

  constructor(output: Output, color: boolean) {
    this.#output = output;
    this.#colors = picocolors.createColors(color);
  }

  /** Claims made so far. */
  get claims(): number {
    return this.#claims;
  }

  /** Claims that did not hold. */
  get failed(): number {
    return this.#failed;
  }

  title(text: string): void {
    this.#output.write(`${this.#colors.bold(text)}\n`);
  }

  chapter(text: string): void {
    this.#output.write(`\n${this.#colors.bold(text)}\n`);
  }

  say(text: string): void {
    this.#paragraph(text, INDENT, INDENT, (line) => line);
  }

  /** Rows under a head; a column of numbers is aligned to the right. */
  table(head: readonly string[], rows: readonly (readonly string[])[]): void {
    const lines = alignColumns([head, ...rows]);
    this.#output.write("\n");
    for (const [i, line] of lines.entries()) {
      this.#output.write(`${INDENT}${i === 0 ? this.#colors.dim(line) : line}\n`);
    }
    this.#output.write("\n");
  }

  /** For text that must not be wrapped: commands to copy, lines of a log. */
  verbatim(lines: readonly string[]): void {
    for (const line of lines) this.#output.write(line === "" ? "\n" : `${INDENT}${line}\n`);
  }

  /**
   * Says something that was checked.
   * @param text what is expected, in words
   * @param found what was seen instead, printed when `holds` is false
   */
  claim(text: string, holds: boolean, found: string): void {
    const { green, red } = this.#colors;
    this.#claims++;
    if (holds) {
      this.#paragraph(text, ` ${green("✓")} `, INDENT, (line) => line);
      return;
    }
    this.#failed++;
    this.#paragraph(`EXPECTED: ${text}`, ` ${red("✗")} `, INDENT, red);
    this.#paragraph(`FOUND: ${found}`, INDENT, INDENT, red);
  }

  #paragraph(text: string, first: string, others: string, paint: (line: string) => string): void {
    for (const [i, line] of wrap(text, COLUMNS - INDENT.length).entries()) {
      this.#output.write(`${i === 0 ? first : others}${paint(line)}\n`);
    }
  }
}

/** Lines of equal columns; a column whose cells below the head are all numbers is aligned to the right. */
export function alignColumns(rows: readonly (readonly string[])[]): readonly string[] {
  const [head = []] = rows;
  const columns = head.map((_, column) => rows.map((row) => row[column] ?? ""));
  const aligned = columns.map((cells) => {
    const width = Math.max(...cells.map((cell) => cell.length));
    const isNumeric = cells.slice(1).every((cell) => /^[\d.]+$/.test(cell));
    return cells.map((cell) => (isNumeric ? cell.padStart(width) : cell.padEnd(width)));
  });
  return rows.map((_, row) =>
    aligned
      .map((cells) => cells[row])
      .join(GAP)
      .trimEnd(),
  );
}
