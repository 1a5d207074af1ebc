import { invariant } from "../model/failure.ts";
import { CR, LF } from "./octets.ts";

/** Longest line that `writeChunkSize` writes: 14 digits and CR LF. */
export const CHUNK_SIZE_MAX_LENGTH = 16;

const HEX = Buffer.from("0123456789abcdef", "latin1");

/** Ends the data of every chunk. */
export const CHUNK_END: Buffer = Buffer.from("\r\n", "latin1");

/** Ends a chunked body without trailers (RFC 9112, section 7.1). */
export const LAST_CHUNK: Buffer = Buffer.from("0\r\n\r\n", "latin1");

/**
 * Writes the chunk-size line for `size` bytes of data to `target`, from `at` on.
 *
 * @param size 1 to 2^53 − 1; 0 would end the body
 * @returns behind the line
 */
export function writeChunkSize(size: number, target: Buffer, at: number): number {
  invariant(Number.isSafeInteger(size) && size > 0, "a chunk has at least one byte");
  invariant(target.length - at >= CHUNK_SIZE_MAX_LENGTH, "no room for a chunk-size line");
  let digits = 1;
  for (let rest = size; rest >= 16; rest = Math.floor(rest / 16)) digits++;
  let rest = size;
  for (let i = digits - 1; i >= 0; i--) {
    target[at + i] = HEX[rest % 16] ?? 0;
    rest = Math.floor(rest / 16);
  }
  target[at + digits] = CR;
  target[at + digits + 1] = LF;
  return at + digits + 2;
}
