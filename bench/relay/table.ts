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
    return [name, TITLES[row.balancer], ...medianAndRange(row.cost, 1), ...medianAndRange(row.ratio, 2)];
  });
}

function textLine(cells: readonly string[]): string {
  const padded = cells.map((cell, i) => (i < 2 ? cell.padEnd(WIDTHS[i] ?? 0) : cell.padStart(WIDTHS[i] ?? 0)));
  return padded.join(" ").trimEnd();
}

/** At most `decimals` of them, and none that nobody needs: three or four significant digits. */
function medianAndRange(spread: Spread | undefined, decimals: number): readonly [string, string] {
  if (spread === undefined) return ["", ""];
  const digits = spread.median >= 100 ? 0 : spread.median >= 10 ? Math.min(1, decimals) : decimals;
  const [median, min, max] = [spread.median, spread.min, spread.max].map((value) => value.toFixed(digits));
  return [median ?? "", `${min}–${max}`];
}
