import type { Endpoint } from "../model/client-key.ts";

const UNIX_ENDPOINT: Endpoint = { address: "", port: 0 };

/** Folds `::ffff:a.b.c.d`, which a dual-stack listener shows for IPv4 clients, and cuts a zone (`fe80::1%eth0`). */
export function endpointOf(address: string | undefined, port: number | undefined): Endpoint {
  if (address === undefined || port === undefined) return UNIX_ENDPOINT;
  if (address.startsWith("::ffff:") && address.includes(".")) return { address: address.slice(7), port };
  const zone = address.indexOf("%");
  return { address: zone < 0 ? address : address.slice(0, zone), port };
}
