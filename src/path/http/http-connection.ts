import type { Endpoint } from "../../model/client-key.ts";
import type { Cause, EndedBy } from "../../model/connection-record.ts";
import type { RelaySocket, SocketHandler } from "../../platform/relay-socket.ts";
import type { ClientConnection, DataPath, ListenerFacts } from "../data-path.ts";
import { Identification, type IdentificationEvents, type Identity } from "../identification.ts";
import { ClientAccount } from "./client-account.ts";
import { HttpSession } from "./http-session.ts";
import type { HttpService } from "./service.ts";

/**
 * A client connection in http mode from accept to record: who is it, then a session of requests. Owns the client's socket and
 * lends it to each step. Ends exactly once, in `#finish`.
 */
export class HttpConnection implements ClientConnection, SocketHandler, IdentificationEvents {
  place = -1;
  readonly #path: DataPath;
  readonly #service: HttpService;
  readonly #listener: ListenerFacts;
  readonly #id: number;
  readonly #socket: RelaySocket;
  readonly #account: ClientAccount;
  #identification: Identification | undefined;
  #identity: Identity | undefined;
  #session: HttpSession | undefined;
  #finished = false;

  constructor(
    path: DataPath,
    service: HttpService,
    listener: ListenerFacts,
    id: number,
    open: (handler: SocketHandler) => RelaySocket,
  ) {
    this.#path = path;
    this.#service = service;
    this.#listener = listener;
    this.#id = id;
    this.#socket = open(this);
    this.#account = new ClientAccount(path, service, listener, id, this.#socket.remote);
  }

  begin(isFull: boolean): void {
    if (isFull) this.#turnAway("balancer", "connection-limit");
    else if (this.#account.isVanished) this.#turnAway("client", "reset");
    else {
      this.#identification = new Identification(this.#path, this.#listener, this.#account.peer, this);
      this.#socket.handler = this.#identification;
      this.#account.phase = "identify";
      this.#identification.begin(this.#socket);
    }
  }

  onRefused(endedBy: EndedBy, cause: Cause, client: Endpoint): void {
    this.#account.client = client;
    this.#turnAway(endedBy, cause);
  }

  onIdentified(identity: Identity): boolean {
    this.#identity = identity;
    this.#account.identified(identity);
    this.#path.counts.opened(identity.key.text);
    const session = new HttpSession({
      path: this.#path,
      service: this.#service,
      connectionId: this.#id,
      socket: this.#socket,
      identity,
      account: this.#account,
      onFinished: (endedBy, cause) => this.#finish(endedBy, cause),
    });
    this.#session = session;
    this.#socket.handler = session;
    return session.begin();
  }

  relaysTo(slot: number): boolean {
    return this.#session?.usesSlot(slot) === true;
  }

  kill(endedBy: EndedBy, cause: Cause, politely: boolean): void {
    if (this.#session !== undefined) this.#session.kill(endedBy, cause, politely);
    else this.#turnAway(endedBy, cause);
  }

  leave(): void {
    this.#session?.leave();
  }

  #turnAway(endedBy: EndedBy, cause: Cause): void {
    this.#socket.handler = this;
    this.#socket.reset();
    this.#finish(endedBy, cause);
  }

  #finish(endedBy: EndedBy, cause: Cause): void {
    if (this.#finished) return;
    this.#finished = true;
    this.#identification?.abandon();
    const record = this.#account.record(endedBy, cause);
    if (this.#identity !== undefined) this.#path.counts.closed(this.#identity.key.text);
    this.#path.forget(this, this.#listener);
    this.#path.events.onRecord(record);
  }

  // Only of a socket that was turned away.

  readBuffer(): Buffer {
    return this.#path.pool.scratch;
  }
  onData(): boolean {
    return false;
  }
  onEnd(): void {}
  onDrain(): void {}
  onConnected(): void {}
  onError(): void {}
  onClosed(): void {}
}
