import ipaddr from "ipaddr.js";
import { accept, readList, refuse } from "../reading.ts";
import { type SettingType, settingType } from "../setting-type.ts";

/** An IP address as it was understood. */
export interface IpAddress {
  /** 4 or 16 bytes. */
  readonly bytes: Uint8Array;
  /** Dotted IPv4, or IPv6 in the form of RFC 5952, with its zone if it had one. */
  readonly text: string;
  /** It was written as an IPv4-mapped IPv6 address (::ffff:a.b.c.d). */
  readonly mapped: boolean;
}

/**
 * Reads a strict dotted quad or an IPv6 address; undefined for everything else (`10.1`, `0x7f.1`, `010.0.0.1`), since
 * programs differ in what they make of those. IPv4-mapped IPv6 is folded to IPv4.
 */
export function parseIpAddress(text: string): IpAddress | undefined {
  if (ipaddr.IPv4.isValidFourPartDecimal(text)) return ofIpv4(ipaddr.IPv4.parse(text), false);
  if (!text.includes(":") || !ipaddr.IPv6.isValid(text)) return undefined;
  const tail = text.replace(/%.*$/, "").split(":").at(-1) ?? "";
  if (tail.includes(".") && !ipaddr.IPv4.isValidFourPartDecimal(tail)) return undefined;
  const address = ipaddr.IPv6.parse(text);
  if (address.isIPv4MappedAddress()) return ofIpv4(address.toIPv4Address(), true);
  return { bytes: Uint8Array.from(address.toByteArray()), text: address.toRFC5952String(), mapped: false };
}

/** A list of IP addresses in canonical text form. */
export function ipAddressList(): SettingType<readonly string[]> {
  return settingType("address list", "IPv4 or IPv6 addresses", (text) =>
    readList(text, (element) => {
      const address = parseIpAddress(element.replace(/^\[(.*)\]$/, "$1"));
      return address === undefined
        ? refuse("not an IP address", "write e.g. 10.0.0.5 or 2001:db8::5")
        : accept(address.text);
    }),
  );
}

function ofIpv4(address: ipaddr.IPv4, mapped: boolean): IpAddress {
  return { bytes: Uint8Array.from(address.octets), text: address.toString(), mapped };
}
