import { formatAddress, parseAddress } from "../../src/proxy-protocol/address-text.ts";
import type { PeerClient, PeerServer, Placement } from "../../src/skew/peers/peer.ts";
import { peerServer } from "../../src/skew/peers/peer.ts";
import { seededRandom } from "./seeded-random.ts";

/** A client by its address. */
export function peerClient(text: string): PeerClient {
  const bytes = parseAddress(text);
  if (bytes === undefined) throw new Error(`${text} is no address`);
  return { bytes, text: formatAddress(bytes) };
}

/** A client of which only the text matters: some programs hash any text, and their vectors are of such. */
export function textKey(text: string): PeerClient {
  return { bytes: new Uint8Array(4), text };
}

/** The same clients each time: all over the IPv4 space. */
export function ipv4Clients(count: number, seed = 1): readonly PeerClient[] {
  const random = seededRandom(seed);
  return Array.from({ length: count }, () => {
    const bytes = Uint8Array.from({ length: 4 }, () => Math.floor(256 * random.next()));
    return { bytes, text: formatAddress(bytes) };
  });
}

/** `count` servers `10.0.0.1:8080`, `10.0.0.2:8080`, …; `given` says what is special about each. */
export function tenNet(count: number, given: (index: number) => Partial<PeerServer> = () => ({})): PeerServer[] {
  return Array.from({ length: count }, (_, index) => peerServer(`10.0.0.${index + 1}:8080`, given(index)));
}

/** The choices for a list of clients, in its order. */
export function choices(model: Placement, clients: readonly PeerClient[]): readonly (number | undefined)[] {
  return clients.map((client) => model.place(client));
}

/** How many clients each of `count` servers got. */
export function loads(model: Placement, clients: readonly PeerClient[], count: number): readonly number[] {
  const load = new Array<number>(count).fill(0);
  for (const choice of choices(model, clients)) if (choice !== undefined) load[choice] = (load[choice] ?? 0) + 1;
  return load;
}

/** The share of clients whose choice differs. */
export function movedClients(before: Placement, after: Placement, clients: readonly PeerClient[]): number {
  const [one, other] = [choices(before, clients), choices(after, clients)];
  return one.filter((choice, i) => choice !== other[i]).length / clients.length;
}
