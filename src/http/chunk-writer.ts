import { invariant } from "../model/failure.ts";

/** Ends the data of every chunk. */
export const CHUNK_END: Buffer = Buffer.from("\r\n", "latin1");

/** Ends a chunked body without trailers (RFC 9112, section 7.1). */
export const LAST_CHUNK: Buffer = Buffer.from("0\r\n\r\n", "latin1");

/**
 * The line in front of `size` bytes of data, with its CR LF.
 *
 * @param size 1 to 2^53 − 1; 0 would end the body (InvariantError)
 */
export function chunkSizeLine(size: number): string {
  invariant(Number.isSafeInteger(size) && size > 0, "a chunk has at least one byte");
  return `${size.toString(16)}\r\n`;
}
