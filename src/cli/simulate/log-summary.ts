import { formatFacts } from "../../skew/logs/formats.ts";
import type { LogFormat } from "../../skew/logs/line-format.ts";
import type { LogFacts } from "../../skew/logs/log-reader.ts";
import { rateText } from "./log-progress.ts";

/** One log that was read. */
export interface ReadLogFacts extends LogFacts {
  /** As given on the command line; `standard input`. */
  readonly name: string;
  readonly format: LogFormat;
}

/** One sentence about each log, the same at every run: for reports. */
export function describeLogs(logs: readonly ReadLogFacts[]): readonly string[] {
  return logs.map((log) => {
    const counted = log.counted === log.lines ? "all counted" : `${thousands(log.counted)} counted`;
    const rest = [
      ...(log.passedOver > 0 ? [describePassedOver(log.passedOver)] : []),
      ...(log.withoutAddress > 0 ? [`${thousands(log.withoutAddress)} of clients without an address`] : []),
      ...(log.malformed > 0 ? [`${thousands(log.malformed)} that could not be read`] : []),
    ];
    const lines = log.lines === 1 ? "1 line" : `${thousands(log.lines)} lines`;
    return `${log.name}: ${[`${lines} (${formatFacts(log.format).title})`, counted, ...rest].join(", ")}.`;
  });
}

/** One line for whoever waited for it. */
export function describeReading(logs: readonly ReadLogFacts[], elapsedMs: number): string {
  const lines = logs.reduce((sum, log) => sum + log.lines, 0);
  const of = logs.length === 1 ? `${logs[0]?.name ?? ""} (${logs[0]?.format ?? ""})` : `${logs.length} logs`;
  const rate =
    elapsedMs > 0 ? ` in ${(elapsedMs / 1000).toFixed(1)} s, ${rateText((1000 * lines) / elapsedMs)} a second` : "";
  return `${thousands(lines)} ${lines === 1 ? "line" : "lines"} of ${of} read${rate}`;
}

/** Lines that are no fault, but nobody's visit either. */
export function describePassedOver(lines: number): string {
  return lines === 1 ? "1 comment or line of another kind" : `${thousands(lines)} comments or lines of another kind`;
}

/** `1,234,567` */
export function thousands(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+$)/g, ",");
}
