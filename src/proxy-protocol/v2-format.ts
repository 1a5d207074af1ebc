/** The numbers of the binary header (section 2.2 of the specification), for its reader and its writer. */

/** The 12 bytes that open every version 2 header: line breaks around a NUL, then `QUIT`. */
export const SIGNATURE: Uint8Array = new TextEncoder().encode("\r\n\r\n\0\r\nQUIT\n");

export const COMMAND_AT = 12;
export const FAMILY_AT = 13;
export const LENGTH_AT = 14;
/** Bytes up to and including the 16-bit length of the rest. */
export const FIXED_LENGTH = 16;

/**
 * The longest header that is read or written, in bytes. The specification wants headers to fit one segment of 536 bytes
 * and its length field ends at 65,551. Certificates of clients travel in TLVs, so this is what HAProxy can take with its
 * default buffers.
 */
export const MAX_LENGTH = 16_384;

export const VERSION = 2;
export const COMMAND_LOCAL = 0;
export const COMMAND_PROXY = 1;

export const FAMILY_UNSPEC = 0;
export const FAMILY_INET = 1;
export const FAMILY_INET6 = 2;
export const FAMILY_UNIX = 3;

export const TRANSPORT_STREAM = 1;

/** Two addresses of 4 bytes, two ports of 2. */
export const INET_BLOCK_LENGTH = 12;
/** Two addresses of 16 bytes, two ports of 2. */
export const INET6_BLOCK_LENGTH = 36;
/** Two paths of 108 bytes. */
export const UNIX_BLOCK_LENGTH = 216;

/** Type byte and 16-bit length in front of every value. */
export const TLV_FIXED_LENGTH = 3;
export const TLV_TYPE_CRC32C = 0x03;
export const TLV_TYPE_NOOP = 0x04;
export const CRC32C_LENGTH = 4;
