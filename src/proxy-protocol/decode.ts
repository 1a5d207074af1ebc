import { decodeV1 } from "./decode-v1.ts";
import { decodeV2 } from "./decode-v2.ts";
import { ABSENT, type DecodeResult, needMore } from "./header.ts";

/**
 * Reads a PROXY protocol header, version 1 or 2, from the beginning of a connection (specification: "The PROXY protocol,
 * versions 1 & 2", doc/proxy-protocol.txt of HAProxy). Pure; never throws; does not keep or change `buffer`.
 *
 * Call it with all bytes read so far whenever more have come. `need-more` means that a header is still possible, whatever
 * has arrived: only the caller knows a deadline. `absent` is for listeners where the header is optional; where it is
 * required, it is as wrong as `malformed`. Only headers of trusted peers may be believed.
 */
export function decodeProxyHeader(buffer: Uint8Array): DecodeResult {
  if (buffer.length === 0) return needMore(1);
  // The first byte tells the versions apart: "P" of "PROXY", or the carriage return of the binary signature.
  if (buffer[0] === 0x50) return decodeV1(buffer);
  if (buffer[0] === 0x0d) return decodeV2(buffer);
  return ABSENT;
}
