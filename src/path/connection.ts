import { keyHash } from "../hashing/murmur3.ts";
import type { Endpoint } from "../model/client-key.ts";
import type { Cause, EndedBy, Phase } from "../model/connection-record.ts";
import type { RelaySocket, SocketHandler } from "../platform/relay-socket.ts";
import { makeRecord } from "./account.ts";
import { Acquisition, type AcquisitionEvents } from "./acquisition.ts";
import type { ClientConnection, DataPath, ListenerFacts } from "./data-path.ts";
import { Identification, type IdentificationEvents, type Identity } from "./identification.ts";
import { sendProxyHeader } from "./proxy-header-out.ts";
import { Relay, type Side } from "./relay.ts";
import { causeOfSocketError } from "./socket-failure.ts";

/** Its address is not known, so it is on no list: bytes that it left behind must not be served. */
const NOBODY: Endpoint = { address: "", port: 0 };

/**
 * One client connection from accept to record: identify → choose → connect → relay → account. Owns the client's socket
 * and, once acquired, the backend's; lends both to the relay. Ends exactly once, in `#finish`.
 */
export class Connection implements ClientConnection, SocketHandler, IdentificationEvents, AcquisitionEvents {
  place = -1;
  readonly #path: DataPath;
  readonly #listener: ListenerFacts;
  readonly #id: number;
  readonly #socket: RelaySocket;
  readonly #peer: Endpoint;
  /** The peer had left before it could be asked who it is. */
  readonly #isVanished: boolean;
  readonly #acceptedAtMs: number;
  readonly #startMs: number;
  #finished = false;
  #client: Endpoint;
  #identification: Identification | undefined;
  #identity: Identity | undefined;
  #identifyMs = -1;
  /** What the client sent before there was a relay to take it. */
  #readAhead: Buffer | undefined;
  #clientEnded = false;
  #acquisition: Acquisition | undefined;
  #relay: Relay | undefined;

  constructor(path: DataPath, listener: ListenerFacts, id: number, open: (handler: SocketHandler) => RelaySocket) {
    this.#path = path;
    this.#listener = listener;
    this.#id = id;
    this.#acceptedAtMs = path.clock.wallMs();
    this.#startMs = path.clock.nowMs();
    this.#socket = open(this);
    const { remote } = this.#socket;
    this.#isVanished = remote === undefined;
    this.#peer = remote ?? NOBODY;
    this.#client = this.#peer;
  }

  /** @param isFull MAX_CONNECTIONS is reached: refuse. */
  begin(isFull: boolean): void {
    if (isFull) {
      this.#refuse("balancer", "connection-limit");
      return;
    }
    if (this.#isVanished) {
      this.#refuse("client", "reset");
      return;
    }
    this.#identification = new Identification(this.#path, this.#listener, this.#peer, this);
    this.#socket.handler = this.#identification;
    this.#identification.begin(this.#socket);
  }

  /** Whether this connection is relayed to the backend with this slot. */
  relaysTo(slot: number): boolean {
    return this.#relay !== undefined && this.#acquisition?.chosen?.member.slot === slot;
  }

  /** Ends the connection from outside, whatever it is doing. */
  kill(endedBy: EndedBy, cause: Cause, politely: boolean): void {
    if (this.#relay !== undefined) this.#relay.abort(endedBy, cause, politely);
    else this.#refuse(endedBy, cause);
  }

  /** A piped connection is nobody's to end but its own. */
  leave(): void {}

  onRefused(endedBy: EndedBy, cause: Cause, client: Endpoint): void {
    this.#client = client;
    this.#refuse(endedBy, cause);
  }

  onIdentified(identity: Identity): boolean {
    const { clock, counts, options } = this.#path;
    this.#socket.handler = this;
    this.#client = identity.client;
    this.#identity = identity;
    this.#readAhead = identity.readAhead;
    this.#clientEnded = identity.hasEnded;
    const nowMs = clock.nowMs();
    this.#identifyMs = nowMs - this.#startMs;
    counts.opened(identity.key.text);
    this.#acquisition = new Acquisition(
      this.#path,
      {
        connectionId: this.#id,
        client: identity.key.text,
        port: identity.client.port,
        keyHash: keyHash(identity.key.bytes, options.placement.hashSeed),
      },
      this,
    );
    this.#acquisition.begin(nowMs);
    // What follows belongs to the relay, which resumes reading when it starts.
    return false;
  }

  onFailed(endedBy: EndedBy, cause: Cause): void {
    this.#refuse(endedBy, cause);
  }

  /** One read at most: it finds a reset, or bytes that the relay will start with. */
  onDelayed(): void {
    if (this.#readAhead === undefined && !this.#clientEnded) this.#socket.resume();
  }

  onChosen(): void {}
  /** Never: a connection of its own is dialled for each client. */
  onTaken(): void {}

  onAcquired(backendSocket: RelaySocket): void {
    const { clock, options, pool } = this.#path;
    const destination = this.#identity?.destination ?? this.#socket.local;
    sendProxyHeader(backendSocket, options.connect.proxyProtocolOut, this.#client, destination);
    this.#relay = new Relay({
      client: this.#socket,
      backend: backendSocket,
      pool,
      clock,
      options: options.relay,
      onFinished: (end) => this.#finish(end.endedBy, end.cause, end.waitingFor),
    });
    this.#relay.start(this.#readAhead, this.#clientEnded);
  }

  #refuse(endedBy: EndedBy, cause: Cause): void {
    this.#socket.handler = this;
    this.#socket.reset();
    this.#finish(endedBy, cause, "client");
  }

  // The client's socket between the steps. It is read once, by a client that was silent while a PROXY header could still
  // come, or to notice that a client that waits has gone; the bytes, or its FIN, are kept for the relay.

  readBuffer(): Buffer {
    return this.#path.pool.scratch;
  }
  onData(buffer: Buffer, length: number): boolean {
    const bytes = buffer.subarray(0, length);
    this.#readAhead = Buffer.concat(this.#readAhead === undefined ? [bytes] : [this.#readAhead, bytes]);
    return false;
  }
  onEnd(): void {
    this.#clientEnded = true;
  }
  onDrain(): void {}
  onConnected(): void {}
  onError(error: Error): void {
    this.#refuse("client", causeOfSocketError(error));
  }
  onClosed(): void {
    this.#finish("client", "closed-early", "client");
  }

  #phase(): Phase {
    if (this.#relay !== undefined) return "relay";
    if (this.#acquisition !== undefined) return this.#acquisition.phase;
    return this.#identification === undefined ? "accept" : "identify";
  }

  #finish(endedBy: EndedBy, cause: Cause, waitingFor: Side): void {
    if (this.#finished) return;
    this.#finished = true;
    this.#identification?.abandon();
    const record = makeRecord(
      this.#path,
      {
        id: this.#id,
        listener: this.#listener,
        peer: this.#peer,
        client: this.#client,
        key: this.#identity?.key.text ?? "",
        acceptedAtMs: this.#acceptedAtMs,
        startMs: this.#startMs,
        identifyMs: this.#identifyMs,
        acquisition: this.#acquisition,
        relay: this.#relay,
      },
      { endedBy, cause, waitingFor, phase: this.#phase() },
    );
    this.#giveBack();
    this.#path.events.onRecord(record);
  }

  #giveBack(): void {
    const { counts } = this.#path;
    const client = this.#identity?.key.text;
    if (client !== undefined) {
      counts.closed(client);
    }
    this.#path.forget(this, this.#listener);
    this.#acquisition?.release();
  }
}
