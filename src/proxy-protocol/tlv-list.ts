import { byteAt, uint16At } from "./bytes.ts";
import type { Tlv } from "./header.ts";
import { CRC32C_LENGTH, TLV_FIXED_LENGTH, TLV_TYPE_CRC32C, TLV_TYPE_NOOP } from "./v2-format.ts";

/** The TLVs behind the addresses of a version 2 header. */
export interface TlvList {
  readonly tlvs: readonly Tlv[];
  /** Index of the 4 bytes of the CRC32c, kept out of `tlvs`; undefined when the sender gave none. */
  readonly checksumAt: number | undefined;
}

/** Reads TLVs that fill `buffer` exactly from `from` to `to` (section 2.2); a text says why they do not. */
export function readTlvList(buffer: Uint8Array, from: number, to: number): TlvList | string {
  const tlvs: Tlv[] = [];
  let checksumAt: number | undefined;
  let at = from;
  while (at < to) {
    const valueAt = at + TLV_FIXED_LENGTH;
    if (valueAt > to) return "a TLV is cut off";
    const end = valueAt + uint16At(buffer, at + 1);
    if (end > to) return "a TLV is longer than the header";
    const type = byteAt(buffer, at);
    if (type === TLV_TYPE_CRC32C) {
      if (end - valueAt !== CRC32C_LENGTH) return "the CRC32c is not 4 bytes long";
      if (checksumAt !== undefined) return "more than one CRC32c";
      checksumAt = valueAt;
    } else if (type !== TLV_TYPE_NOOP) {
      // A copy, because connections share the buffers that they read into.
      tlvs.push({ type, value: new Uint8Array(buffer.subarray(valueAt, end)) });
    }
    at = end;
  }
  return { tlvs, checksumAt };
}
