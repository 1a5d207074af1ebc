import { answerTo, type CannedKind } from "../../http/canned-responses.ts";
import type { RequestHead } from "../../http/request-head.ts";
import type { ResponseHead } from "../../http/response-head.ts";
import type { Cause, EndedBy, Phase } from "../../model/connection-record.ts";
import type { CookieOut } from "../../model/request-record.ts";
import type { DataPath } from "../data-path.ts";
import { causeOfSocketError } from "../socket-failure.ts";
import { Answer, type AnswerEvents } from "./answer.ts";
import { type Afterwards, type Asked, type ExchangeEnd, type ExchangeHost, FINISHED } from "./exchange-host.ts";
import { answerFor, sendOwn } from "./own-answer.ts";
import { type RequestFacts, requestFacts } from "./request-facts.ts";
import type { RequestLife } from "./request-record.ts";
import { Seat, type SeatUser } from "./seat.ts";
import { Sending } from "./sending.ts";
import type { HttpService } from "./service.ts";
import { Tunnel } from "./tunnel.ts";

/**
 * One request and its answer: choose → connect or reuse → send → answer. Owns the backend connection while it uses it, and
 * ends exactly once, in `#finish`.
 */
export class Exchange implements AnswerEvents, SeatUser {
  readonly facts: RequestFacts;
  readonly asked: Asked;
  /** Its place at a backend. */
  readonly seat: Seat;
  readonly sending: Sending;
  readonly #path: DataPath;
  readonly #service: HttpService;
  readonly #host: ExchangeHost;
  readonly #life: RequestLife;
  readonly #answer: Answer;
  #tunnel: Tunnel | undefined;
  #statusOfOurs = -1;
  #over = false;

  /** Sent → head of the answer; -1 = none came. */
  responseMs = -1;
  cookieOut: CookieOut = "none";
  refusal: string | undefined;

  /** Takes what it needs of `head`, whose bytes may go afterwards. @param life its account hears of the end, once */
  constructor(
    path: DataPath,
    service: HttpService,
    host: ExchangeHost,
    head: RequestHead,
    asked: Asked,
    life: RequestLife,
  ) {
    this.#path = path;
    this.#service = service;
    this.#host = host;
    this.#life = life;
    this.facts = requestFacts(head, service.onRequest !== undefined);
    this.asked = asked;
    this.sending = new Sending(service, path.pool, this.facts, asked.binding.headText);
    this.#answer = new Answer(service, host.answerFlow, host.answerFramer, this.facts, this);
    this.seat = new Seat(path, service, host, asked, this);
  }

  begin(): void {
    this.#host.patience.begin(this);
    if (this.asked.isForbidden) this.refuse("forbidden", "forbidden", "request");
    else if (this.asked.binding.refused) this.#refuseCookie();
    else this.seat.begin();
  }

  /** Sent to the client; -1 = none was. */
  get status(): number {
    return this.#answer.status >= 0 ? this.#answer.status : this.#statusOfOurs;
  }
  get isUpgraded(): boolean {
    return this.#tunnel !== undefined;
  }
  get bytesIn(): number {
    return this.#tunnel?.bytesIn ?? this.sending.bytes;
  }
  get bytesOut(): number {
    return this.#host.answerFlow.bytes + (this.#tunnel?.bytesOut ?? 0);
  }
  /** Whether it uses a connection to the backend with this slot. */
  usesSlot(slot: number): boolean {
    return (this.seat.upstream !== undefined || this.isUpgraded) && this.seat.chosen?.member.slot === slot;
  }

  // --- a backend for it ---

  get mayBeSentTwice(): boolean {
    return this.facts.idempotent && this.sending.isDone;
  }

  onSeated(nowMs: number): void {
    if (this.seat.upstream !== undefined) this.sending.begin(this.seat.upstream);
    this.#host.patience.noteSending(nowMs);
    if (!this.sending.isDone) this.#host.onExchangeReady();
  }

  onUnseated(endedBy: EndedBy, cause: Cause): void {
    this.#fail(endedBy, cause, this.seat.phase);
  }

  // --- the client's side ---

  /** Takes bytes of the request's body; see {@link Sending.push}. */
  push(buffer: Buffer, from: number, to: number, filled: boolean): number {
    const wasDone = this.sending.isDone;
    const end = this.sending.push(buffer, from, to, filled);
    const { refusal } = this.sending;
    if (refusal !== undefined) {
      this.refusal = refusal.code;
      this.refuse(answerTo(refusal), "bad-request", "relay");
    } else if (!wasDone && this.seat.upstream !== undefined) this.#host.patience.noteSending(this.#path.clock.nowMs());
    return end;
  }

  clientReadBuffer(): Buffer {
    return this.sending.readBuffer();
  }

  onClientDrain(): void {
    if (!this.#host.answerFlow.onSinkDrained()) return;
    this.#host.patience.touch();
    if (this.#answer.isDone) this.#finishAnswered();
    else this.seat.upstream?.socket.resume();
  }

  /** The client sends no more. When the request is complete, or all is said, that is no reason to stop (RFC 9112, section 9.6). */
  onClientEnd(): void {
    if (!this.sending.isDone && !this.#answer.isDone) this.abandon("client", "closed-early");
  }

  // --- the backend's side ---

  upstreamReadBuffer(): Buffer {
    return this.#host.answerFlow.readBuffer();
  }

  onUpstreamData(buffer: Buffer, length: number): boolean {
    this.#host.patience.touch();
    return this.#answer.read(buffer, length);
  }

  onUpstreamEnd(): void {
    this.#host.patience.touch();
    this.#answer.end();
  }

  onUpstreamError(error: Error): void {
    if (this.#answer.hasBegun) this.#breakOff("backend", causeOfSocketError(error));
    else this.onNoAnswer();
  }

  onUpstreamClosed(): void {
    if (this.#answer.hasBegun) this.#breakOff("backend", "response-cut");
    else this.onNoAnswer();
  }

  onUpstreamDrain(): void {
    this.#host.patience.touch();
    if (this.sending.onDrained()) this.#host.resumeClient();
  }

  prepareAnswer(head: ResponseHead): { readonly keepsClient: boolean } {
    const { affinity, responseEdits } = this.#service;
    const backend = this.seat.answered(head);
    this.responseMs = this.#host.patience.noteHead();
    this.cookieOut = affinity.answer(this.asked.binding, backend, this.asked.https, head, responseEdits);
    return { keepsClient: this.facts.keepAlive && this.sending.isDone && !this.#host.isLeaving };
  }

  /** The backend went away without a word: a connection that had been idle may have been closed before it saw the request. */
  onNoAnswer(): void {
    const isHarmless = this.facts.idempotent && !this.sending.hasSentBody;
    if (this.seat.hasSecondTry && isHarmless) {
      this.sending.stop();
      this.#host.deadline.set(Number.POSITIVE_INFINITY);
      this.seat.tryAgain();
    } else this.#fail("backend", "backend-closed", "response");
  }

  onBadAnswer(code: string): void {
    this.refusal = code;
    this.#breakOff("backend", "bad-response");
  }

  onCutAnswer(): void {
    this.#breakOff("backend", "response-cut");
  }

  onAnswered(reusable: boolean): void {
    this.#letGo(reusable && this.sending.isDone && this.seat.upstream?.socket.unsent === 0);
    if (this.#host.answerFlow.settle(false)) this.#finishAnswered();
  }

  onSwitching(rest: Buffer | undefined): void {
    const upstream = this.seat.detach();
    if (upstream === undefined) return;
    this.#host.deadline.set(Number.POSITIVE_INFINITY);
    this.#tunnel = new Tunnel(this.#path, this.#service.options, this.#host.socket, upstream.socket, (end) => {
      this.#finish({ ...end, phase: "relay" }, "gone");
    });
    this.#tunnel.begin(rest, this.#host.input.take(), this.#host.hasClientEnded);
  }

  // --- its end ---

  /** Ends it without a further word. */
  abandon(endedBy: EndedBy, cause: Cause): void {
    if (this.#tunnel !== undefined) this.#tunnel.abort(endedBy, cause, false);
    else this.#end({ endedBy, cause, phase: this.#phase(), waitingFor: "client" });
  }

  /** Ends it from outside: `politely` with an answer, if none has begun. */
  kill(endedBy: EndedBy, cause: Cause, politely: boolean): void {
    if (this.#tunnel !== undefined) this.#tunnel.abort(endedBy, cause, politely);
    else if (politely && this.#answer.status < 0) this.#fail(endedBy, cause, this.#phase());
    else if (politely && this.#answer.isDone) this.#finish({ ...FINISHED, endedBy, cause }, "close");
    else this.abandon(endedBy, cause);
  }

  /** The deadline that was set with the host has passed. */
  onDeadline(): void {
    const waitingFor = this.#host.patience.expired();
    if (waitingFor === undefined) return;
    const isAnswerDue = this.#answer.status < 0 && this.sending.isDone && waitingFor === "backend";
    const cause = isAnswerDue ? "response-timeout" : "idle-timeout";
    this.#stop(answerFor(cause, waitingFor), { endedBy: "balancer", cause, phase: this.#phase(), waitingFor });
  }

  /** Answers in place of a backend, for what is wrong with the request. */
  refuse(kind: CannedKind, cause: Cause, phase: Phase): void {
    this.#stop(kind, { endedBy: "balancer", cause, phase, waitingFor: "client" });
  }

  /** COOKIE_INVALID=reject. An honest browser forgets the cookie and starts anew. */
  #refuseCookie(): void {
    const removal = this.#service.affinity.removal(this.asked.https);
    const end: ExchangeEnd = { endedBy: "balancer", cause: "cookie-refused", phase: "choose", waitingFor: "client" };
    this.#answerOurselves("cookie-refused", end, removal === undefined ? "" : `Set-Cookie: ${removal}\r\n`);
  }

  /** Something is wrong with the answer. */
  #breakOff(endedBy: EndedBy, cause: Cause): void {
    this.#stop(answerFor(cause, "backend"), { endedBy, cause, phase: "response", waitingFor: "backend" });
  }

  /** The client is told, or, when a part of the answer was sent, must not take it for a whole one. */
  #stop(kind: CannedKind, end: ExchangeEnd): void {
    if (this.#answer.status < 0) this.#answerOurselves(kind, end);
    else this.#end({ ...end, phase: "relay" });
  }

  #fail(endedBy: EndedBy, cause: Cause, phase: Phase): void {
    this.#answerOurselves(answerFor(cause, "backend"), { endedBy, cause, phase, waitingFor: "backend" });
  }

  /** @param line a field to be added to the answer, with its CR LF */
  #answerOurselves(kind: CannedKind, end: ExchangeEnd, line = ""): void {
    if (this.#over) return;
    const { keepAlive, minorVersion, isHead } = this.facts;
    this.#letGo(false);
    const canned = this.#service.canned(kind);
    const keeps = keepAlive && minorVersion > 0 && this.sending.isDone && !this.#host.isLeaving;
    this.#statusOfOurs = canned.status;
    this.cookieOut = "none";
    sendOwn(this.#host.answerFlow, canned, isHead, keeps, line);
    this.#finish(end, keeps ? "keep" : "close");
  }

  #finishAnswered(): void {
    this.#finish(FINISHED, this.#answer.keepsClient ? "keep" : "close");
  }

  /** Nothing more can be said to the client: both connections go. */
  #end(end: ExchangeEnd): void {
    if (this.#over) return;
    this.#letGo(false);
    this.#finish(end, "reset");
  }

  #finish(end: ExchangeEnd, then: Afterwards): void {
    if (this.#over) return;
    this.#over = true;
    this.#answer.dispose();
    this.#life.account.endRequest(this.#life, this, end);
    this.seat.release();
    this.#host.patience.end();
    this.#host.onExchangeOver(this, then, end, this.sending.dispose());
  }

  #letGo(reusable: boolean): void {
    this.sending.stop();
    this.seat.letGo(reusable);
  }

  #phase(): Phase {
    return this.#answer.status >= 0 ? "relay" : this.seat.phase;
  }
}
