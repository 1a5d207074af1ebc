import picocolors from "picocolors";
import { jsonText, jsonValue, logfmtValue, printable } from "./line-text.ts";
import { createClockTime, createIsoTime } from "./time-text.ts";

/** Most urgent first. */
export type LogLevel = "error" | "warn" | "info" | "debug";

/** Facts that belong to a message. One without a value is left out. */
export interface LogFields {
  /** What happened, for programs: a word that never changes, such as `backend-down`. Not shown to people. */
  readonly event?: string;
  readonly [name: string]: string | number | boolean | undefined;
}

/** Makes one line, without line end, of a message. */
export type LogLine = (wallMs: number, level: LogLevel, message: string, fields: LogFields) => string;

/** Names that every JSON line has; a field of that name gets a `_` behind it rather than making the name ambiguous. */
const OWN_NAMES: ReadonlySet<string> = new Set(["ts", "level", "event", "message", "instance"]);

/** One JSON object a line: ts, level, event (if given), message, instance, then the fields in the order given. */
export function createJsonLogLine(instance: string): LogLine {
  const isoTime = createIsoTime();
  const instanceText = jsonText(instance);
  return (wallMs, level, message, fields) => {
    const event = fields.event === undefined ? "" : `,"event":${jsonText(fields.event)}`;
    let line = `{"ts":"${isoTime(wallMs)}","level":"${level}"${event},"message":${jsonText(message)},"instance":${instanceText}`;
    for (const [name, value] of Object.entries(fields)) {
      if (value === undefined || name === "event") continue;
      line += `,${jsonText(OWN_NAMES.has(name) ? `${name}_` : name)}:${jsonValue(value)}`;
    }
    return `${line}}`;
  };
}

/** For people: `12:30:01.123 info  backend app1 is down (3 checks failed: connect refused) address=10.0.0.11:3000`. */
export function createPrettyLogLine(color: boolean): LogLine {
  const clockTime = createClockTime();
  const paint = picocolors.createColors(color);
  const levels: Readonly<Record<LogLevel, string>> = {
    error: paint.red("error"),
    warn: `${paint.yellow("warn")} `,
    info: `${paint.green("info")} `,
    debug: paint.dim("debug"),
  };
  return (wallMs, level, message, fields) => {
    let line = `${paint.dim(clockTime(wallMs))} ${levels[level]} ${printable(message)}`;
    for (const [name, value] of Object.entries(fields)) {
      if (value === undefined || name === "event") continue;
      line += ` ${paint.dim(`${printable(name)}=`)}${logfmtValue(value)}`;
    }
    return line;
  };
}
