import type { ForwardingFields, ForwardingRules } from "../../src/http/forwarding-rules.ts";
import type { Cidr } from "../../src/model/cidr.ts";
import { addressText } from "./address-text.ts";

/** A block of addresses, e.g. `10.0.0.0/8`. */
export function cidr(text: string): Cidr {
  const [address = "", bits] = text.split("/");
  const bytes = addressText.parse(address);
  if (bytes === undefined) throw new Error(`not a block: ${text}`);
  return { bytes, bits: Number(bits), text };
}

/** Trusts 10.0.0.0/8 and fd00::/8. */
export function rulesFor(header: ForwardingRules["header"]): ForwardingRules {
  return { trusted: [cidr("10.0.0.0/8"), cidr("fd00::/8")], header, addresses: addressText };
}

/** The forwarding headers of a request that has only those that are given. */
export function fieldsOf(given: Partial<ForwardingFields>): ForwardingFields {
  return { forwarded: [], xForwardedFor: [], xForwardedProto: [], xForwardedHost: [], realIp: [], ...given };
}
