import picocolors from "picocolors";
import type { ConfigProblem } from "../model/failure.ts";
import { COLUMNS, type Output, wantsColor, wrap } from "./output.ts";

/** EX_CONFIG of sysexits.h: systemd can be told not to try again (RestartPreventExitStatus=78). */
export const EXIT_CONFIG = 78;

/** Columns are not widened for names and values longer than these. */
const WIDEST_NAME = 28;
const WIDEST_VALUE = 24;
const INDENT = 20;
const LONGEST_VALUE = 120;

/** How problems are introduced and closed. */
export interface ReportStyle {
  readonly severity: "error" | "warning";
  readonly color: boolean;
}

/** Writes the report of errors, and that nothing was started. */
export function printErrors(
  problems: readonly ConfigProblem[],
  stderr: Output,
  env: Readonly<Record<string, string | undefined>>,
): void {
  stderr.write(formatProblems(problems, { severity: "error", color: wantsColor(stderr, env) }));
  stderr.write("\nNothing was started. All settings: lengket help-env   Check again: lengket check\n");
}

/** Writes the report of warnings, if there are any. */
export function printWarnings(
  problems: readonly ConfigProblem[],
  stderr: Output,
  env: Readonly<Record<string, string | undefined>>,
): void {
  if (problems.length === 0) return;
  stderr.write(formatProblems(problems, { severity: "warning", color: wantsColor(stderr, env) }));
}

/** The report as text: a summary line, then name, value, problem and hint of each, for 80 columns. */
export function formatProblems(problems: readonly ConfigProblem[], { severity, color }: ReportStyle): string {
  const { bold, red, yellow, dim } = picocolors.createColors(color);
  const plural = problems.length === 1 ? "" : "s";
  const summary =
    severity === "error"
      ? `${problems.length} problem${plural} in the configuration`
      : `${problems.length} warning${plural} about the configuration`;
  const rows = problems.map(({ where, value, problem, hint }) => ({ where, value: quote(value), problem, hint }));
  const nameWidth = widest(
    rows.map(({ where }) => where),
    WIDEST_NAME,
  );
  const valueWidth = widest(
    rows.map(({ value }) => value),
    WIDEST_VALUE,
  );
  const lines = [`${bold(severity === "error" ? red("lengket:") : yellow("lengket:"))} ${summary}`, ""];
  for (const { where, value, problem, hint } of rows) {
    const left = `  ${bold(where.padEnd(nameWidth))}  ${value.padEnd(valueWidth)}`;
    const used = 2 + Math.max(where.length, nameWidth) + 2 + Math.max(value.length, valueWidth) + 2;
    const paint = severity === "error" ? red : yellow;
    if (used + problem.length <= COLUMNS) {
      lines.push(`${left}  ${paint(problem)}`);
    } else {
      lines.push(left.trimEnd(), ...indented(problem).map((line) => paint(line)));
    }
    if (hint !== undefined) lines.push(...indented(hint).map((line) => dim(line)));
  }
  return `${lines.join("\n")}\n`;
}

/** A problem on one line, for the log: name, value, problem and hint. */
export function problemSentence({ where, value, problem, hint }: ConfigProblem): string {
  const shown = value === undefined ? "" : ` ${quote(value)}`;
  return `${where}${shown}: ${problem}${hint === undefined ? "" : `; ${hint}`}`;
}

function indented(text: string): readonly string[] {
  return wrap(text, COLUMNS - INDENT).map((line) => " ".repeat(INDENT) + line);
}

/** JSON's quotes make control characters visible. */
function quote(value: string | undefined): string {
  if (value === undefined) return "";
  return JSON.stringify(value.length > LONGEST_VALUE ? `${value.slice(0, LONGEST_VALUE)}…` : value);
}

/** The widest of the texts that are not wider than `limit`. */
function widest(texts: readonly string[], limit: number): number {
  return Math.max(0, ...texts.map((text) => text.length).filter((length) => length <= limit));
}
