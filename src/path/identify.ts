import { anyCidrContains } from "../model/cidr.ts";
import type { ClientKey, Endpoint } from "../model/client-key.ts";
import type { Cause } from "../model/connection-record.ts";
import { addressBytes, clientKey } from "./client-address.ts";
import type { ClientCounts } from "./nat-split.ts";
import type { LiveOptions, PlacementOptions } from "./options.ts";
import type { TokenBuckets } from "./token-buckets.ts";

/** Whether a PROXY header of this peer is believed. A unix socket's peer is on this machine, so it is. */
export function isTrustedProxy(peer: Endpoint, live: LiveOptions): boolean {
  const bytes = addressBytes(peer.address);
  return bytes === undefined ? peer.address === "" : anyCidrContains(live.proxyProtocolTrusted, bytes);
}

/** What keeps clients of one address in their bounds. */
export interface ClientLimits {
  readonly counts: ClientCounts;
  readonly buckets: TokenBuckets;
}

/** Who the client is, or why it is not let in. */
export type Identified = { readonly key: ClientKey } | { readonly refused: Cause };

/** Applies the lists and the limits per client prefix, and makes the key for placement. */
export function identify(
  client: Endpoint,
  options: PlacementOptions,
  live: LiveOptions,
  limits: ClientLimits,
  nowMs: number,
): Identified {
  const bytes = addressBytes(client.address);
  // A client without an address (unix socket) is on no list: neither denied nor, when there is a list, allowed.
  const isOn = (list: LiveOptions["allow"]): boolean => bytes !== undefined && anyCidrContains(list, bytes);
  if (isOn(live.deny) || (live.allow.length > 0 && !isOn(live.allow))) return { refused: "denied" };
  const key = clientKey(bytes, client.port, options.keys);
  const { maxConnectionsPerClient: max, ratePerClient: rate } = live;
  if (max > 0 && limits.counts.isFull(key.text, max)) return { refused: "client-limit" };
  if (rate !== undefined && !limits.buckets.take(key.text, rate, nowMs)) return { refused: "client-rate" };
  return { key };
}
