import { TITLES } from "./balancers.ts";
import type { Summary } from "./results.ts";
import type { Spread } from "./statistics.ts";
import { WORKLOADS } from "./workloads.ts";

const HEADINGS = ["per operation", "balancer", "median", "min–max", "× HAProxy", "min–max"] as const;
/** With one blank between them: 79 columns. */
const WIDTHS = [23, 10, 8, 14, 9, 10] as const;

/** The summary for a terminal of 80 columns. */
export function textTable(summary: readonly Summary[]): string {
  const lines = [textLine(HEADINGS), WIDTHS.map((width) => "─".repeat(width)).join(" ")];
  for (const row of rowsOf(summary)) lines.push(textLine(row));
  return `${lines.join("\n")}\n`;
}

/** The summary as a Markdown table. */
export function markdownTable(summary: readonly Summary[]): string {
  const lines = [`| ${HEADINGS.join(" | ")} |`, "|---|---|--:|--:|--:|--:|"];
  for (const row of rowsOf(summary)) lines.push(`| ${row.join(" | ")} |`);
  return `${lines.join("\n")}\n`;
}

/** The workload is named in its first row only. */
function rowsOf(summary: readonly Summary[]): readonly (readonly string[])[] {
  let named: string | undefined;
  return summary.map((row) => {
    const workload = WORKLOADS.find(({ id }) => id === row.workload);
    const name = row.workload === named ? "" : `${workload?.title ?? row.workload}, ${row.unit}`;
    named = row.workload;
    const ratio = row.ratio === undefined ? ["", ""] : [row.ratio.median.toFixed(2), range(row.ratio, 2)];
    const digits = digitsOf(row.cost.median);
    return [name, TITLES[row.balancer], row.cost.median.toFixed(digits), range(row.cost, digits), ...ratio];
  });
}

function textLine(cells: readonly string[]): string {
  const padded = cells.map((cell, i) => (i < 2 ? cell.padEnd(WIDTHS[i] ?? 0) : cell.padStart(WIDTHS[i] ?? 0)));
  return padded.join(" ").trimEnd();
}

function range(spread: Spread, digits: number): string {
  return `${spread.min.toFixed(digits)}–${spread.max.toFixed(digits)}`;
}

/** Three significant digits or so. */
function digitsOf(value: number): number {
  return value >= 100 ? 0 : 1;
}
