import { isIPv4, isIPv6 } from "node:net";
import ipaddr from "ipaddr.js";

/** Hides who exactly a client is: keeps the network part of addresses. */
export interface AddressMask {
  /** `203.0.113.77` → `203.0.113.0` for 24 bits. Empty stays empty; what is no address becomes empty. */
  address(text: string): string;
  /** A client key: `203.0.113.77/32` → `203.0.113.0/24`; a key that was coarser already stays. Otherwise as above. */
  key(text: string): string;
}

/** A masked address shows a network of at most this length: a whole address is a person. */
const MASK_V4 = 24;
const MASK_V6 = 64;

const KEY = /^([^/]+)\/(\d+)/;

/** The first `bits` (0–8) of a byte. */
function keep(byte: number, bits: number): number {
  return byte & (0xff00 >> Math.min(8, Math.max(0, bits))) & 0xff;
}

function mask(text: string, bitsV4: number, bitsV6: number): string {
  // By hand for the common case: ipaddr.js takes several times as long, and a log line pays this twice.
  if (isIPv4(text))
    return text
      .split(".", 4)
      .map((byte, i) => keep(Number(byte), bitsV4 - 8 * i))
      .join(".");
  if (!isIPv6(text)) return "";
  const bytes = ipaddr.parse(text).toByteArray();
  return ipaddr.fromByteArray(bytes.map((byte, i) => keep(byte, bitsV6 - 8 * i))).toString();
}

/**
 * @param bitsV4 0–32: bits of an IPv4 address that are shown.
 * @param bitsV6 0–128: bits of an IPv6 address that are shown.
 */
export function createAddressMask(bitsV4: number, bitsV6: number): AddressMask {
  return {
    address: (text) => mask(text, bitsV4, bitsV6),
    key: (text) => {
      const [, address = "", bits = ""] = KEY.exec(text) ?? [];
      const shown = Math.min(Number(bits), address.includes(":") ? bitsV6 : bitsV4);
      const masked = mask(address, shown, shown);
      return masked === "" ? "" : `${masked}/${shown}`;
    },
  };
}

/** What ACCESS_LOG_MASK stands for: the prefix that clients are placed by, but never more than a /24 or a /64. */
export function privacyMask(clientPrefixV4: number, clientPrefixV6: number): AddressMask {
  const [v4, v6] = privacyBits(clientPrefixV4, clientPrefixV6);
  return createAddressMask(v4, v6);
}

/** The bits of an IPv4 and of an IPv6 address that {@link privacyMask} shows. */
export function privacyBits(clientPrefixV4: number, clientPrefixV6: number): readonly [number, number] {
  return [Math.min(clientPrefixV4, MASK_V4), Math.min(clientPrefixV6, MASK_V6)];
}
