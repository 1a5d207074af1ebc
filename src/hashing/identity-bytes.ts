import type { BackendId } from "../model/backend.ts";

/** Bytes of the length in front of the id. */
const LENGTH_BYTES = 4;

/**
 * A backend's name as bytes to hash: length of the id (u32, little endian) ‖ the id in UTF-8.
 *
 * The length in front keeps `("app1", 11)` and `("app11", 1)` apart when a number follows the id.
 */
export function identityBytes(id: BackendId): Uint8Array {
  const text = new TextEncoder().encode(id);
  const bytes = new Uint8Array(LENGTH_BYTES + text.length);
  writeU32(bytes, 0, text.length);
  bytes.set(text, LENGTH_BYTES);
  return bytes;
}

/** Writes `value` (0 … 2^32 − 1) at `offset`, little endian. */
export function writeU32(bytes: Uint8Array, offset: number, value: number): void {
  bytes[offset] = value & 0xff;
  bytes[offset + 1] = (value >>> 8) & 0xff;
  bytes[offset + 2] = (value >>> 16) & 0xff;
  bytes[offset + 3] = value >>> 24;
}
