import { describeFileError } from "../../config/file-error.ts";
import { logFormats } from "../../skew/logs/formats.ts";
import type { BadLine } from "../../skew/logs/line-format.ts";
import type { LogFacts } from "../../skew/logs/log-reader.ts";
import { COLUMNS } from "../output.ts";
import { describePassedOver, type ReadLogFacts, thousands } from "./log-summary.ts";

const NAME_WIDTH = 21;

/** Why a log could not be read: what the file system or zlib threw, in words. */
export function describeLogError(error: unknown): string {
  switch (error instanceof Error && "code" in error ? error.code : undefined) {
    case "Z_BUF_ERROR":
      return "the gzip file ends too early: it was cut, or it is still being written; nothing of it was used";
    case "Z_DATA_ERROR":
      return `the gzip file is damaged (${(error as Error).message}); nothing of it was used`;
    default: {
      const { problem, hint } = describeFileError(error);
      return `${problem}; ${hint}`;
    }
  }
}

/** Why a log that could be read is of no use; undefined when it is of use. */
export function describeUselessLog(facts: LogFacts): readonly string[] | undefined {
  if (facts.counted > 0) return undefined;
  if (facts.bytes === 0) return ["it is empty"];
  if (facts.lines === 0) return ["there are only blank lines in it"];
  if (facts.malformed === 0) return [`no line of it names a client address (${remainder(facts)})`];
  const problem =
    facts.format === undefined ? "no line of it is in any known format" : `no line of it is ${facts.format}`;
  return [`${problem}. It begins:`, ...badLineTexts(facts.badLines), ...knownFormats()];
}

/** Each malformed line on a line of its own. */
export function badLineTexts(badLines: readonly BadLine[]): readonly string[] {
  return badLines.map(({ line, because, text }) => {
    const start = `  line ${line}: ${because}`;
    if (text === undefined) return start;
    const room = COLUMNS - start.length - 4;
    return `${start}  "${text.length <= room ? text : `${text.slice(0, Math.max(8, room - 1))}…`}"`;
  });
}

/** The formats, for people who have to name one. */
export function knownFormats(): readonly string[] {
  const names = logFormats.map(({ format, title }) => `  ${format.padEnd(NAME_WIDTH)}${title}`);
  return ["Known formats (--format NAME; a file may be compressed by gzip):", ...names];
}

/** The malformed lines of a log that has others, too. */
export function describeMalformed(log: ReadLogFacts): readonly string[] {
  const lines = log.malformed === 1 ? "1 line" : `${thousands(log.malformed)} lines`;
  const most = 2 * log.malformed > log.lines;
  return [
    `${log.name}: ${lines} could not be read as ${log.format}${most ? ", most of all" : ""}:`,
    ...badLineTexts(log.badLines),
    ...(log.malformed > log.badLines.length ? [`  … and ${thousands(log.malformed - log.badLines.length)} more`] : []),
    ...(most ? ["  If it is another format, name it: --format NAME."] : []),
  ];
}

function remainder({ passedOver, withoutAddress }: LogFacts): string {
  const parts = [
    ...(withoutAddress > 0 ? [`${withoutAddress} of clients without one`] : []),
    ...(passedOver > 0 ? [describePassedOver(passedOver)] : []),
  ];
  return parts.join(", ");
}
