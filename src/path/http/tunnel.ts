import type { Cause, EndedBy } from "../../model/connection-record.ts";
import type { RelaySocket } from "../../platform/relay-socket.ts";
import type { DataPath } from "../data-path.ts";
import { Relay, type RelayEnd } from "../relay.ts";
import type { HttpOptions } from "./options.ts";

/** What a connection becomes behind 101: two directions of bytes, as in tcp mode, with a patience of its own. */
export class Tunnel {
  readonly #relay: Relay;
  readonly #client: RelaySocket;
  #bytesAhead = 0;

  /** Owns both sockets from `begin` on. @param onFinished called once */
  constructor(
    path: DataPath,
    options: HttpOptions,
    client: RelaySocket,
    backend: RelaySocket,
    onFinished: (end: RelayEnd) => void,
  ) {
    this.#client = client;
    this.#relay = new Relay({
      client,
      backend,
      pool: path.pool,
      clock: path.clock,
      options: { ...path.options.relay, idleTimeoutMs: options.upgradeIdleTimeoutMs },
      onFinished,
    });
  }

  get bytesIn(): number {
    return this.#relay.bytesIn;
  }
  get bytesOut(): number {
    return this.#relay.bytesOut + this.#bytesAhead;
  }

  /**
   * @param fromBackend bytes that came behind the 101
   * @param fromClient bytes that came before it
   */
  begin(fromBackend: Buffer | undefined, fromClient: Buffer | undefined, clientEnded: boolean): void {
    if (fromBackend !== undefined) {
      this.#bytesAhead = fromBackend.length;
      this.#client.write(fromBackend);
    }
    this.#relay.start(fromClient, clientEnded);
  }

  abort(endedBy: EndedBy, cause: Cause, politely: boolean): void {
    this.#relay.abort(endedBy, cause, politely);
  }
}
