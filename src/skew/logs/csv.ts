import { COMMA, findByte, isBlank, QUOTE, readWhole } from "./bytes.ts";
import type { LineReader } from "./line-format.ts";
import { readAddress } from "./read-address.ts";

const HASH = 0x23;

/** `address` or `address,count`, each with blanks or quotes around it; lines that begin with `#` are comments. */
export const readCsvLine: LineReader = (bytes, start, end, found) => {
  if (bytes[start] === HASH) return "passed-over";
  const comma = findByte(bytes, COMMA, start, end);
  const addressEnd = comma < 0 ? end : comma;
  const from = fieldStart(bytes, start, addressEnd);
  if (!readAddress(bytes, from, fieldEnd(bytes, from, addressEnd), found.words)) return "not an address";
  found.count = 1;
  if (comma < 0) return "counted";
  const countFrom = fieldStart(bytes, comma + 1, end);
  found.count = readWhole(bytes, countFrom, fieldEnd(bytes, countFrom, end));
  return found.count > 0 ? "counted" : "not a count";
};

function fieldStart(bytes: Uint8Array, start: number, end: number): number {
  let from = start;
  while (from < end && isBlank(bytes[from])) from++;
  return from < end && bytes[from] === QUOTE ? from + 1 : from;
}

function fieldEnd(bytes: Uint8Array, from: number, end: number): number {
  let to = end;
  while (to > from && isBlank(bytes[to - 1])) to--;
  return to > from && bytes[from - 1] === QUOTE && bytes[to - 1] === QUOTE ? to - 1 : to;
}
