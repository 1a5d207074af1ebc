/** A stream of bytes that tells of every byte lost, doubled or moved: `length` bytes from `offset` of the stream `seed`. */
export function patternBytes(seed: number, offset: number, length: number): Buffer {
  const bytes = Buffer.allocUnsafe(length);
  for (let i = 0; i < length; i++) {
    const at = offset + i;
    bytes[i] = Math.imul(Math.imul(at + 1, 2_654_435_761) ^ Math.imul(seed, 2_246_822_519), 3_266_489_917) >>> 17;
  }
  return bytes;
}

/** Where `bytes` stop being the beginning of the stream `seed`; −1 when they never do. */
export function firstDifference(bytes: Uint8Array, seed: number): number {
  const expected = patternBytes(seed, 0, bytes.length);
  return expected.equals(bytes) ? -1 : expected.findIndex((byte, i) => byte !== bytes[i]);
}
