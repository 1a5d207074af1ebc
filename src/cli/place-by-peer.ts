import { nearestName } from "../config/nearest-name.ts";
import type { Settings } from "../config/settings.ts";
import type { Backend, BackendId } from "../model/backend.ts";
import type { HashPolicy } from "../model/hash-table.ts";
import { addressBytes } from "../path/client-address.ts";
import { formatAddress } from "../proxy-protocol/address-text.ts";
import type { PeerServer, Placement } from "../skew/peers/peer.ts";
import { buildPeer, isPeerPolicy, type PeerPolicy, peerPolicies } from "../skew/peers/peer-policy.ts";

/** A client as it stands in a list. */
export interface ClientLine {
  /** Text of an IPv4 or IPv6 address. */
  readonly address: string;
  readonly port: number;
}

/** Where a client goes; null = it would be refused or would have to wait. */
export type PlaceClient = (client: ClientLine) => BackendId | null;

/** A method of another program. The plain modulo is not one: under this name the data path places. */
export type ForeignPolicy = Exclude<PeerPolicy, HashPolicy>;

const OWN_POLICIES: readonly string[] = ["ring", "rendezvous", "maglev", "modulo"] satisfies readonly HashPolicy[];

/** Whether `name` is a HASH_POLICY; upper and lower case alike, as in the settings. */
export function isOwnPolicy(name: string): boolean {
  return OWN_POLICIES.includes(name.toLowerCase());
}

export function isForeignPolicy(name: string): name is ForeignPolicy {
  return isPeerPolicy(name) && !isOwnPolicy(name);
}

/** What is wrong with a policy that is neither ours nor that of another program. */
export function unknownPolicy(name: string): string {
  const known = [...new Set([...OWN_POLICIES, ...Object.keys(peerPolicies)])];
  const nearest = nearestName(name, known);
  const hint = nearest === undefined ? `the policies are ${known.join(", ")}` : `did you mean ${nearest}?`;
  return `no policy is called ${JSON.stringify(name)}; ${hint}`;
}

/**
 * Places clients as another program would, given the same backends in the same order and no traffic. What it does not know
 * does not count: prefixes, seeds, ceilings and the client's port.
 *
 * @returns what is wrong when that program would not accept these backends
 */
export function placeByPeer(
  policy: ForeignPolicy,
  { backends }: Settings,
  down: ReadonlySet<BackendId>,
): PlaceClient | string {
  let model: Placement;
  try {
    model = buildPeer(
      policy,
      backends.map((backend) => peerServerOf(backend, down.has(backend.id))),
    );
  } catch (error) {
    if (error instanceof RangeError) return error.message;
    throw error;
  }
  return ({ address }) => {
    const bytes = addressBytes(address);
    const index = bytes === undefined ? undefined : model.place({ bytes, text: formatAddress(bytes) });
    return index === undefined ? null : (backends[index]?.id ?? null);
  };
}

function peerServerOf({ host, port, weight, backup }: Backend, down: boolean): PeerServer {
  return { address: `${host.includes(":") ? `[${host}]` : host}:${port}`, weight, backup, down };
}
