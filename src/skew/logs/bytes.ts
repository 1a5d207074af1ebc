/** Bytes of the characters that separate fields. */
export const SPACE = 0x20;
export const QUOTE = 0x22;
export const COMMA = 0x2c;
export const COLON = 0x3a;
export const OPEN_BRACKET = 0x5b;
export const CLOSE_BRACKET = 0x5d;
export const LINE_FEED = 0x0a;
export const CARRIAGE_RETURN = 0x0d;
const TAB = 0x09;
const ZERO = 0x30;

/** Whether it is a space or a tab. */
export function isBlank(byte: number | undefined): boolean {
  return byte === SPACE || byte === TAB;
}

/** Where `byte` is first found from `start` on; −1 when it is not before `end`. */
export function findByte(bytes: Uint8Array, byte: number, start: number, end: number): number {
  for (let i = start; i < end; i++) if (bytes[i] === byte) return i;
  return -1;
}

/** Where the text begins from `start` on; −1 when it is not there before `end`. Never looks further. */
export type TextFinder = (bytes: Uint8Array, start: number, end: number) => number;

/**
 * Makes a search for an ASCII text (not empty), which skips what cannot be part of it (Horspool, "Practical fast searching in
 * strings", 1980).
 */
export function textFinder(text: string): TextFinder {
  const sought = ascii(text);
  const lastIndex = sought.length - 1;
  const last = sought[lastIndex];
  const skips = new Uint8Array(256).fill(sought.length);
  for (let i = 0; i < lastIndex; i++) skips[sought[i] ?? 0] = lastIndex - i;
  return (bytes, start, end) => {
    for (let i = start + lastIndex; i < end; i += skips[bytes[i] ?? 0] ?? 1) {
      if (bytes[i] === last && matchesAt(bytes, sought, i - lastIndex, end)) return i - lastIndex;
    }
    return -1;
  };
}

/** Whether `sought` stands at `at`, and ends before `end`. */
export function matchesAt(bytes: Uint8Array, sought: Uint8Array, at: number, end: number): boolean {
  if (at < 0 || at + sought.length > end) return false;
  for (let i = 0; i < sought.length; i++) if (bytes[at + i] !== sought[i]) return false;
  return true;
}

/** A whole number in digits alone; −1 when it is anything else or has more than 15 of them. */
export function readWhole(bytes: Uint8Array, start: number, end: number): number {
  if (start >= end || end - start > 15) return -1;
  let value = 0;
  for (let i = start; i < end; i++) {
    const digit = (bytes[i] ?? 0) - ZERO;
    if (digit < 0 || digit > 9) return -1;
    value = value * 10 + digit;
  }
  return value;
}

/** Text as bytes to look for. */
export function ascii(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
