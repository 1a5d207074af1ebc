import picocolors from "picocolors";
import { COLUMNS, type Output, wrap } from "../output.ts";

const INDENT = "   ";
const GAP = "   ";

type Part = "title" | "text" | "table" | "claims" | "verbatim";

/** Tells a story in 80 columns, and keeps count of the claims in it that did not hold. */
export class Narrator {
  readonly #output: Output;
  readonly #colors: ReturnType<typeof picocolors.createColors>;
  #previous: Part | undefined;
  #claims = 0;
  #failed = 0;
  #isSilent = false;

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

  /** Ends the story wherever it is: whatever wants to be told from now on throws instead. */
  silence(): void {
    this.#isSilent = true;
  }

  title(text: string): void {
    this.#begin("title");
    this.#line(this.#colors.bold(text));
  }

  say(text: string): void {
    this.#begin("text");
    this.#paragraph(text, INDENT, (line) => line);
  }

  /** Rows under a head; a column of numbers is aligned to the right. */
  table(head: readonly string[], rows: readonly (readonly string[])[]): void {
    this.#begin("table");
    const [first = "", ...rest] = alignColumns([head, ...rows]);
    this.#line(INDENT + this.#colors.dim(first));
    for (const line of rest) this.#line(INDENT + line);
  }

  /** For lines that must not be wrapped, such as commands to copy. */
  verbatim(lines: readonly string[]): void {
    this.#begin("verbatim");
    for (const line of lines) this.#line(INDENT + line);
  }

  /**
   * Says something that was checked.
   * @param text what is expected, in words
   * @param found what was seen instead, printed when `holds` is false
   */
  claim(text: string, holds: boolean, found: string): void {
    const { green, red } = this.#colors;
    this.#begin("claims");
    this.#claims++;
    if (holds) {
      this.#paragraph(text, ` ${green("✓")} `, (line) => line);
      return;
    }
    this.#failed++;
    this.#paragraph(`EXPECTED: ${text}`, ` ${red("✗")} `, red);
    this.#paragraph(`FOUND: ${found}`, INDENT, red);
  }

  /** A blank line between parts of different kinds; a title and what follows it are one part. */
  #begin(part: Part): void {
    if (this.#isSilent) throw new Error("the story was interrupted");
    const isContinued = part !== "title" && (this.#previous === part || this.#previous === "title");
    if (this.#previous !== undefined && !isContinued) this.#line("");
    this.#previous = part;
  }

  #paragraph(text: string, start: string, paint: (line: string) => string): void {
    for (const [i, line] of wrap(text, COLUMNS - INDENT.length).entries()) {
      this.#line((i === 0 ? start : INDENT) + paint(line));
    }
  }

  #line(text: string): void {
    this.#output.write(`${text}\n`);
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
