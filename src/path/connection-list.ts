import type { ClientConnection } from "./data-path.ts";

/**
 * The open client connections. An array in which each knows its place: a Set that is added to and deleted from all the time
 * leaves a chain of old tables behind, which keeps ended connections from being collected.
 */
export class ConnectionList {
  readonly #connections: ClientConnection[] = [];

  get size(): number {
    return this.#connections.length;
  }

  add(connection: ClientConnection): void {
    connection.place = this.#connections.push(connection) - 1;
  }

  /** @returns false when it is not in the list */
  remove(connection: ClientConnection): boolean {
    const { place } = connection;
    if (this.#connections[place] !== connection) return false;
    const last = this.#connections.pop();
    if (last !== undefined && last !== connection) {
      this.#connections[place] = last;
      last.place = place;
    }
    connection.place = -1;
    return true;
  }

  /** Those of now: they may end while the list is walked. */
  snapshot(): readonly ClientConnection[] {
    return [...this.#connections];
  }
}
