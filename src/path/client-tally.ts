/**
 * Counts who comes, so that the operator can be told which addresses carry how much. Called on the path of connections: must
 * be quick and never throw.
 */
export interface ClientTally {
  /** A connection of tcp mode, or a request of http mode, is about to be placed. @param client its name, as in limits and pins */
  placed(client: string): void;
  /** The client of a connection was named by the PROXY header of this peer. @param peer the peer's address */
  named(peer: string): void;
}
