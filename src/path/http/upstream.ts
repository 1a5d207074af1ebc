import type { Member } from "../../model/snapshot.ts";
import type { RelaySocket, SocketHandler } from "../../platform/relay-socket.ts";

/** Who uses a backend connection right now: the same events as a socket's. */
export interface UpstreamUser {
  upstreamReadBuffer(): Buffer;
  /** Returns false to stop reading until the socket is resumed. */
  onUpstreamData(buffer: Buffer, length: number): boolean;
  onUpstreamEnd(): void;
  onUpstreamDrain(): void;
  onUpstreamError(error: Error): void;
  onUpstreamClosed(): void;
}

/**
 * A connection to a backend that serves one request after another. Handles its socket for good and passes events on to
 * whoever uses it; between two users nothing may come: a byte or a FIN on an idle connection ends it (a byte could only be
 * taken for the answer to a request that was not sent yet).
 */
export class Upstream implements SocketHandler {
  readonly socket: RelaySocket;
  readonly slot: number;
  /** Where it leads; a backend that gets another address keeps its slot. */
  readonly host: string;
  readonly port: number;
  /** Whom its PROXY header named, when one was sent. */
  readonly announcedClient: string | undefined;
  user: UpstreamUser | undefined;
  /** The client connection that used it last. */
  lastClient = 0;
  /** Its client has logged in on it, or was asked to: the backend would take whoever uses it for that one. */
  isPrivate = false;
  /** Requests that were sent on it. */
  requests = 0;
  idleSinceMs = 0;
  /** Neighbours among the idle ones of the backend; the pool's. */
  older: Upstream | undefined;
  newer: Upstream | undefined;
  isIdle = false;
  readonly #idleBuffer: Buffer;
  readonly #onIdleEnd: (upstream: Upstream) => void;

  /**
   * Takes the socket over.
   * @param idleBuffer read into while nobody uses it
   * @param onIdleEnd told when it cannot be used any more, while nobody does
   */
  constructor(
    socket: RelaySocket,
    member: Member,
    announcedClient: string | undefined,
    idleBuffer: Buffer,
    onIdleEnd: (upstream: Upstream) => void,
  ) {
    this.socket = socket;
    this.slot = member.slot;
    this.host = member.backend.host;
    this.port = member.backend.port;
    this.announcedClient = announcedClient;
    this.#idleBuffer = idleBuffer;
    this.#onIdleEnd = onIdleEnd;
    socket.handler = this;
  }

  /** Whether it leads to where `member` is now. */
  leadsTo(member: Member): boolean {
    return this.slot === member.slot && this.host === member.backend.host && this.port === member.backend.port;
  }

  readBuffer(): Buffer {
    return this.user?.upstreamReadBuffer() ?? this.#idleBuffer;
  }
  onData(buffer: Buffer, length: number): boolean {
    if (this.user !== undefined) return this.user.onUpstreamData(buffer, length);
    this.#endIdle();
    return false;
  }
  onEnd(): void {
    if (this.user !== undefined) this.user.onUpstreamEnd();
    else this.#endIdle();
  }
  onDrain(): void {
    this.user?.onUpstreamDrain();
  }
  onConnected(): void {}
  onError(error: Error, lastWords?: Buffer): void {
    // A backend may answer ahead of time and hear no more. On a used connection it may have said that before this request.
    if (lastWords !== undefined && this.requests === 1) this.user?.onUpstreamData(lastWords, lastWords.length);
    if (this.user !== undefined) this.user.onUpstreamError(error);
    else this.#endIdle();
  }
  onClosed(): void {
    if (this.user !== undefined) this.user.onUpstreamClosed();
    else this.#endIdle();
  }

  #endIdle(): void {
    this.socket.close();
    this.#onIdleEnd(this);
  }
}
