import { BodyFramer } from "../../http/body-framer.ts";
import type { CannedKind } from "../../http/canned-responses.ts";
import type { RequestHead } from "../../http/request-head.ts";
import type { ResponseHead } from "../../http/response-head.ts";
import type { Chosen } from "../../model/choice.ts";
import type { Endpoint } from "../../model/client-key.ts";
import type { Cause, EndedBy, Phase } from "../../model/connection-record.ts";
import type { CookieOut } from "../../model/request-record.ts";
import type { RelaySocket } from "../../platform/relay-socket.ts";
import { Acquisition, type AcquisitionEvents, type Wish } from "../acquisition.ts";
import type { DataPath } from "../data-path.ts";
import { sendProxyHeader } from "../proxy-header-out.ts";
import type { Side } from "../relay.ts";
import { causeOfSocketError } from "../socket-failure.ts";
import type { Binding } from "./affinity.ts";
import { Answer, type AnswerEvents } from "./answer.ts";
import { Flow } from "./flow.ts";
import { type RequestFacts, requestFacts } from "./request-facts.ts";
import type { HttpService } from "./service.ts";
import { Tunnel } from "./tunnel.ts";
import { Upstream, type UpstreamUser } from "./upstream.ts";

/** How the client connection goes on behind an exchange; `gone`: a tunnel has ended its socket. */
export type Afterwards = "keep" | "close" | "reset" | "gone";

/** The client connection, as an exchange sees it. */
export interface ExchangeHost {
  readonly connectionId: number;
  readonly socket: RelaySocket;
  /** Whom a PROXY header to the backend would name, and where they connected to. */
  readonly destination: Endpoint | undefined;
  readonly hasClientEnded: boolean;
  /** No request is to follow on this connection. */
  readonly isLeaving: boolean;
  /** The answer's direction: one for all exchanges of the connection. */
  readonly answerFlow: Flow;
  /** Replaces the deadline of the connection; Infinity = none. */
  setDeadline(dueMs: number): void;
  /** A backend is there: bytes that had to wait can be pushed. Also called when there are none. */
  onExchangeReady(): void;
  /** The backend has taken what it was sent: read on. */
  resumeClient(): void;
  /** Bytes of the client behind the request, that came early. */
  takeKept(): Buffer | undefined;
  /** `readInto`: a flow whose buffer the client's socket still reads into; to be disposed of when that is closed. */
  onExchangeOver(exchange: Exchange, then: Afterwards, end: ExchangeEnd, readInto: Flow | undefined): void;
}

/** What was found out about a request before a backend is sought. */
export interface Asked {
  readonly client: Endpoint;
  readonly key: string;
  readonly https: boolean;
  readonly binding: Binding;
  /** The head that the backend gets. */
  readonly headText: string;
}

export interface ExchangeEnd {
  readonly endedBy: EndedBy;
  readonly phase: Phase;
  readonly cause: Cause;
  readonly waitingFor: Side;
}

/**
 * One request and its answer: choose → connect or reuse → send → answer. Owns the backend connection while it uses it, and
 * ends exactly once, in `#finish`.
 */
export class Exchange implements AcquisitionEvents, AnswerEvents, UpstreamUser, Wish {
  readonly facts: RequestFacts;
  readonly asked: Asked;
  readonly #path: DataPath;
  readonly #service: HttpService;
  readonly #host: ExchangeHost;
  readonly #answer: Answer;
  readonly #body: BodyFramer | undefined;
  readonly #onRecord: (exchange: Exchange, end: ExchangeEnd) => void;
  #acquisition: Acquisition;
  #upstream: Upstream | undefined;
  #flow: Flow | undefined;
  #headSent = false;
  #bodySent = false;
  #requestDone: boolean;
  #reused = false;
  #triedAgain = false;
  #lastBackend: string | undefined;
  #attemptsBefore = 0;
  #tunnel: Tunnel | undefined;
  #sentAtMs = -1;
  #lastActivityMs = 0;
  #lastBacklog = 0;
  #statusOfOurs = -1;
  #over = false;
  responseMs = -1;
  bytesIn = 0;
  cookieOut: CookieOut = "none";
  refusal: string | undefined;

  /** Takes what it needs of `head`, whose bytes may go afterwards. */
  constructor(
    path: DataPath,
    service: HttpService,
    host: ExchangeHost,
    head: RequestHead,
    asked: Asked,
    onRecord: (exchange: Exchange, end: ExchangeEnd) => void,
  ) {
    this.#path = path;
    this.#service = service;
    this.#host = host;
    this.#onRecord = onRecord;
    this.facts = requestFacts(head);
    this.asked = asked;
    this.#requestDone = this.facts.framing === "none";
    if (!this.#requestDone) {
      this.#body = new BodyFramer("request", service.options.body);
      this.#body.begin(this.facts.framing, this.facts.contentLength, { chunks: "keep", trailers: "drop" });
    }
    this.#answer = new Answer(service, host.answerFlow, this.facts, this);
    this.#acquisition = this.#acquire();
  }

  begin(): void {
    if (this.asked.binding.refused) this.#refuseCookie();
    else this.#acquisition.begin();
  }

  get acquisition(): Acquisition {
    return this.#acquisition;
  }
  get attempts(): number {
    return this.#attemptsBefore + this.#acquisition.attempts;
  }
  get status(): number {
    return this.#answer.status >= 0 ? this.#answer.status : this.#statusOfOurs;
  }
  get reused(): boolean {
    return this.#reused;
  }
  get isUpgraded(): boolean {
    return this.#tunnel !== undefined;
  }
  get bytesOut(): number {
    return this.#host.answerFlow.bytes + (this.#tunnel?.bytesOut ?? 0);
  }

  /** The client may not be read on before the backend has taken what it was sent, or is there at all. */
  get holdsClient(): boolean {
    return !this.#requestDone && (this.#upstream === undefined || this.#flow?.isStalled === true);
  }

  /** The client has sent all of the request. */
  get isRequestDone(): boolean {
    return this.#requestDone;
  }

  /** A backend is there and has not got a byte yet. */
  get owesHead(): boolean {
    return this.#upstream !== undefined && !this.#headSent;
  }

  /** Whether it uses a connection to the backend with this slot. */
  usesSlot(slot: number): boolean {
    return (this.#upstream !== undefined || this.#tunnel !== undefined) && this.#acquisition.chosen?.member.slot === slot;
  }

  clientReadBuffer(): Buffer {
    return this.#flow?.readBuffer() ?? this.#path.pool.scratch;
  }

  // --- the request ---

  #acquire(): Acquisition {
    const { asked } = this;
    return new Acquisition(
      this.#path,
      {
        connectionId: this.#host.connectionId,
        client: asked.key,
        port: asked.client.port,
        keyHash: asked.binding.keyHash,
        wish: this,
      },
      this,
    );
  }

  get bound(): string | undefined {
    return this.asked.binding.bound;
  }
  get boundMayDrain(): boolean {
    return this.#service.options.affinity.drainCookies;
  }
  /** Once more: where it was sent the first time. */
  get hinted(): string | undefined {
    return this.#triedAgain ? this.#lastBackend : this.asked.binding.hinted;
  }
  get picker(): Wish["picker"] {
    return this.asked.binding.usesPicker ? this.#service.affinity.picker : undefined;
  }

  takeIdle(member: Chosen["member"]): boolean {
    // What was taken from the pool and turned out dead is not tried twice.
    if (this.#triedAgain) return false;
    const upstream = this.#service.upstreams.take({
      member,
      clientConnection: this.#host.connectionId,
      repeatable: this.facts.idempotent && this.#requestDone,
      announcedClient: this.#announcedClient(),
    });
    if (upstream === undefined) return false;
    this.#reused = true;
    this.#use(upstream);
    return true;
  }

  onChosen(chosen: Chosen): void {
    this.#lastBackend = chosen.member.backend.id;
    this.#service.affinity.placed(this.asked.binding, chosen);
  }

  onTaken(): void {
    this.#onUpstream();
  }

  onAcquired(socket: RelaySocket, chosen: Chosen): void {
    const { pool, options } = this.#path;
    const { upstreams } = this.#service;
    const announced = this.#announcedClient();
    const upstream = new Upstream(socket, chosen.member, announced, pool.scratch, (idle) => upstreams.forget(idle));
    this.#reused = false;
    if (announced !== undefined) {
      sendProxyHeader(socket, options.connect.proxyProtocolOut, this.asked.client, this.#host.destination);
    }
    this.#use(upstream);
    socket.resume();
    this.#onUpstream();
  }

  #announcedClient(): string | undefined {
    if (this.#path.options.connect.proxyProtocolOut === "off") return undefined;
    return `${this.asked.client.address} ${this.asked.client.port}`;
  }

  #use(upstream: Upstream): void {
    upstream.user = this;
    upstream.lastClient = this.#host.connectionId;
    upstream.requests++;
    this.#upstream = upstream;
  }

  #onUpstream(): void {
    const upstream = this.#upstream;
    if (upstream === undefined) return;
    this.#touch();
    this.#watch();
    if (this.#requestDone) {
      this.#headSent = true;
      this.#sentAtMs = this.#lastActivityMs;
      upstream.socket.writeLatin1(this.asked.headText);
    } else {
      this.#flow = new Flow(this.#path.pool, upstream.socket);
      this.#host.onExchangeReady();
    }
  }

  /**
   * Takes bytes of the client that belong to the request, from `from` on.
   *
   * @param filled the read filled its buffer
   * @returns the position behind the bytes taken: `from` when none can be taken now, or none belongs to it any more
   */
  push(buffer: Buffer, from: number, to: number, filled: boolean): number {
    const body = this.#body;
    const flow = this.#flow;
    if (this.#requestDone || this.#upstream === undefined || body === undefined || flow === undefined) return from;
    const end = body.pushCompact(buffer, from, to);
    if (body.refusal !== undefined) {
      this.refusal = body.refusal.code;
      this.refuse("bad-request", "bad-request", "relay");
      return to;
    }
    const { headOut } = this.#service;
    const ahead = this.#headSent ? 0 : headOut.write(this.asked.headText, 0, "latin1");
    this.#headSent = true;
    this.#bodySent ||= end > from;
    flow.pass(headOut, ahead, buffer, body.passFrom, body.passTo);
    if (body.complete) {
      if (body.tail.length > 0) flow.own(body.tail);
      this.#requestDone = true;
    }
    this.bytesIn = body.dataBytes;
    flow.settle(filled && !body.complete);
    this.#touch();
    if (body.complete) this.#sentAtMs = this.#lastActivityMs;
    this.#watch();
    return end;
  }

  // --- the answer ---

  upstreamReadBuffer(): Buffer {
    return this.#host.answerFlow.readBuffer();
  }

  onUpstreamData(buffer: Buffer, length: number): boolean {
    this.#touch();
    this.#watch();
    return this.#answer.read(buffer, length);
  }

  onUpstreamEnd(): void {
    this.#answer.end();
  }

  onUpstreamError(error: Error): void {
    if (this.#answer.hasBegun) this.#cut("backend", causeOfSocketError(error));
    else this.onNoAnswer();
  }

  onUpstreamClosed(): void {
    if (this.#answer.hasBegun) this.#cut("backend", "response-cut");
    else this.onNoAnswer();
  }

  onUpstreamDrain(): void {
    if (this.#flow?.onSinkDrained() !== false && !this.#requestDone) this.#host.resumeClient();
  }

  /** The final head is about to be sent. */
  prepareAnswer(head: ResponseHead): { readonly keepsClient: boolean } {
    const { binding, https } = this.asked;
    this.responseMs = this.#sentAtMs < 0 ? 0 : this.#path.clock.nowMs() - this.#sentAtMs;
    const backend = this.#acquisition.chosen?.member.backend.id ?? "";
    this.cookieOut = this.#service.affinity.answer(binding, backend, https, head, this.#service.responseEdits);
    return { keepsClient: this.facts.keepAlive && this.#requestDone && !this.#host.isLeaving };
  }

  /** The backend went away without a word. */
  onNoAnswer(): void {
    this.#letGo(false);
    const again = this.#reused && !this.#triedAgain && this.facts.idempotent && !this.#bodySent;
    if (!again || this.#host.isLeaving) {
      this.#fail("backend", "backend-closed", "response");
      return;
    }
    this.#triedAgain = true;
    this.#reused = false;
    this.#headSent = false;
    this.#attemptsBefore += this.#acquisition.attempts;
    this.#acquisition.release();
    this.#acquisition = this.#acquire();
    this.#acquisition.begin();
  }

  onBadAnswer(code: string): void {
    this.refusal = code;
    if (this.#answer.status < 0) this.#fail("backend", "bad-response", "response");
    else this.#cut("backend", "bad-response");
  }

  onCutAnswer(): void {
    if (this.#answer.status < 0) this.#fail("backend", "response-cut", "response");
    else this.#cut("backend", "response-cut");
  }

  /** All of it is written. @param reusable nothing of the answer is wrong with its connection */
  onAnswered(reusable: boolean): void {
    this.#letGo(reusable && this.#requestDone && this.#upstream?.socket.unsent === 0);
    this.#host.answerFlow.settle(false);
    if (!this.#host.answerFlow.isStalled) this.#finishAnswered();
  }

  onSwitching(rest: Buffer | undefined): void {
    const upstream = this.#upstream;
    if (upstream === undefined) return;
    upstream.user = undefined;
    this.#upstream = undefined;
    this.#host.setDeadline(Number.POSITIVE_INFINITY);
    this.#tunnel = new Tunnel(this.#path, this.#service.options, this.#host.socket, upstream.socket, (end) => {
      this.bytesIn = this.#tunnel?.bytesIn ?? 0;
      this.#finish({ ...end, phase: "relay" }, "gone");
    });
    this.#tunnel.begin(rest, this.#host.takeKept(), this.#host.hasClientEnded);
  }

  // --- the client ---

  onClientDrain(): void {
    if (!this.#host.answerFlow.onSinkDrained()) return;
    if (this.#answer.isDone) this.#finishAnswered();
    else this.#upstream?.socket.resume();
  }

  /** The client sends no more. Behind a complete request that is no reason to stop (RFC 9112, section 9.6). */
  onClientEnd(): void {
    if (!this.#requestDone) this.abandon("client", "closed-early");
  }

  /** Ends it without a further word. */
  abandon(endedBy: EndedBy, cause: Cause): void {
    if (this.#tunnel !== undefined) this.#tunnel.abort(endedBy, cause, false);
    else this.#end({ endedBy, cause, phase: this.#phase(), waitingFor: "client" }, "reset");
  }

  /** Ends it from outside: `politely` with an answer, if none has begun. */
  kill(endedBy: EndedBy, cause: Cause, politely: boolean): void {
    if (this.#tunnel !== undefined) this.#tunnel.abort(endedBy, cause, politely);
    else if (politely && this.#answer.status < 0) this.#fail(endedBy, cause, this.#phase());
    else this.abandon(endedBy, cause);
  }

  /** The deadline that was set with the host has passed. */
  onDeadline(): void {
    const backlog = this.#host.socket.writeBacklog + (this.#upstream?.socket.writeBacklog ?? 0);
    // A slow reader that takes a large write bit by bit shows only in the backlog.
    if (backlog !== this.#lastBacklog) {
      this.#lastBacklog = backlog;
      this.#touch();
      this.#watch();
      return;
    }
    const waitingFor = this.#requestDone && !this.#host.answerFlow.isStalled ? "backend" : "client";
    if (this.#answer.status >= 0) this.#cut("balancer", "idle-timeout", waitingFor);
    else if (!this.#requestDone) this.#fail("balancer", "idle-timeout", this.#phase(), "client");
    else this.#fail("balancer", "response-timeout", "response", "backend");
  }

  // --- its end ---

  onFailed(endedBy: EndedBy, cause: Cause): void {
    this.#service.affinity.unplaced(this.asked.binding);
    this.#fail(endedBy, cause, this.#acquisition.phase);
  }

  onDelayed(): void {}

  /** COOKIE_INVALID=reject. An honest browser forgets the cookie and starts anew. */
  #refuseCookie(): void {
    const removal = this.#service.affinity.removal(this.asked.https);
    const end: ExchangeEnd = { endedBy: "balancer", cause: "cookie-refused", phase: "choose", waitingFor: "client" };
    this.#answerOurselves("bad-request", end, removal === undefined ? "" : `Set-Cookie: ${removal}\r\n`);
  }

  /** Answers in place of a backend, for what is wrong with the request. */
  refuse(kind: CannedKind, cause: Cause, phase: Phase): void {
    const endedBy = "balancer";
    if (this.#answer.status < 0) this.#answerOurselves(kind, { endedBy, cause, phase, waitingFor: "client" });
    else this.#cut(endedBy, cause);
  }

  #fail(endedBy: EndedBy, cause: Cause, phase: Phase, waitingFor: Side = "backend"): void {
    this.#answerOurselves(kindOf(cause, waitingFor), { endedBy, cause, phase, waitingFor });
  }

  /** @param line a field to be added to the answer, with its CR LF */
  #answerOurselves(kind: CannedKind, end: ExchangeEnd, line = ""): void {
    if (this.#over) return;
    const { facts } = this;
    this.#letGo(false);
    const canned = this.#service.canned(kind);
    const keeps = facts.keepAlive && facts.minorVersion > 0 && this.#requestDone && !this.#host.isLeaving;
    const bytes = facts.isHead ? (keeps ? canned.keepingHead : canned.closingHead) : keeps ? canned.keeping : canned.closing;
    this.#statusOfOurs = canned.status;
    if (line === "") this.#host.answerFlow.own(bytes);
    else this.#host.answerFlow.text(bytes.toString("latin1").replace("\r\n", `\r\n${line}`));
    this.#finish(end, keeps ? "keep" : "close");
  }

  #finishAnswered(): void {
    const end: ExchangeEnd = { endedBy: "client", cause: "finished", phase: "relay", waitingFor: "client" };
    this.#finish(end, this.#answer.keepsClient ? "keep" : "close");
  }

  /** The answer has begun and cannot be completed: nobody may take it for a whole one. */
  #cut(endedBy: EndedBy, cause: Cause, waitingFor: Side = "backend"): void {
    this.#end({ endedBy, cause, phase: this.#answer.status < 0 ? "response" : "relay", waitingFor }, "reset");
  }

  #end(end: ExchangeEnd, then: Afterwards): void {
    if (this.#over) return;
    this.#letGo(false);
    this.#finish(end, then);
  }

  #finish(end: ExchangeEnd, then: Afterwards): void {
    if (this.#over) return;
    this.#over = true;
    this.#answer.dispose();
    this.#onRecord(this, end);
    this.#acquisition.release();
    const flow = this.#flow;
    const isReadInto = flow?.isReadInto === true;
    if (!isReadInto) flow?.dispose();
    this.#host.onExchangeOver(this, then, end, isReadInto ? flow : undefined);
  }

  /** Gives the backend connection back, or closes it. */
  #letGo(reusable: boolean): void {
    const upstream = this.#upstream;
    if (upstream === undefined) return;
    this.#upstream = undefined;
    upstream.user = undefined;
    if (reusable) this.#service.upstreams.give(upstream);
    else upstream.socket.close();
  }

  #phase(): Phase {
    if (this.#answer.status >= 0) return "relay";
    return this.#upstream === undefined ? this.#acquisition.phase : "response";
  }

  #touch(): void {
    this.#lastActivityMs = this.#path.clock.nowMs();
  }

  /** Sets the deadline that fits what is waited for. */
  #watch(): void {
    if (this.#over || this.#tunnel !== undefined) return;
    const { idleTimeoutMs } = this.#path.options.relay;
    const { responseTimeoutMs } = this.#service.options;
    let dueMs = idleTimeoutMs > 0 ? this.#lastActivityMs + idleTimeoutMs : Number.POSITIVE_INFINITY;
    const waits = responseTimeoutMs > 0 && this.#requestDone && this.#answer.status < 0 && this.#sentAtMs >= 0;
    if (waits) dueMs = Math.min(dueMs, this.#sentAtMs + responseTimeoutMs);
    this.#host.setDeadline(dueMs);
  }
}

/** What a client is told about a failure. */
function kindOf(cause: Cause, waitingFor: Side): CannedKind {
  switch (cause) {
    case "backend-closed":
    case "bad-response":
    case "response-cut":
      return "bad-gateway";
    case "response-timeout":
      return "gateway-timeout";
    case "idle-timeout":
      return waitingFor === "client" ? "request-timeout" : "gateway-timeout";
    default:
      return "service-unavailable";
  }
}
