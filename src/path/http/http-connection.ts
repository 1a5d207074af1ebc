import { answerTo, type CannedKind } from "../../http/canned-responses.ts";
import type { Refusal } from "../../http/refusal.ts";
import type { RequestHead } from "../../http/request-head.ts";
import type { Endpoint } from "../../model/client-key.ts";
import type { Cause, EndedBy } from "../../model/connection-record.ts";
import type { RelaySocket, SocketHandler } from "../../platform/relay-socket.ts";
import type { ClientConnection, DataPath, ListenerFacts } from "../data-path.ts";
import { Deadline } from "../deadline.ts";
import { Identification, type IdentificationEvents, type Identity } from "../identification.ts";
import { causeOfSocketError } from "../socket-failure.ts";
import { ConnectionAccount } from "./connection-account.ts";
import { type Afterwards, Exchange, type ExchangeEnd, type ExchangeHost } from "./exchange.ts";
import { Flow } from "./flow.ts";
import type { RequestReader } from "./readers.ts";
import { makeRequestRecord } from "./request-record.ts";
import type { HttpService } from "./service.ts";
import { Visitor } from "./visitor.ts";

/** How long a client may take to fetch the last answer and to close, before it is closed for it (RFC 9112, section 9.6). */
const LINGER_MS = 2_000;

/**
 * A client connection in http mode: identify, then one request after another, each in an exchange of its own, until a side
 * has had enough. Owns the client's socket. What the client sends ahead of its turn is kept and stops the reading, so that
 * no more than one read is ever held. Ends exactly once, in `#finish`.
 */
export class HttpConnection implements ClientConnection, SocketHandler, IdentificationEvents, ExchangeHost {
  readonly connectionId: number;
  readonly socket: RelaySocket;
  readonly answerFlow: Flow;
  readonly #path: DataPath;
  readonly #service: HttpService;
  readonly #listener: ListenerFacts;
  readonly #account: ConnectionAccount;
  readonly #deadline: Deadline;
  #identification: Identification | undefined;
  #identity: Identity | undefined;
  #visitor: Visitor | undefined;
  /** Holds the first part of a head. */
  #reader: RequestReader | undefined;
  #exchange: Exchange | undefined;
  #kept: Buffer | undefined;
  #leftFlow: Flow | undefined;
  #isConsuming = false;
  #isPaused = false;
  #hasEnded = false;
  #isLingering = false;
  #isLeaving = false;
  #finished = false;
  /** When the first byte of the request under way came, -1 = none has. */
  #headStartMs = -1;
  #headStartedAtMs = 0;

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
    this.connectionId = id;
    this.socket = open(this);
    this.answerFlow = new Flow(path.pool, this.socket);
    this.#account = new ConnectionAccount(path, listener, id, this.socket.remote);
    this.#deadline = new Deadline(path.clock, () => this.#onDeadline());
  }

  // --- who is it ---

  begin(isFull: boolean): void {
    if (isFull) this.#turnAway("balancer", "connection-limit");
    else if (this.#account.isVanished) this.#turnAway("client", "reset");
    else {
      this.#identification = new Identification(this.#path, this.#listener, this.#account.peer, this);
      this.socket.handler = this.#identification;
      this.#account.phase = "identify";
      this.#identification.begin(this.socket);
    }
  }

  onRefused(endedBy: EndedBy, cause: Cause, client: Endpoint): void {
    this.#account.client = client;
    this.#turnAway(endedBy, cause);
  }

  onIdentified(identity: Identity): void {
    const { counts } = this.#path;
    this.socket.handler = this;
    this.#identity = identity;
    this.#account.identified(identity);
    counts.opened(identity.key.text);
    this.#visitor = new Visitor(this.#path, this.#service, identity, identity.destination ?? this.socket.local);
    this.#hasEnded = identity.hasEnded;
    const { headTimeoutMs } = this.#service.options;
    if (headTimeoutMs > 0) this.#deadline.set(this.#account.startMs + headTimeoutMs);
    const { readAhead } = identity;
    if (readAhead === undefined || this.#consume(readAhead, 0, readAhead.length)) this.socket.resume();
    else this.#isPaused = true;
    if (this.#hasEnded) this.onEnd();
  }

  #turnAway(endedBy: EndedBy, cause: Cause): void {
    this.socket.handler = this;
    this.socket.reset();
    this.#finish(endedBy, cause);
  }

  // --- the client's bytes ---

  readBuffer(): Buffer {
    return this.#exchange?.clientReadBuffer() ?? this.#path.pool.scratch;
  }

  onData(buffer: Buffer, length: number): boolean {
    if (this.#isLingering || this.#finished) return true;
    const goOn = this.#consume(buffer, 0, length);
    this.#isPaused = !goOn;
    return goOn;
  }

  /** Takes requests and their bodies one after the other. Returns false when the rest is kept or the client has to wait. */
  #consume(buffer: Buffer, from: number, to: number): boolean {
    this.#isConsuming = true;
    let at = from;
    while (at < to && !this.#isLingering && !this.#finished) {
      const exchange = this.#exchange;
      if (exchange === undefined) {
        at = this.#readHead(buffer, at, to);
        continue;
      }
      const next = exchange.push(buffer, at, to, to === buffer.length);
      if (next === at && this.#exchange === exchange) break;
      at = next;
    }
    this.#isConsuming = false;
    if (at === to && this.#exchange?.owesHead === true) this.#exchange.push(buffer, to, to, false);
    if (this.#isLingering || this.#finished) return true;
    if (at < to) this.#keep(buffer, at, to);
    return this.#kept === undefined && this.#exchange?.holdsClient !== true;
  }

  #keep(buffer: Buffer, from: number, to: number): void {
    const rest = Buffer.from(buffer.subarray(from, to));
    this.#kept = this.#kept === undefined ? rest : Buffer.concat([this.#kept, rest]);
  }

  /** @returns the position behind what was taken */
  #readHead(buffer: Buffer, at: number, to: number): number {
    const { readers } = this.#service;
    const { clock } = this.#path;
    const isFirstPiece = this.#headStartMs < 0;
    if (isFirstPiece) {
      this.#headStartMs = clock.nowMs();
      this.#headStartedAtMs = clock.wallMs();
    }
    const reader = this.#reader ?? readers.takeRequestReader();
    const outcome = reader.read(buffer, at, to);
    if (outcome === "more") {
      this.#reader = reader;
      const { headTimeoutMs } = this.#service.options;
      // The whole head has to be there by then: a byte now and then gains nothing.
      const isFirstRequest = this.#account.requests === 0;
      if (isFirstPiece && !isFirstRequest && headTimeoutMs > 0) this.#deadline.set(this.#headStartMs + headTimeoutMs);
      return to;
    }
    this.#reader = undefined;
    if (outcome === "head") {
      const { next } = reader;
      this.#begin(reader.head);
      readers.giveRequestReader(reader);
      return next;
    }
    readers.giveRequestReader(reader);
    this.#onBadHead(outcome);
    return to;
  }

  #begin(head: RequestHead): void {
    const visitor = this.#visitor;
    if (visitor === undefined) return;
    const requestMs = this.#headStartMs;
    this.#account.requests++;
    this.answerFlow.bytes = 0;
    const asked = visitor.ask(head, requestMs);
    const life = this.#requestLife(asked.client, asked.key, this.#path.clock.nowMs() - requestMs);
    this.#headStartMs = -1;
    this.#deadline.set(Number.POSITIVE_INFINITY);
    const exchange = new Exchange(this.#path, this.#service, this, head, asked, (ended, end) => {
      this.#service.onRequest(makeRequestRecord(this.#path, life, ended, end));
    });
    this.#exchange = exchange;
    if (visitor.isForbidden(asked.client)) exchange.refuse("forbidden", "forbidden", "request");
    else if (asked.headText === "") exchange.refuse("fields-too-large", "bad-request", "request");
    else exchange.begin();
  }

  #onBadHead(refusal: Refusal): void {
    const kind = answerTo(refusal);
    const cause = kind === "tls-hello" || kind === "http2-preface" ? "not-http" : "bad-request";
    this.#answerAndLeave(kind, cause, refusal.code);
  }

  /** Answers what never became a request, and reads no further. */
  #answerAndLeave(kind: CannedKind, cause: Cause, refusal: string | undefined): void {
    const { closing, status } = this.#service.canned(kind);
    const end: ExchangeEnd = { endedBy: "balancer", cause, phase: "request", waitingFor: "client" };
    this.socket.write(closing);
    this.#recordUnexchanged(end, { status, refusal, bytesOut: closing.length });
    this.#linger(end.endedBy, cause, false);
  }

  #recordUnexchanged(end: ExchangeEnd, what: Parameters<typeof makeRequestRecord>[2]): void {
    this.#account.requests++;
    const life = this.#requestLife(this.#account.client, this.#identity?.key.text ?? "", -1);
    this.#service.onRequest(makeRequestRecord(this.#path, life, what, end));
    this.#headStartMs = -1;
  }

  #requestLife(client: Endpoint, key: string, headMs: number): Parameters<typeof makeRequestRecord>[1] {
    const isFirst = this.#account.requests === 1;
    return {
      id: this.#service.nextRequestId(),
      connectionId: this.connectionId,
      index: this.#account.requests,
      listener: this.#listener,
      peer: this.#account.peer,
      client,
      key,
      startMs: isFirst ? this.#account.startMs : this.#headStartMs,
      startedAtMs: isFirst ? this.#account.acceptedAtMs : this.#headStartedAtMs,
      headMs,
    };
  }

  // --- what an exchange asks for ---

  get destination(): Endpoint | undefined {
    return this.#identity?.destination ?? this.socket.local;
  }
  get hasClientEnded(): boolean {
    return this.#hasEnded;
  }
  get isLeaving(): boolean {
    return this.#isLeaving || this.#path.isLeaving;
  }

  setDeadline(dueMs: number): void {
    this.#deadline.set(dueMs);
  }

  onExchangeReady(): void {
    if (this.#isConsuming) return;
    const kept = this.takeKept();
    // Without bytes as well: the head goes out now.
    if (kept === undefined) this.#exchange?.push(this.#path.pool.scratch, 0, 0, false);
    this.#goOn(kept);
  }

  resumeClient(): void {
    if (this.#exchange?.holdsClient !== true && this.#kept === undefined) this.#resume();
  }

  takeKept(): Buffer | undefined {
    const kept = this.#kept;
    this.#kept = undefined;
    return kept;
  }

  onExchangeOver(exchange: Exchange, then: Afterwards, end: ExchangeEnd, readInto: Flow | undefined): void {
    this.#exchange = undefined;
    this.#leftFlow = readInto;
    if (this.#finished) return;
    switch (then) {
      case "keep":
        this.#rest();
        return;
      case "close":
        this.#linger(end.endedBy, end.cause, exchange.isRequestDone);
        return;
      case "reset":
        this.socket.reset();
        this.#finish(end.endedBy, end.cause);
        return;
      case "gone":
        this.#finish(end.endedBy, end.cause);
    }
  }

  /** Between two requests. */
  #rest(): void {
    const { keepAliveTimeoutMs } = this.#service.options;
    const nowMs = this.#path.clock.nowMs();
    this.#deadline.set(keepAliveTimeoutMs > 0 ? nowMs + keepAliveTimeoutMs : Number.POSITIVE_INFINITY);
    if (this.#isConsuming) return;
    const kept = this.takeKept();
    this.#goOn(kept);
  }

  #goOn(kept: Buffer | undefined): void {
    const mayRead = kept === undefined || this.#consume(kept, 0, kept.length);
    if (this.#finished || this.#isLingering) return;
    if (mayRead && this.#exchange?.holdsClient !== true) this.#resume();
    else this.#isPaused = true;
    if (this.#exchange === undefined && this.#kept === undefined && (this.#hasEnded || this.isLeaving)) this.#leaveIdle();
  }

  #resume(): void {
    if (!this.#isPaused) return;
    this.#isPaused = false;
    this.socket.resume();
  }

  // --- its end ---

  onEnd(): void {
    this.#hasEnded = true;
    if (this.#isLingering) this.socket.close();
    else if (this.#exchange !== undefined) this.#exchange.onClientEnd();
    else this.#leaveIdle();
  }

  /** Nothing is under way but, perhaps, a part of a head. */
  #leaveIdle(): void {
    if (this.#finished) return;
    if (this.#reader !== undefined) {
      const end: ExchangeEnd = { endedBy: "client", cause: "closed-early", phase: "request", waitingFor: "client" };
      this.#recordUnexchanged(end, { status: -1, refusal: undefined, bytesOut: 0 });
    }
    this.socket.endAndClose();
    this.#finish(this.#hasEnded ? "client" : "balancer", "finished");
  }

  onDrain(): void {
    this.#exchange?.onClientDrain();
  }
  onConnected(): void {}

  onError(error: Error): void {
    this.#onGone(causeOfSocketError(error));
  }
  onClosed(): void {
    this.#onGone("reset");
    // Now nothing is read any more.
    this.#leftFlow?.dispose();
    this.#leftFlow = undefined;
  }

  #onGone(cause: Cause): void {
    if (this.#finished) return;
    if (this.#isLingering) {
      this.#finish(this.#account.endedBy, this.#account.cause);
      return;
    }
    if (this.#exchange !== undefined) this.#exchange.abandon("client", cause);
    else this.#finish("client", cause);
  }

  #onDeadline(): void {
    if (this.#isLingering) {
      this.socket.reset();
      this.#finish(this.#account.endedBy, this.#account.cause);
    } else if (this.#exchange !== undefined) this.#exchange.onDeadline();
    else if (this.#headStartMs >= 0) this.#answerAndLeave("request-timeout", "head-timeout", undefined);
    else {
      const cause = this.#account.requests > 0 ? "keep-alive-timeout" : "head-timeout";
      this.socket.endAndClose();
      this.#finish("balancer", cause);
    }
  }

  /**
   * The last answer is written: FIN behind it, and what the client still sends is thrown away until it closes too. To close
   * at once would reset the connection and could take the answer with it.
   */
  #linger(endedBy: EndedBy, cause: Cause, isRequestDone: boolean): void {
    this.#account.endedBy = endedBy;
    this.#account.cause = cause;
    this.#giveReaderBack();
    const isQuiet = isRequestDone && this.#kept === undefined && !this.#isConsuming && this.#leftFlow === undefined;
    this.#kept = undefined;
    if (this.#hasEnded || isQuiet) {
      this.socket.endAndClose();
      this.#finish(endedBy, cause);
      return;
    }
    this.#isLingering = true;
    this.#deadline.set(this.#path.clock.nowMs() + LINGER_MS);
    this.socket.end();
    this.#resume();
  }

  /** No further request is answered; one that is under way may end. */
  leave(): void {
    this.#isLeaving = true;
    const isIdle = this.#exchange === undefined && this.#reader === undefined && this.#identity !== undefined;
    if (!isIdle || this.#isLingering || this.#finished) return;
    this.socket.endAndClose();
    this.#finish("operator", "shutdown");
  }

  relaysTo(slot: number): boolean {
    return this.#exchange?.usesSlot(slot) === true;
  }

  kill(endedBy: EndedBy, cause: Cause, politely: boolean): void {
    this.#isLeaving = true;
    if (this.#exchange !== undefined) this.#exchange.kill(endedBy, cause, politely);
    if (this.#finished || this.#isLingering) return;
    if (politely) this.socket.endAndClose();
    else this.socket.reset();
    this.#finish(endedBy, cause);
  }

  #giveReaderBack(): void {
    if (this.#reader !== undefined) this.#service.readers.giveRequestReader(this.#reader);
    this.#reader = undefined;
  }

  #finish(endedBy: EndedBy, cause: Cause): void {
    if (this.#finished) return;
    this.#finished = true;
    this.#identification?.abandon();
    this.#deadline.cancel();
    this.#giveReaderBack();
    this.#kept = undefined;
    this.answerFlow.dispose();
    const record = this.#account.record(endedBy, cause);
    const { counts } = this.#path;
    if (this.#identity !== undefined) counts.closed(this.#identity.key.text);
    this.#path.forget(this, this.#listener);
    this.#service.upstreams.forgetClient(this.connectionId);
    this.#path.events.onRecord(record);
  }
}
