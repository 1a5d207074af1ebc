import { ascii, CLOSE_BRACKET, COLON, findByte, matchesAt, OPEN_BRACKET, QUOTE, readWhole, SPACE } from "./bytes.ts";
import type { LineReader, LogUnit } from "./line-format.ts";
import { readAddress } from "./read-address.ts";

/** `[06/Feb/2009:12:12:51.443]`: from bracket to bracket. */
const TIME_LENGTH = 25;
const UNIX = ascii("unix");

/**
 * A line of HAProxy's `option tcplog`, `httplog` or `httpslog` (configuration.txt 8.2.2 to 8.2.4), with or without what
 * syslog put in front: `[Feb  6 12:12:56 host haproxy[14387]: ]address:port [time] frontend backend/server …`. Ours in the
 * format `haproxy` are the same.
 *
 * @param unit - only lines of connections (tcplog) or of requests (httplog: they quote the request) are counted
 */
export function haproxyLineReader(unit: LogUnit): LineReader {
  return (bytes, start, end, found) => {
    const time = findTime(bytes, start, end);
    if (time < 0) return "not a line of this format";
    const client = time - 1;
    let from = client;
    while (from > start && bytes[from - 1] !== SPACE) from--;
    let colon = client - 1;
    while (colon > from && bytes[colon] !== COLON) colon--;
    if (readWhole(bytes, colon + 1, client) < 0) return "not a line of this format";
    const isRequest = findByte(bytes, QUOTE, time + TIME_LENGTH, end) >= 0;
    if (isRequest !== (unit === "request")) return "passed-over";
    if (readAddress(bytes, from, colon, found.words)) {
      found.count = 1;
      return "counted";
    }
    return colon - from === UNIX.length && matchesAt(bytes, UNIX, from, colon) ? "no-address" : "not an address";
  };
}

/** The bracket that opens the time: the first that has its fellow at the right distance, and blanks on both sides. */
function findTime(bytes: Uint8Array, start: number, end: number): number {
  let open = findByte(bytes, OPEN_BRACKET, start, end);
  while (open >= 0) {
    const close = open + TIME_LENGTH;
    if (
      open > start &&
      bytes[open - 1] === SPACE &&
      close + 1 < end &&
      bytes[close] === CLOSE_BRACKET &&
      bytes[close + 1] === SPACE
    ) {
      return open;
    }
    open = findByte(bytes, OPEN_BRACKET, open + 1, end);
  }
  return -1;
}
