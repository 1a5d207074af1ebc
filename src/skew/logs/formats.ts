import { readCombinedLine } from "./combined.ts";
import { readCsvLine } from "./csv.ts";
import { haproxyLineReader } from "./haproxy.ts";
import { lengketLineReader } from "./lengket-json.ts";
import type { LineReader, LogFormat, LogUnit } from "./line-format.ts";

interface FormatFacts {
  readonly format: LogFormat;
  /** For people. */
  readonly title: string;
  readonly unit: LogUnit;
  readonly read: LineReader;
}

/** Every format, in the order in which the first of those that fit equally well is taken. */
export const logFormats: readonly FormatFacts[] = Object.freeze([
  { format: "combined", title: "nginx or Apache, combined or common", unit: "request", read: readCombinedLine },
  { format: "haproxy-http", title: "HAProxy httplog", unit: "request", read: haproxyLineReader("request") },
  { format: "haproxy-tcp", title: "HAProxy tcplog", unit: "connection", read: haproxyLineReader("connection") },
  { format: "lengket-requests", title: "lengket, JSON, requests", unit: "request", read: lengketLineReader("request") },
  {
    format: "lengket-connections",
    title: "lengket, JSON, connections",
    unit: "connection",
    read: lengketLineReader("connection"),
  },
  { format: "csv", title: "CSV: address[,count]", unit: "connection", read: readCsvLine },
] as const);

/** The facts about one format. */
export function formatFacts(format: LogFormat): FormatFacts {
  const facts = logFormats.find((known) => known.format === format);
  if (facts === undefined) throw new RangeError(`there is no log format "${format}"`);
  return facts;
}
