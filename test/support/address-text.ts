import type { AddressText } from "../../src/http/forwarding-rules.ts";
import { formatAddress, parseAddress } from "../../src/proxy-protocol/address-text.ts";

/** Addresses as the data path reads and writes them. */
export const addressText: AddressText = { parse: parseAddress, format: formatAddress };
