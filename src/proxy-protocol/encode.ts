import type { Endpoint } from "../model/client-key.ts";
import { formatAddress, parseAddress, toMapped } from "./address-text.ts";
import { asciiBytes } from "./bytes.ts";
import { crc32c } from "./crc32c.ts";
import type { Tlv } from "./header.ts";
import * as v2 from "./v2-format.ts";

export interface EncodeV2Options {
  /** `local`: speak for ourselves, e.g. in a health check; no addresses are sent. Default `proxy`. */
  readonly command?: "proxy" | "local";
  readonly tlvs?: readonly Tlv[];
  /** Append a checksum of the header. Default false. */
  readonly crc32c?: boolean;
}

/**
 * The human-readable header (specification, section 2.1). Endpoints of different families are both written as IPv6, the
 * IPv4 one mapped (`::ffff:a.b.c.d`). When an address or port cannot be written (a unix socket has none) the line is
 * `PROXY UNKNOWN`, in the short form, the only one of it that HAProxy accepts. Never throws.
 */
export function encodeProxyV1(source: Endpoint, destination: Endpoint): Uint8Array {
  const pair = addressPair(source, destination);
  if (pair === undefined) return asciiBytes("PROXY UNKNOWN\r\n");
  const family = pair.size === 4 ? "TCP4" : "TCP6";
  const addresses = `${formatAddress(pair.source)} ${formatAddress(pair.destination)}`;
  return asciiBytes(`PROXY ${family} ${addresses} ${source.port} ${destination.port}\r\n`);
}

/**
 * The binary header (specification, section 2.2), always for a stream. Mixed families as in {@link encodeProxyV1}. When
 * an address or port cannot be written the command is LOCAL: every receiver accepts that and falls back to the real
 * endpoints, while a PROXY command without addresses may be rejected (and is, by HAProxy).
 *
 * @throws RangeError when the TLVs cannot be sent: a type outside 0–255 or that of the checksum, which is ours to compute,
 * or more bytes than {@link v2.MAX_LENGTH} for the whole header.
 */
export function encodeProxyV2(source: Endpoint, destination: Endpoint, options: EncodeV2Options = {}): Uint8Array {
  const pair = options.command === "local" ? undefined : addressPair(source, destination);
  const tlvs = options.tlvs ?? [];
  const tlvsAt = v2.FIXED_LENGTH + (pair === undefined ? 0 : 2 * pair.size + 4);
  const checksumAt = tlvsAt + tlvsLength(tlvs);
  const length = checksumAt + (options.crc32c ? v2.TLV_FIXED_LENGTH + v2.CRC32C_LENGTH : 0);
  if (length > v2.MAX_LENGTH)
    throw new RangeError(`a PROXY header of ${length} bytes; at most ${v2.MAX_LENGTH} are sent`);

  const bytes = new Uint8Array(length);
  const view = new DataView(bytes.buffer);
  bytes.set(v2.SIGNATURE);
  bytes[v2.COMMAND_AT] = (v2.VERSION << 4) | (pair === undefined ? v2.COMMAND_LOCAL : v2.COMMAND_PROXY);
  view.setUint16(v2.LENGTH_AT, length - v2.FIXED_LENGTH);
  if (pair !== undefined) {
    const family = pair.size === 4 ? v2.FAMILY_INET : v2.FAMILY_INET6;
    bytes[v2.FAMILY_AT] = (family << 4) | v2.TRANSPORT_STREAM;
    bytes.set(pair.source, v2.FIXED_LENGTH);
    bytes.set(pair.destination, v2.FIXED_LENGTH + pair.size);
    view.setUint16(tlvsAt - 4, source.port);
    view.setUint16(tlvsAt - 2, destination.port);
  }
  let at = tlvsAt;
  for (const { type, value } of tlvs) {
    bytes[at] = type;
    view.setUint16(at + 1, value.length);
    bytes.set(value, at + v2.TLV_FIXED_LENGTH);
    at += v2.TLV_FIXED_LENGTH + value.length;
  }
  if (options.crc32c) {
    bytes[at] = v2.TLV_TYPE_CRC32C;
    view.setUint16(at + 1, v2.CRC32C_LENGTH);
    // The sum is taken while its own bytes are still zero (section 2.2.3).
    view.setUint32(at + v2.TLV_FIXED_LENGTH, crc32c(bytes));
  }
  return bytes;
}

function tlvsLength(tlvs: readonly Tlv[]): number {
  let length = 0;
  for (const { type, value } of tlvs) {
    if (!Number.isInteger(type) || type < 0 || type > 255) throw new RangeError(`no TLV type: ${type}`);
    if (type === v2.TLV_TYPE_CRC32C) throw new RangeError("the CRC32c is computed: use the option crc32c");
    length += v2.TLV_FIXED_LENGTH + value.length;
  }
  return length;
}

/** Two addresses of one family as raw bytes, `size` each. */
interface AddressPair {
  readonly size: number;
  readonly source: Uint8Array;
  readonly destination: Uint8Array;
}

/** Undefined unless both endpoints can be written. */
function addressPair(source: Endpoint, destination: Endpoint): AddressPair | undefined {
  if (!isPort(source.port) || !isPort(destination.port)) return undefined;
  const from = parseAddress(source.address);
  const to = parseAddress(destination.address);
  if (from === undefined || to === undefined) return undefined;
  if (from.length === to.length) return { size: from.length, source: from, destination: to };
  return { size: 16, source: toMapped(from), destination: toMapped(to) };
}

function isPort(port: number): boolean {
  return Number.isInteger(port) && port >= 0 && port <= 65_535;
}
