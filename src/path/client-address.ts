import type { ClientKey } from "../model/client-key.ts";
import { formatAddress, parseAddress } from "../proxy-protocol/address-text.ts";

const ZERO = 48;
const DOT = 46;

/** The four bytes of a strict dotted quad (no leading zeros, no short forms), undefined for anything else. */
export function parseDottedQuad(text: string): Uint8Array | undefined {
  const bytes = new Uint8Array(4);
  let part = 0;
  let value = -1;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === DOT) {
      if (value < 0 || part === 3) return undefined;
      bytes[part++] = value;
      value = -1;
      continue;
    }
    const digit = code - ZERO;
    if (digit < 0 || digit > 9 || value === 0) return undefined;
    value = value < 0 ? digit : value * 10 + digit;
    if (value > 255) return undefined;
  }
  if (part !== 3 || value < 0) return undefined;
  bytes[3] = value;
  return bytes;
}

/**
 * The raw bytes of an address: 4 for IPv4, also when it is written as IPv4-mapped IPv6, 16 for IPv6. Undefined when the
 * text is not an address; zones (`%eth0`) are not addresses of clients and are refused.
 */
export function addressBytes(text: string): Uint8Array | undefined {
  // Most clients have one, and it is on the path of every connection.
  const quad = parseDottedQuad(text);
  if (quad !== undefined || !text.includes(":")) return quad;
  return parseAddress(text);
}

export interface KeyOptions {
  /** Bits of an IPv4 address that count, 0–32. */
  readonly prefixV4: number;
  /** Bits of an IPv6 address that count, 0–128. */
  readonly prefixV6: number;
  /** Append the source port, so that every connection is placed by itself (HASH_KEY=client_ip_port). */
  readonly withPort: boolean;
}

function masked(address: Uint8Array, bits: number): Uint8Array {
  if (bits >= address.length * 8) return address;
  const bytes = new Uint8Array(address);
  const whole = bits >> 3;
  bytes.fill(0, whole);
  bytes[whole] = (address[whole] ?? 0) & (0xff00 >> (bits & 7));
  return bytes;
}

function appendPort(bytes: Uint8Array, port: number): Uint8Array {
  const key = new Uint8Array(bytes.length + 2);
  key.set(bytes);
  key[bytes.length] = port >> 8;
  key[bytes.length + 1] = port & 0xff;
  return key;
}

/** The key of clients that have no address (unix sockets): all of them are one client. */
const NO_ADDRESS: ClientKey = { bytes: new Uint8Array(0), text: "unix" };

/** What identifies the client at `address` (raw bytes, undefined for a unix socket). A pure function: the same on every replica. */
export function clientKey(address: Uint8Array | undefined, port: number, options: KeyOptions): ClientKey {
  if (address === undefined) return NO_ADDRESS;
  const bits = address.length === 4 ? options.prefixV4 : options.prefixV6;
  const prefix = masked(address, bits);
  return {
    bytes: options.withPort ? appendPort(prefix, port) : prefix,
    text: `${formatAddress(prefix)}/${bits}`,
  };
}
