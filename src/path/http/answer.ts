import type { BodyFramer, BodyOut } from "../../http/body-framer.ts";
import type { Framing } from "../../http/body-length.ts";
import { CHUNK_END, chunkSizeLine, LAST_CHUNK } from "../../http/chunk-writer.ts";
import type { ResponseOut } from "../../http/head-writer.ts";
import { type Asked, ORDINARY, type ResponseHead } from "../../http/response-head.ts";
import type { Flow } from "./flow.ts";
import type { ResponseReader } from "./readers.ts";
import type { RequestFacts } from "./request-facts.ts";
import type { HttpService } from "./service.ts";

export interface AnswerEvents {
  /** Before the request is sent nobody may switch protocols (RFC 9110, section 7.8). */
  readonly sending: { readonly isDone: boolean };
  /** The final head is there: the edits of the service may be filled in. Says whether the client connection may go on. */
  prepareAnswer(head: ResponseHead): { readonly keepsClient: boolean };
  /** The backend ended before a byte of its answer. */
  onNoAnswer(): void;
  /** Refused by the message layer, with its code. */
  onBadAnswer(code: string): void;
  /** The backend ended in the middle. */
  onCutAnswer(): void;
  /** The last byte is written (perhaps not taken by the kernel yet). */
  onAnswered(reusable: boolean): void;
  /** 101: the head is written; `rest` are bytes of the tunnel that came with it. */
  onSwitching(rest: Buffer | undefined): void;
}

/** How interim answers go on, and the answer behind which a tunnel begins. */
const INTERIM: ResponseOut = { framing: "none", connection: "none", clientMinorVersion: 1 };
const SWITCHING: ResponseOut = { framing: "tunnel", connection: "none", clientMinorVersion: 1 };

/** Chunks go on as they are, but not to HTTP/1.0. */
const KEEP_CHUNKS: BodyOut = { chunks: "keep", trailers: "drop" };
const STRIP_CHUNKS: BodyOut = { chunks: "strip", trailers: "drop" };

/** Interim answers (1xx) of one request; more are a backend gone mad. */
const MOST_INTERIMS = 100;

/**
 * The answer to one request, from the bytes of the backend to those of the client: the head rebuilt from validated parts,
 * the body followed to its end.
 */
export class Answer {
  /** Of the final answer, once its head is sent; -1 before. */
  status = -1;
  /** A byte of it has come. */
  hasBegun = false;
  /** All of it is written. */
  isDone = false;
  /** The client connection can go on behind it. */
  keepsClient = false;
  readonly #service: HttpService;
  readonly #flow: Flow;
  readonly #facts: RequestFacts;
  readonly #events: AnswerEvents;
  #reader: ResponseReader | undefined;
  readonly #framer: BodyFramer;
  #hasFramer = false;
  #chunksAnew = false;
  #keepsBackend = false;
  #interims = 0;
  #isOver = false;

  /** @param framer idle; used until the answer is over */
  constructor(service: HttpService, flow: Flow, framer: BodyFramer, facts: RequestFacts, events: AnswerEvents) {
    this.#service = service;
    this.#flow = flow;
    this.#framer = framer;
    this.#facts = facts;
    this.#events = events;
  }

  /** @returns whether to read on */
  read(buffer: Buffer, length: number): boolean {
    this.hasBegun = true;
    if (this.status >= 0) return this.#pass(buffer, 0, length, "", -1, this.status);
    const at = this.#readHead(buffer, length);
    if (at === undefined) return !this.#isOver;
    return at;
  }

  /** The backend sends no more. */
  end(): void {
    if (this.#isOver) return;
    if (!this.hasBegun) this.#events.onNoAnswer();
    else if (!this.#hasFramer || !this.#framer.finish()) this.#events.onCutAnswer();
    else {
      if (this.#chunksAnew) this.#flow.own(LAST_CHUNK);
      this.#done(false);
    }
  }

  /** The exchange is over. */
  dispose(): void {
    this.#isOver = true;
    this.#giveReaderBack();
  }

  #giveReaderBack(): void {
    if (this.#reader !== undefined) this.#service.readers.giveResponseReader(this.#reader);
    this.#reader = undefined;
  }

  #whatWasAsked(): Asked {
    const { isHead, upgrade } = this.#facts;
    if (!isHead && !upgrade) return ORDINARY;
    return { head: isHead, connect: false, upgrade: upgrade && this.#events.sending.isDone };
  }

  /** @returns whether to read on; undefined when nothing but interim heads, or a part of a head, was there */
  #readHead(buffer: Buffer, length: number): boolean | undefined {
    const reader = this.#reader ?? this.#service.readers.takeResponseReader();
    this.#reader = reader;
    let at = 0;
    while (at < length) {
      reader.asked = this.#whatWasAsked();
      const outcome = reader.read(buffer, at, length);
      if (outcome === "more") return undefined;
      if (outcome !== "head") {
        this.#events.onBadAnswer(outcome.code);
        return undefined;
      }
      at = reader.next;
      const { head } = reader;
      if (!head.interim) return this.#onFinalHead(head, buffer, at, length);
      if (!this.#passInterim(head)) return undefined;
    }
    return undefined;
  }

  #passInterim(head: ResponseHead): boolean {
    if (++this.#interims > MOST_INTERIMS) {
      this.#events.onBadAnswer("too-many-interims");
      return false;
    }
    // HTTP/1.0 knows no interim answers (RFC 9110, section 15.2).
    if (this.#facts.minorVersion === 0) return true;
    const { responseEdits, writer } = this.#service;
    responseEdits.clear();
    this.#flow.text(writer.response(head, responseEdits, INTERIM));
    return true;
  }

  #onFinalHead(head: ResponseHead, buffer: Buffer, at: number, length: number): boolean {
    const { responseEdits, writer } = this.#service;
    const { minorVersion } = this.#facts;
    responseEdits.clear();
    const { keepsClient } = this.#events.prepareAnswer(head);
    if (head.framing === "tunnel") return this.#switch(head, buffer, at, length);
    let framing: Framing = head.framing;
    if (minorVersion === 0) framing = framing === "chunked" ? "until-close" : framing;
    else if (framing === "until-close") {
      framing = "chunked";
      this.#chunksAnew = true;
    }
    this.keepsClient = keepsClient && framing !== "until-close";
    const connection = this.keepsClient ? (minorVersion === 0 ? "keep-alive" : "none") : "close";
    const as: ResponseOut = { framing, connection, clientMinorVersion: minorVersion };
    this.#keepsBackend = head.keepAlive;
    const framer = this.#framer;
    this.#hasFramer = true;
    framer.begin(head.framing, head.contentLength, minorVersion === 0 ? STRIP_CHUNKS : KEEP_CHUNKS);
    const { status, start, source } = head;
    let goesOn: boolean;
    if (at < length && !framer.complete) {
      // A head that goes on as it came goes in one piece with what is behind it.
      const isVerbatim = source === buffer && writer.isVerbatim(head, responseEdits, as);
      const text = isVerbatim ? "" : writer.response(head, responseEdits, as);
      // What is malformed right behind the head can still become a 502.
      goesOn = this.#pass(buffer, at, length, text, isVerbatim ? start : -1, status);
    } else {
      this.status = status;
      this.#flow.text(writer.response(head, responseEdits, as));
      goesOn = framer.complete ? this.#done(at === length) : this.#flow.settle(false);
    }
    this.#giveReaderBack();
    return goesOn;
  }

  /** Ends in a tunnel: everything behind the head is another protocol's. */
  #switch(head: ResponseHead, buffer: Buffer, at: number, length: number): boolean {
    const { responseEdits, writer } = this.#service;
    this.status = head.status;
    this.#flow.text(writer.response(head, responseEdits, SWITCHING));
    this.#giveReaderBack();
    this.#isOver = true;
    this.#events.onSwitching(at < length ? Buffer.from(buffer.subarray(at, length)) : undefined);
    return true;
  }

  /**
   * Passes `buffer[from..length)` on, behind `ahead`.
   *
   * @param headFrom where the head begins in `buffer`, when that is passed on as it came; -1 otherwise
   * @param status of the final answer
   */
  #pass(buffer: Buffer, from: number, length: number, ahead: string, headFrom: number, status: number): boolean {
    if (this.#isOver) return false;
    const framer = this.#framer;
    const end = framer.pushCompact(buffer, from, length);
    if (framer.refusal !== undefined) {
      this.#events.onBadAnswer(framer.refusal.code);
      return false;
    }
    this.status = status;
    const { passFrom, passTo } = framer;
    if (headFrom >= 0) this.#flow.pass("", buffer, headFrom, passTo);
    else if (this.#chunksAnew && passTo > passFrom) {
      this.#flow.pass(ahead + chunkSizeLine(passTo - passFrom), buffer, passFrom, passTo);
      this.#flow.own(CHUNK_END);
    } else this.#flow.pass(ahead, buffer, passFrom, passTo);
    if (framer.complete) {
      if (framer.tail.length > 0) this.#flow.own(framer.tail);
      return this.#done(end === length);
    }
    return this.#flow.settle(length === buffer.length);
  }

  /** @param isClean nothing came behind it */
  #done(isClean: boolean): boolean {
    this.isDone = true;
    this.#isOver = true;
    this.#giveReaderBack();
    const reusable = isClean && this.#keepsBackend;
    this.#events.onAnswered(reusable);
    return reusable;
  }
}
