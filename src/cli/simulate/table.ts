import type { ComparisonColumn, ComparisonRow } from "../../skew/report/comparison.ts";

/** The longest title that a policy may have. */
const NAME_WIDTH = 26;
const CELL_WIDTH = 6;
const UNKNOWN = "–";

/** What is said of the columns by theory, under the policies. */
export interface TheoryRow {
  readonly title: string;
  /** By the titles of the columns. */
  readonly cells: ReadonlyMap<string, string>;
}

/**
 * The comparison as lines of at most 80 columns: two of heads, one for each policy, one of theory.
 * @param yours - name of the policy that is marked
 */
export function comparisonTable(
  columns: readonly ComparisonColumn[],
  rows: readonly ComparisonRow[],
  theory: TheoryRow,
  yours: string | undefined,
): readonly string[] {
  const line = (mark: string, name: string, cells: readonly string[]): string =>
    `${mark} ${name.padEnd(NAME_WIDTH)}${cells.map((cell) => cell.padStart(CELL_WIDTH)).join("")}`.trimEnd();
  return [
    ...[0, 1].map((i) =>
      line(
        " ",
        i === 1 ? "policy" : "",
        columns.map(({ head }) => head[i] ?? ""),
      ),
    ),
    ...rows.map((row) =>
      line(
        row.policy.name === yours ? "*" : " ",
        row.policy.title,
        columns.map((column) => column.value(row) ?? UNKNOWN),
      ),
    ),
    line(
      " ",
      theory.title,
      columns.map(({ title }) => theory.cells.get(title) ?? ""),
    ),
  ];
}
