import type { Summary } from "./results.ts";
import type { Spread } from "./statistics.ts";

const HEADINGS = ["per operation", "balancer", "median", "min–max", "× HAProxy", "min–max"] as const;
/** Of the columns behind the names. With the names and one blank between them: 79 columns. */
const FIGURE_WIDTHS = [8, 14, 9, 10] as const;
const NAMES_WIDTH = 33;
const LEAST_TITLE_WIDTH = 10;

/** What people call the workloads and balancers of a summary; an id without title stands for itself. */
export interface Titles {
  readonly workloads: ReadonlyMap<string, string>;
  readonly balancers: ReadonlyMap<string, string>;
}

/** The summary for a terminal of 80 columns. */
export function textTable(summary: readonly Summary[], titles: Titles): string {
  const second = Math.max(LEAST_TITLE_WIDTH, ...[...titles.balancers.values()].map((title) => title.length));
  const widths = [NAMES_WIDTH - second, second, ...FIGURE_WIDTHS];
  const lines = [textLine(HEADINGS, widths), widths.map((width) => "─".repeat(width)).join(" ")];
  for (const row of rowsOf(summary, titles)) lines.push(textLine(row, widths));
  return `${lines.join("\n")}\n`;
}

/** The summary as a Markdown table. */
export function markdownTable(summary: readonly Summary[], titles: Titles): string {
  const lines = [`| ${HEADINGS.join(" | ")} |`, "|---|---|--:|--:|--:|--:|"];
  for (const row of rowsOf(summary, titles)) lines.push(`| ${row.join(" | ")} |`);
  return `${lines.join("\n")}\n`;
}

/** The workload is named in its first row only. */
function rowsOf(summary: readonly Summary[], titles: Titles): readonly (readonly string[])[] {
  let named: string | undefined;
  return summary.map((row) => {
    const title = titles.workloads.get(row.workload) ?? row.workload;
    const name = row.workload === named ? "" : `${title}, ${row.unit}`;
    named = row.workload;
    const balancer = titles.balancers.get(row.balancer) ?? row.balancer;
    return [name, balancer, ...medianAndRange(row.cost, 1), ...medianAndRange(row.ratio, 2)];
  });
}

function textLine(cells: readonly string[], widths: readonly number[]): string {
  const padded = cells.map((cell, i) => (i < 2 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0)));
  return padded.join(" ").trimEnd();
}

/** At most `decimals` of them, and none that nobody needs: three or four significant digits. */
function medianAndRange(spread: Spread | undefined, decimals: number): readonly [string, string] {
  if (spread === undefined) return ["", ""];
  const digits = spread.median >= 100 ? 0 : spread.median >= 10 ? Math.min(1, decimals) : decimals;
  const [median, min, max] = [spread.median, spread.min, spread.max].map((value) => value.toFixed(digits));
  return [median ?? "", `${min}–${max}`];
}
