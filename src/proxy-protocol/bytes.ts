/** The byte at `index`. Callers stay within the bounds; outside of them it reads as 0. */
export function byteAt(bytes: Uint8Array, index: number): number {
  return bytes[index] ?? 0;
}

/** The big-endian 16-bit number at `index`. */
export function uint16At(bytes: Uint8Array, index: number): number {
  return (byteAt(bytes, index) << 8) | byteAt(bytes, index + 1);
}

/** How many bytes of `expected` stand at `from` before the first difference or the end of `bytes`. */
export function matchLength(bytes: Uint8Array, from: number, expected: Uint8Array): number {
  let matched = 0;
  while (matched < expected.length && bytes[from + matched] === expected[matched]) matched++;
  return matched;
}

/** ASCII text as bytes. */
export function asciiBytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
