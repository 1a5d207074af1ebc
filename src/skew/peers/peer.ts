/** A server as it stands in a peer's configuration. The order of the list is the order of its lines. */
export interface PeerServer {
  /**
   * `host:port` as it is written there; some programs hash this very text. An IPv6 address has brackets. One address: a host
   * name that has several is several servers to nginx and Envoy, and then no single line.
   */
  readonly address: string;
  /** An integer, at least 1; HAProxy and IPVS take 0 too: nobody new comes. */
  readonly weight: number;
  /** Marked as not to be used: nginx `down`, HAProxy `disabled`, Envoy unhealthy, IPVS weight 0. */
  readonly down: boolean;
  /** Used only when no other server is up. HAProxy alone knows it together with hashing. */
  readonly backup: boolean;
}

/**
 * A client as a peer sees it. An IPv4-mapped IPv6 address counts as IPv4, as on a listener for IPv4 only.
 * nginx and Envoy write addresses of `::/96`, which no client has, in another way than RFC 5952.
 */
export interface PeerClient {
  /** The address as 4 or 16 bytes. */
  readonly bytes: Uint8Array;
  /** The same as canonical text (RFC 5952): nginx and Envoy hash the text. */
  readonly text: string;
}

/**
 * Another program's choice of a server, modelled exactly. Some programs remember earlier choices, so clients are to be
 * placed in the order in which they come.
 */
export interface Placement {
  /** @returns the index of the server in the list; undefined when the program would turn the client away */
  place(client: PeerClient): number | undefined;
}

/** A line of a configuration in which only what matters is said. */
export function peerServer(address: string, given: Partial<Omit<PeerServer, "address">> = {}): PeerServer {
  return { address, weight: given.weight ?? 1, down: given.down ?? false, backup: given.backup ?? false };
}

/** What a program accepts in a line of its configuration. */
export interface ServerRules {
  readonly program: string;
  readonly lowestWeight: 0 | 1;
  readonly highestWeight: number;
  readonly backups: boolean;
}

/** @throws RangeError that names the first server which the program would not accept */
export function checkServers(servers: readonly PeerServer[], rules: ServerRules): void {
  const { program, lowestWeight, highestWeight, backups } = rules;
  for (const { address, weight, backup } of servers) {
    if (!Number.isInteger(weight) || weight < lowestWeight || weight > highestWeight) {
      throw new RangeError(
        `${program} takes weights from ${lowestWeight} to ${highestWeight}, but ${address} has ${weight}`,
      );
    }
    if (backup && !backups) throw new RangeError(`${program} has no backup servers, but ${address} is one`);
  }
}
