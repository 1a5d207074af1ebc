import { parseAddress } from "../../proxy-protocol/address-text.ts";
import { AddressList, type ShownBits } from "../../skew/populations/address-list.ts";
import type { Population } from "../../skew/populations/population.ts";

/** Addresses of drawn people differ in these bits at least. */
const WHOLE: ShownBits = { v4: 32, v6: 64 };

/**
 * The population as a balancer sees it that hashes only the first bits of an address (CLIENT_PREFIX_V4, CLIENT_PREFIX_V6):
 * addresses of one network become one client. Other programs get the same, which their own configuration would have to ask for.
 */
export function mergePrefixes(population: Population, prefixes: ShownBits): Population {
  if (prefixes.v4 >= WHOLE.v4 && prefixes.v6 >= WHOLE.v6) return population;
  const { addresses, users, connections, groupOf } = population;
  const clientOf = new Map<string, number>();
  const merged = { addresses: [] as Uint8Array[], users: [] as number[], connections: [] as number[] };
  const groups: number[] = [];
  for (let i = 0; i < addresses.length; i++) {
    const network = addresses.text(i, prefixes);
    let client = clientOf.get(network);
    if (client === undefined) {
      client = clientOf.size;
      clientOf.set(network, client);
      merged.addresses.push(parseAddress(network.slice(0, network.indexOf("/"))) ?? addresses.bytes(i));
      merged.users.push(0);
      merged.connections.push(0);
      groups.push(groupOf[i] ?? 0);
    }
    merged.users[client] = (merged.users[client] ?? 0) + (users?.[i] ?? 0);
    merged.connections[client] = (merged.connections[client] ?? 0) + (connections[i] ?? 0);
  }
  return {
    ...population,
    addresses: AddressList.of(merged.addresses),
    users: users && Float64Array.from(merged.users),
    connections: Float64Array.from(merged.connections),
    groupOf: Uint16Array.from(groups),
  };
}
