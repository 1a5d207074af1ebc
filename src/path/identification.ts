import type { ClientKey, Endpoint } from "../model/client-key.ts";
import type { Cause, EndedBy } from "../model/connection-record.ts";
import type { Timer } from "../platform/clock.ts";
import type { RelaySocket, SocketHandler } from "../platform/relay-socket.ts";
import type { DataPath, ListenerFacts } from "./data-path.ts";
import { type FirstBytes, HeaderReader } from "./header-reader.ts";
import { identify, isTrustedProxy } from "./identify.ts";
import { causeOfSocketError } from "./socket-failure.ts";

/** Who the client is. */
export interface Identity {
  readonly client: Endpoint;
  /** Where the client connected to, as a PROXY header told. */
  readonly destination: Endpoint | undefined;
  readonly key: ClientKey;
  /** Bytes of the client that came with the header. */
  readonly readAhead: Buffer | undefined;
  /** The client has sent its FIN already. */
  readonly hasEnded: boolean;
}

export interface IdentificationEvents {
  /** @returns whether the client is read on; if not, whoever has taken over resumes */
  onIdentified(identity: Identity): boolean;
  /** `client` is known when a PROXY header named it. */
  onRefused(endedBy: EndedBy, cause: Cause, client: Endpoint): void;
}

/**
 * The first step of a connection: the client's address from the socket, or from a PROXY header of a trusted hop, then
 * lists and limits. Handles the client's socket while it reads a header. Ends in exactly one event, or in `abandon`.
 */
export class Identification implements SocketHandler {
  readonly #path: DataPath;
  readonly #listener: ListenerFacts;
  readonly #peer: Endpoint;
  readonly #events: IdentificationEvents;
  #reader: HeaderReader | undefined;
  #deadline: Timer | undefined;
  #hasEnded = false;

  constructor(path: DataPath, listener: ListenerFacts, peer: Endpoint, events: IdentificationEvents) {
    this.#path = path;
    this.#listener = listener;
    this.#peer = peer;
    this.#events = events;
  }

  begin(socket: RelaySocket): void {
    const { proxyProtocolIn } = this.#listener;
    if (proxyProtocolIn === "off") this.#identify(this.#peer, undefined, undefined);
    else if (isTrustedProxy(this.#peer, this.#path.live)) this.#readHeader(socket, proxyProtocolIn === "required");
    else if (proxyProtocolIn === "optional") this.#identify(this.#peer, undefined, undefined);
    else this.#events.onRefused("balancer", "proxy-header-untrusted", this.#peer);
  }

  /** The connection ends for another reason. */
  abandon(): void {
    this.#deadline?.cancel();
    this.#reader = undefined;
  }

  #readHeader(socket: RelaySocket, required: boolean): void {
    this.#reader = new HeaderReader(required);
    this.#deadline = this.#path.clock.after(this.#path.options.proxyProtocolTimeoutMs, () => {
      this.#decide(this.#reader?.giveUp("proxy-header-timeout"));
    });
    socket.resume();
  }

  readBuffer(): Buffer {
    return this.#path.pool.scratch;
  }

  onData(buffer: Buffer, length: number): boolean {
    const first = this.#reader?.push(buffer.subarray(0, length));
    if (first === undefined) return true;
    return this.#decide(first);
  }

  onEnd(): void {
    this.#hasEnded = true;
    this.#decide(this.#reader?.giveUp("closed-early"));
  }
  onError(error: Error): void {
    this.#decide({ kind: "bad", cause: causeOfSocketError(error) });
  }
  onClosed(): void {
    this.#decide({ kind: "bad", cause: "closed-early" });
  }
  onDrain(): void {}
  onConnected(): void {}

  /** @returns whether the client is read on */
  #decide(first: FirstBytes | undefined): boolean {
    if (first === undefined || this.#reader === undefined) return false;
    this.abandon();
    switch (first.kind) {
      case "bad":
        this.#events.onRefused(first.cause.startsWith("proxy-header") ? "balancer" : "client", first.cause, this.#peer);
        return false;
      case "no-header":
        return this.#identify(this.#peer, undefined, first.rest);
      case "header":
        return this.#identify(first.header.source ?? this.#peer, first.header.destination, first.rest);
    }
  }

  #identify(client: Endpoint, destination: Endpoint | undefined, readAhead: Buffer | undefined): boolean {
    const { options, live, clock } = this.#path;
    const result = identify(client, options.placement, live, this.#path, clock.nowMs());
    if ("refused" in result) {
      this.#events.onRefused("balancer", result.refused, client);
      return false;
    }
    if (client !== this.#peer) this.#path.tally?.named(this.#peer.address);
    return this.#events.onIdentified({ client, destination, key: result.key, readAhead, hasEnded: this.#hasEnded });
  }
}
