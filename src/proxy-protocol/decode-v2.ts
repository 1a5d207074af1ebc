import type { Endpoint } from "../model/client-key.ts";
import { foldMapped, formatAddress } from "./address-text.ts";
import { byteAt, matchLength, uint16At } from "./bytes.ts";
import { crc32c } from "./crc32c.ts";
import { ABSENT, type DecodeResult, malformed, needMore, type ProxyHeader } from "./header.ts";
import { readTlvList, type TlvList } from "./tlv-list.ts";
import * as v2 from "./v2-format.ts";

const TRANSPORTS = ["unspec", "stream", "dgram"] as const;
const NO_TLVS: TlvList = { tlvs: [], checksumAt: undefined };
const ZEROED_CHECKSUM = new Uint8Array(v2.CRC32C_LENGTH);

/** The binary header (section 2.2 of the specification), once the first byte is known to be a carriage return. */
export function decodeV2(buffer: Uint8Array): DecodeResult {
  const signed = matchLength(buffer, 0, v2.SIGNATURE);
  if (signed < v2.SIGNATURE.length) return signed === buffer.length ? needMore(signed + 1) : ABSENT;

  if (buffer.length <= v2.COMMAND_AT) return needMore(v2.COMMAND_AT + 1);
  const version = byteAt(buffer, v2.COMMAND_AT) >> 4;
  const command = byteAt(buffer, v2.COMMAND_AT) & 0x0f;
  if (version !== v2.VERSION) return malformed(`version ${version} behind the signature of version 2`);
  if (command !== v2.COMMAND_LOCAL && command !== v2.COMMAND_PROXY) return malformed(`unassigned command ${command}`);
  // LOCAL must be accepted whatever else the header says; AWS health checks carry a family and dummy addresses, for one.
  const local = command === v2.COMMAND_LOCAL;

  if (!local && buffer.length <= v2.FAMILY_AT) return needMore(v2.FAMILY_AT + 1);
  const family = byteAt(buffer, v2.FAMILY_AT) >> 4;
  const transport = TRANSPORTS[byteAt(buffer, v2.FAMILY_AT) & 0x0f];
  // Unassigned values must be rejected, not skipped.
  if (!local && family > v2.FAMILY_UNIX) return malformed(`unassigned address family ${family}`);
  if (!local && transport === undefined) return malformed("unassigned transport protocol");

  if (buffer.length < v2.FIXED_LENGTH) return needMore(v2.FIXED_LENGTH);
  const length = v2.FIXED_LENGTH + uint16At(buffer, v2.LENGTH_AT);
  if (length > v2.MAX_LENGTH) return malformed(`longer than ${v2.MAX_LENGTH} bytes`);
  const blockLength = addressBlockLength(family, transport);
  const tlvsAt = v2.FIXED_LENGTH + (blockLength ?? 0);
  if (!local && tlvsAt > length) return malformed("shorter than its addresses");
  if (buffer.length < length) return needMore(length);

  const read = blockLength === undefined ? NO_TLVS : readTlvList(buffer, tlvsAt, length);
  // With LOCAL and UNSPEC the bytes may be addresses that nobody can read, which is no fault.
  const opaque = local || family === v2.FAMILY_UNSPEC;
  if (typeof read === "string" && !opaque) return malformed(read);
  const { tlvs, checksumAt } = typeof read === "string" ? NO_TLVS : read;
  if (checksumAt !== undefined && !checksumHolds(buffer, length, checksumAt)) return malformed("wrong CRC32c");

  const endpoints = local || transport === "unspec" ? undefined : readEndpoints(buffer, family);
  const header: ProxyHeader = {
    version: 2,
    command: local ? "local" : "proxy",
    transport: local ? "unspec" : (transport ?? "unspec"),
    ...endpoints,
    tlvs,
  };
  return { kind: "header", header, length };
}

/** Bytes of both addresses and ports; undefined when the specification gives no layout for the combination. */
function addressBlockLength(family: number, transport: (typeof TRANSPORTS)[number] | undefined): number | undefined {
  if (family === v2.FAMILY_UNSPEC) return 0;
  if (transport === undefined || transport === "unspec") return undefined;
  if (family === v2.FAMILY_INET) return v2.INET_BLOCK_LENGTH;
  if (family === v2.FAMILY_INET6) return v2.INET6_BLOCK_LENGTH;
  return family === v2.FAMILY_UNIX ? v2.UNIX_BLOCK_LENGTH : undefined;
}

function readEndpoints(
  buffer: Uint8Array,
  family: number,
): { readonly source: Endpoint; readonly destination: Endpoint } | undefined {
  if (family !== v2.FAMILY_INET && family !== v2.FAMILY_INET6) return undefined;
  const size = family === v2.FAMILY_INET ? 4 : 16;
  const destinationAt = v2.FIXED_LENGTH + size;
  const portsAt = destinationAt + size;
  return {
    source: { address: readAddress(buffer, v2.FIXED_LENGTH, size), port: uint16At(buffer, portsAt) },
    destination: { address: readAddress(buffer, destinationAt, size), port: uint16At(buffer, portsAt + 2) },
  };
}

function readAddress(buffer: Uint8Array, at: number, size: number): string {
  return formatAddress(foldMapped(buffer.subarray(at, at + size)));
}

/** The checksum covers the whole header with its own 4 bytes read as zeros (section 2.2.3). */
function checksumHolds(buffer: Uint8Array, length: number, at: number): boolean {
  const received = uint16At(buffer, at) * 0x10000 + uint16At(buffer, at + 2);
  const before = crc32c(ZEROED_CHECKSUM, crc32c(buffer.subarray(0, at)));
  return crc32c(buffer.subarray(at + v2.CRC32C_LENGTH, length), before) === received;
}
