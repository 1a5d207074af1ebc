import { BodyFramer } from "../../http/body-framer.ts";
import { answerTo } from "../../http/canned-responses.ts";
import type { Endpoint } from "../../model/client-key.ts";
import type { Cause, EndedBy } from "../../model/connection-record.ts";
import type { RelaySocket, SocketHandler } from "../../platform/relay-socket.ts";
import { Deadline } from "../deadline.ts";
import { causeOfSocketError } from "../socket-failure.ts";
import { ClientInput } from "./client-input.ts";
import type { Exchange } from "./exchange.ts";
import { type Afterwards, type ExchangeEnd, type ExchangeHost, FINISHED } from "./exchange-host.ts";
import { Flow } from "./flow.ts";
import { Goodbye } from "./goodbye.ts";
import { causeOfRefusal } from "./own-answer.ts";
import { OwnUpstreams } from "./own-upstreams.ts";
import { Patience } from "./patience.ts";
import { Reception } from "./reception.ts";
import type { SessionParts } from "./session-parts.ts";

/**
 * What an identified client says on its connection: one request after another, each in an exchange of its own, until a side
 * has had enough. Handles the client's socket. What the client sends ahead of its turn is kept and stops the reading, so that
 * no more than one read is ever held. Ends exactly once, in `#finish`.
 */
export class HttpSession implements SocketHandler, ExchangeHost {
  readonly connectionId: number;
  readonly socket: RelaySocket;
  readonly answerFlow: Flow;
  readonly answerFramer: BodyFramer;
  readonly #parts: SessionParts;
  readonly input: ClientInput;
  readonly #reception: Reception;
  readonly deadline: Deadline;
  readonly patience: Patience;
  hasClientEnded: boolean;
  readonly ownUpstreams = new OwnUpstreams();
  #exchange: Exchange | undefined;
  #goodbye: Goodbye | undefined;
  #leftFlow: Flow | undefined;
  #isConsuming = false;
  #isLeaving = false;
  #finished = false;

  constructor(parts: SessionParts) {
    const { path, service, socket, identity } = parts;
    this.#parts = parts;
    this.connectionId = parts.connectionId;
    this.socket = socket;
    this.hasClientEnded = identity.hasEnded;
    this.answerFlow = new Flow(path.pool, socket);
    this.answerFramer = new BodyFramer("response", service.options.body);
    this.input = new ClientInput(socket);
    this.#reception = new Reception(parts, this, (exchange) => this.#onOpened(exchange));
    this.deadline = new Deadline(path.clock, () => this.#onDeadline());
    this.patience = new Patience(path, service, this);
  }

  /** Starts reading, and says whether it does. A client that is slow to say anything is timed from accept. */
  begin(): boolean {
    const { readAhead } = this.#parts.identity;
    this.#expectWithin(this.#parts.account.startMs, this.#parts.service.options.headTimeoutMs);
    if (readAhead === undefined || this.#consume(readAhead, 0, readAhead.length)) this.input.resume();
    if (this.hasClientEnded) this.onEnd();
    return this.input.isRead;
  }

  // --- the client's bytes ---

  readBuffer(): Buffer {
    return this.#exchange?.clientReadBuffer() ?? this.#parts.path.pool.scratch;
  }

  onData(buffer: Buffer, length: number): boolean {
    if (this.#isOver()) return true;
    if (this.input.hasKept) {
      this.input.keep(buffer, 0, length);
      return this.input.answered(false);
    }
    return this.input.answered(this.#consume(buffer, 0, length));
  }

  /** Takes requests and their bodies one after the other. Returns false when the rest is kept or the client has to wait. */
  #consume(buffer: Buffer, from: number, to: number): boolean {
    this.#isConsuming = true;
    let at = from;
    while (at < to && !this.#isOver()) {
      const exchange = this.#exchange;
      if (exchange === undefined) {
        // Who does not take the answers is asked to wait: they would pile up here.
        if (this.answerFlow.isStalled) break;
        at = this.#readHead(buffer, at, to);
        continue;
      }
      const next = exchange.push(buffer, at, to, to === buffer.length);
      if (next === at && this.#exchange === exchange) break;
      at = next;
    }
    this.#isConsuming = false;
    if (at === to && this.#exchange?.sending.owesHead === true) this.#exchange.push(buffer, to, to, false);
    if (this.#isOver()) return true;
    if (at < to) this.input.keep(buffer, at, to);
    else if (this.hasClientEnded) this.#exchange?.onClientEnd();
    return this.#mayRead();
  }

  /** Refused, or ended: nothing that comes is looked at any more. */
  #isOver(): boolean {
    return this.#finished || this.#goodbye !== undefined;
  }

  #mayRead(): boolean {
    if (this.input.hasKept) return false;
    return this.#exchange === undefined ? !this.answerFlow.isStalled : !this.#exchange.sending.holdsClient;
  }

  /** @returns the position behind what was taken */
  #readHead(buffer: Buffer, at: number, to: number): number {
    const { intake } = this.#reception;
    const wasUnderWay = intake.isUnderWay;
    const outcome = this.#reception.read(buffer, at, to);
    if (outcome === "head") return intake.next;
    if (outcome === "more") {
      // The whole head has to be there by then: a byte now and then gains nothing.
      if (!wasUnderWay && intake.isUnderWay && this.#parts.account.requests > 0)
        this.#expectWithin(intake.startMs, this.#parts.service.options.headTimeoutMs);
    } else this.#sayGoodbye(this.#reception.refuse(answerTo(outcome), causeOfRefusal(outcome), outcome.code), false);
    return to;
  }

  #expectWithin(startMs: number, timeoutMs: number): void {
    this.deadline.set(timeoutMs > 0 ? startMs + timeoutMs : Number.POSITIVE_INFINITY);
  }

  #onOpened(exchange: Exchange): void {
    this.answerFlow.bytes = 0;
    this.deadline.set(Number.POSITIVE_INFINITY);
    this.#exchange = exchange;
    exchange.begin();
  }

  // --- what an exchange asks for ---

  get destination(): Endpoint {
    return this.#parts.identity.destination ?? this.socket.local;
  }
  get isLeaving(): boolean {
    return this.#isLeaving || this.#parts.path.isLeaving;
  }

  onExchangeReady(): void {
    if (this.#isConsuming) return;
    const kept = this.input.take();
    // Without bytes as well: the head goes out now.
    if (kept === undefined) this.#exchange?.push(this.#parts.path.pool.scratch, 0, 0, false);
    this.#goOn(kept);
  }

  resumeClient(): void {
    if (this.#mayRead()) this.input.resume();
  }

  onExchangeOver(exchange: Exchange, then: Afterwards, end: ExchangeEnd, readInto: Flow | undefined): void {
    this.#exchange = undefined;
    this.#leftFlow = readInto;
    if (this.#finished) return;
    if (then === "keep") this.#rest(end === FINISHED ? this.patience.lastActivityMs : this.#parts.path.clock.nowMs());
    else if (then === "close") this.#sayGoodbye(end, exchange.sending.isDone && !exchange.facts.keepAlive);
    else if (then === "reset") this.#cut(end.endedBy, end.cause);
    else this.#finish(end.endedBy, end.cause);
  }

  /** Between two requests. */
  #rest(sinceMs: number): void {
    this.#expectWithin(sinceMs, this.#parts.service.options.keepAliveTimeoutMs);
    if (!this.#isConsuming) this.#goOn(this.input.take());
  }

  #goOn(kept: Buffer | undefined): void {
    if (kept !== undefined) this.#consume(kept, 0, kept.length);
    if (this.#isOver()) return;
    if (this.#mayRead()) this.input.resume();
    if (this.#exchange !== undefined || this.input.hasKept) return;
    if (this.hasClientEnded || (this.isLeaving && !this.#reception.intake.isUnderWay)) this.#leaveIdle();
  }

  // --- its end ---

  onEnd(): void {
    this.hasClientEnded = true;
    if (this.#goodbye !== undefined) this.#goodbye.onEnd();
    else if (this.input.hasKept) return;
    else if (this.#exchange !== undefined) this.#exchange.onClientEnd();
    else this.#leaveIdle();
  }

  /** Nothing is under way but, perhaps, a part of a head. */
  #leaveIdle(): void {
    if (this.#finished) return;
    const endedBy = this.hasClientEnded ? "client" : "balancer";
    this.#parts.account.partOfHead(this.#reception.intake, endedBy, "closed-early");
    this.#close(endedBy, "finished", false);
  }

  onDrain(): void {
    if (this.#exchange !== undefined) this.#exchange.onClientDrain();
    else if (!this.#isOver()) this.#goOn(this.input.take());
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
    if (this.#goodbye !== undefined) this.#goodbye.over();
    else if (this.#exchange !== undefined) this.#exchange.abandon("client", cause);
    else {
      this.#parts.account.partOfHead(this.#reception.intake, "client", cause);
      this.#finish("client", cause);
    }
  }

  #onDeadline(): void {
    if (this.#goodbye !== undefined) this.#goodbye.cut();
    else if (this.#exchange !== undefined) this.#exchange.onDeadline();
    else if (this.#reception.intake.isUnderWay)
      this.#sayGoodbye(this.#reception.refuse("request-timeout", "head-timeout", undefined), false);
    else {
      const cause = this.#parts.account.requests > 0 ? "keep-alive-timeout" : "head-timeout";
      this.#close("balancer", cause, false);
    }
  }

  /** The last answer is written. @param isSatisfied the client had said that it has nothing more to ask */
  #sayGoodbye({ endedBy, cause }: ExchangeEnd, isSatisfied: boolean): void {
    const hasMore = this.input.take() !== undefined || this.#isConsuming || this.#leftFlow !== undefined;
    this.#close(endedBy, cause, !this.hasClientEnded && (hasMore || !isSatisfied));
  }

  /** Closes behind what was written. @param isPatient the client may still be sending */
  #close(endedBy: EndedBy, cause: Cause, isPatient: boolean): void {
    this.#reception.intake.stop();
    if (!isPatient && this.socket.unsent === 0) {
      this.socket.endAndClose();
      this.#finish(endedBy, cause);
      return;
    }
    const onSaid = (): void => this.#finish(endedBy, cause);
    this.#goodbye = new Goodbye(this.socket, this.#parts.path.clock, this.deadline, onSaid);
    if (this.hasClientEnded) this.#goodbye.onEnd();
    this.input.resume();
  }

  /** No further request is answered; one that is under way may end. */
  leave(): void {
    this.#isLeaving = true;
    const isIdle = this.#exchange === undefined && !this.#reception.intake.isUnderWay;
    if (isIdle && !this.#isOver()) this.#leaveIdle();
  }

  /** Whether it uses a connection to the backend with this slot. */
  usesSlot(slot: number): boolean {
    return this.#exchange?.usesSlot(slot) === true;
  }

  kill(endedBy: EndedBy, cause: Cause, politely: boolean): void {
    this.#isLeaving = true;
    if (this.#exchange !== undefined) this.#exchange.kill(endedBy, cause, politely);
    if (!politely) this.#goodbye?.cut();
    if (this.#isOver()) return;
    this.#parts.account.partOfHead(this.#reception.intake, endedBy, cause);
    if (politely) this.#close(endedBy, cause, this.#reception.intake.isUnderWay);
    else this.#cut(endedBy, cause);
  }
  #cut(endedBy: EndedBy, cause: Cause): void {
    this.socket.reset();
    this.#finish(endedBy, cause);
  }

  #finish(endedBy: EndedBy, cause: Cause): void {
    if (this.#finished) return;
    this.#finished = true;
    this.deadline.cancel();
    this.#reception.intake.stop();
    this.input.take();
    this.answerFlow.dispose();
    this.#parts.service.upstreams.forgetClient(this.connectionId);
    this.#parts.onFinished(endedBy, cause);
  }
}
