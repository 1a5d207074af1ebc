import { ascii, findByte, matchesAt, QUOTE, textFinder } from "./bytes.ts";
import type { LineReader, LogUnit } from "./line-format.ts";
import { readAddress } from "./read-address.ts";

const OBJECT_START = ascii('{"');
const OBJECT_END = ascii("}");
/** A quote inside of a JSON string has a backslash in front (RFC 8259, section 7): these are found as keys only. */
const KIND = '"kind":"';
const CLIENT = '"client_ip":"';
const SAMPLE = ',"sample":';
/** `0.000001` and the like: the share of lines that was logged. */
const LONGEST_SAMPLE = 24;

/**
 * A line of our own JSON access log. A line that was sampled (`ACCESS_LOG_SAMPLE`) counts for all that it stands for. Lines
 * of the operational log have no `kind` and are passed over.
 *
 * @param unit - only lines of connections or of requests are counted; in http mode a log has both
 */
export function lengketLineReader(unit: LogUnit): LineReader {
  const findKind = textFinder(KIND);
  const findClient = textFinder(CLIENT);
  const findSample = textFinder(SAMPLE);
  const wanted = ascii(`${unit}"`);
  const other = ascii(unit === "connection" ? 'request"' : 'connection"');
  return (bytes, start, end, found) => {
    if (!matchesAt(bytes, OBJECT_START, start, end) || !matchesAt(bytes, OBJECT_END, end - 1, end)) {
      return "not a line of this format";
    }
    const kind = findKind(bytes, start, end);
    if (kind < 0) return "passed-over";
    if (!matchesAt(bytes, wanted, kind + KIND.length, end)) {
      return matchesAt(bytes, other, kind + KIND.length, end) ? "passed-over" : "not a line of this format";
    }
    const client = findClient(bytes, kind, end);
    if (client < 0) return "not a line of this format";
    const from = client + CLIENT.length;
    const to = findByte(bytes, QUOTE, from, end);
    if (to === from) return "no-address";
    if (to < 0 || !readAddress(bytes, from, to, found.words)) return "not an address";
    const count = linesStoodFor(bytes, findSample(bytes, Math.max(to, end - SAMPLE.length - LONGEST_SAMPLE), end), end);
    if (count <= 0) return "not a count";
    found.count = count;
    return "counted";
  };
}

/** 1/share for the share that the line ends with, `at` = where that field begins; 1 when it has none, 0 when that is no share. */
function linesStoodFor(bytes: Uint8Array, at: number, end: number): number {
  if (at < 0) return 1;
  const share = Number(String.fromCharCode(...bytes.subarray(at + SAMPLE.length, end - 1)));
  return share > 0 && share <= 1 ? 1 / share : 0;
}
