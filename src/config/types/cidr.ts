import ipaddr from "ipaddr.js";
import type { Cidr } from "../../model/cidr.ts";
import { nearestName } from "../nearest-name.ts";
import { accept, type Reading, readList, refuse } from "../reading.ts";
import { type SettingType, settingType } from "../setting-type.ts";
import { parseIpAddress } from "./ip-address.ts";

const RFC_1918 = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"] as const;

/** Names for well-known blocks, as proxy-addr and ipaddr.js use them. */
const WORDS: ReadonlyMap<string, readonly string[]> = new Map<string, readonly string[]>([
  ["loopback", ["127.0.0.0/8", "::1/128"]],
  ["linklocal", ["169.254.0.0/16", "fe80::/10"]],
  ["uniquelocal", [...RFC_1918, "fc00::/7"]],
  ["private", RFC_1918],
]);

/** Blocks of addresses: `10.0.0.0/8`, `2001:db8::/32`, a single address, or a word. */
export function cidrList(): SettingType<readonly Cidr[]> {
  const allowed = `addresses, CIDR blocks, ${[...WORDS.keys()].join(", ")}`;
  return settingType<readonly Cidr[]>("CIDR list", allowed, (text) => {
    const reading = readList(text, readBlocks);
    return reading.ok ? accept(reading.value.flat()) : reading;
  });
}

function readBlocks(text: string): Reading<readonly Cidr[]> {
  const blocks = WORDS.get(text.toLowerCase());
  if (blocks === undefined) {
    const reading = readCidr(text);
    return reading.ok ? accept([reading.value]) : reading;
  }
  return accept(
    blocks.flatMap((block) => {
      const reading = readCidr(block);
      return reading.ok ? [{ ...reading.value, text }] : [];
    }),
  );
}

/** Reads one block. Bits set after the prefix are refused: one of the two numbers is a mistake. */
export function readCidr(text: string): Reading<Cidr> {
  const [addressText = "", bitsText, ...rest] = text.split("/");
  const address = addressText.includes("%") ? undefined : parseIpAddress(addressText);
  if (address === undefined || rest.length > 0) {
    const nearest = nearestName(text, WORDS.keys());
    return refuse(
      `not an address, a CIDR block, or one of ${[...WORDS.keys()].join(", ")}`,
      nearest === undefined ? "write e.g. 10.0.0.0/8 or 2001:db8::/32" : `did you mean "${nearest}"?`,
    );
  }
  const width = address.bytes.length * 8;
  if (bitsText === undefined) return accept({ bytes: address.bytes, bits: width, text });
  // The prefix of an IPv4-mapped block counts from the first bit of the IPv6 form.
  const offset = address.mapped ? 128 - width : 0;
  const bits = /^\d{1,3}$/.test(bitsText) ? Number(bitsText) - offset : Number.NaN;
  if (!(bits >= 0 && bits <= width)) return refuse(`the prefix length is not ${offset} to ${offset + width}`);
  const bytes = address.bytes.map((byte, index) => byte & (0xff00 >> Math.min(8, Math.max(0, bits - index * 8))));
  if (bytes.some((byte, index) => byte !== address.bytes[index])) {
    const network = `${ipaddr.fromByteArray([...bytes]).toString()}/${bits}`;
    return refuse(`has bits set after the first ${bits}`, `did you mean ${network}?`);
  }
  return accept({ bytes, bits, text });
}
