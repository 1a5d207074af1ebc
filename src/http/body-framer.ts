import type { Framing } from "./body-length.ts";
import { ChunkSize } from "./chunk-size.ts";
import { HeadReader } from "./head-reader.ts";
import type { BodyLimits } from "./message-limits.ts";
import { CR, LF } from "./octets.ts";
import { type Direction, type Refusal, type RefusalCode, refusal } from "./refusal.ts";
import { TrailerScanner, type Trailers } from "./trailer-scanner.ts";

/** What a body is made into on its way. */
export interface BodyOut {
  /** `keep`: the framing of chunks is passed on, but for extensions. `strip`: only the data, for a receiver without chunks. */
  readonly chunks: "keep" | "strip";
  /** `drop`: trailers are checked and left out. `keep`: those that may travel are passed on, when `chunks` are. */
  readonly trailers: "keep" | "drop";
}

const NOTHING: Buffer = Buffer.alloc(0);
const CRLF: Buffer = Buffer.from("\r\n", "latin1");

// Where in the body the framer stands.
const COMPLETE = 0;
const UNTIL_CLOSE = 1;
const LENGTH = 2;
const CHUNK_SIZE = 3;
const CHUNK_DATA = 4;
const CHUNK_CR = 5;
const CHUNK_LF = 6;
/** Behind the last chunk: the empty line or a trailer. */
const AFTER_LAST = 7;
const END_LF = 8;
const TRAILERS = 9;
const REFUSED = 10;

/**
 * Follows one body through the bytes of a connection (RFC 9112, sections 6 and 7) and says which of them may be passed
 * on. Every byte is checked before it is let through, so that a receiver reads the same body and the same end, whatever
 * its leniency. Nothing is copied or kept, but for an unfinished trailer section. Reused: `begin` for every body.
 */
export class BodyFramer {
  /** After `push`: `passFrom..passTo` of its buffer may be passed on as it is; often all, sometimes nothing. */
  passFrom = 0;
  passTo = 0;
  /** To be passed on behind the last range, once `complete`: the end of a chunked body that had trailers. Else empty. */
  tail: Buffer = NOTHING;
  /** Why the rest of the connection is not to be read, when the body is malformed. */
  refusal: Refusal | undefined;
  /** Bytes of the body so far, without the framing of chunks. */
  dataBytes = 0;
  readonly #direction: Direction;
  readonly #limits: BodyLimits;
  readonly #size: ChunkSize;
  #trailers: HeadReader<Trailers> | undefined;
  #state: number = COMPLETE;
  #out: BodyOut = { chunks: "keep", trailers: "drop" };
  /** Bytes that are still to come of a body of known length, or of the chunk under way. */
  #remaining = 0;

  constructor(direction: Direction, limits: BodyLimits) {
    this.#direction = direction;
    this.#limits = limits;
    this.#size = new ChunkSize(limits);
  }

  /** Begins a body. `contentLength` counts with the framing `length` only. */
  begin(framing: Framing, contentLength: number, out: BodyOut): void {
    this.#out = out;
    this.#remaining = 0;
    this.passFrom = 0;
    this.passTo = 0;
    this.tail = NOTHING;
    this.refusal = undefined;
    this.dataBytes = 0;
    this.#trailers?.reset();
    if (framing === "chunked") {
      this.#size.beginBody();
      this.#state = CHUNK_SIZE;
    } else if (framing === "length") {
      this.#remaining = contentLength;
      this.#state = contentLength > 0 ? LENGTH : COMPLETE;
    } else {
      this.#state = framing === "none" ? COMPLETE : UNTIL_CLOSE;
    }
  }

  /** The body has ended. What follows on the connection is not part of it. */
  get complete(): boolean {
    return this.#state === COMPLETE;
  }

  /**
   * Takes bytes of `buffer[from..to)` up to the end of the body, or up to where a second range to pass on would begin:
   * call again from the returned position until it is `to`, or the body is `complete` or refused. At least one byte is
   * taken of a body that is neither. Bytes behind the end are left alone.
   *
   * @returns the position behind the bytes taken
   */
  push(buffer: Buffer, from: number, to: number): number {
    let at = from;
    this.passFrom = from;
    this.passTo = from;
    while (at < to && this.#state !== COMPLETE) {
      const passes = this.#passes();
      const started = this.passTo > this.passFrom;
      if (passes && started && at !== this.passTo) return at;
      const start = at;
      const step = this.#step(buffer, at, to);
      if (typeof step === "string") return this.#refuse(step, from);
      at = step;
      if (!passes || at === start) continue;
      if (!started) this.passFrom = start;
      this.passTo = at;
    }
    return at;
  }

  /**
   * As `push`, but takes everything at once: when there are several ranges, the bytes of the later ones are moved in
   * `buffer` to stand behind the first, over what is not passed on. Bytes behind the end of the body stay in place.
   */
  pushCompact(buffer: Buffer, from: number, to: number): number {
    let at = this.push(buffer, from, to);
    const start = this.passFrom;
    let end = this.passTo;
    while (at < to && this.#state !== COMPLETE && this.refusal === undefined) {
      at = this.push(buffer, at, to);
      if (this.passTo === this.passFrom) continue;
      buffer.copyWithin(end, this.passFrom, this.passTo);
      end += this.passTo - this.passFrom;
    }
    this.passFrom = start;
    this.passTo = this.refusal === undefined ? end : start;
    return at;
  }

  /** The connection has ended: whether the body had, too. One that ends with its connection is complete now. */
  finish(): boolean {
    if (this.#state === UNTIL_CLOSE) this.#state = COMPLETE;
    return this.complete;
  }

  /** Whether the bytes to be looked at next go on as they are. */
  #passes(): boolean {
    const state = this.#state;
    if (state <= LENGTH || state === CHUNK_DATA) return true;
    if (state === TRAILERS || this.#out.chunks === "strip") return false;
    return !(state === CHUNK_SIZE && this.#size.inExtension);
  }

  #refuse(code: RefusalCode, at: number): number {
    this.#state = REFUSED;
    this.refusal = refusal(this.#direction, code);
    this.passFrom = at;
    this.passTo = at;
    return at;
  }

  /** Takes bytes that are all passed on or all not; the position behind them, or why the body is refused. */
  #step(buffer: Buffer, at: number, to: number): number | RefusalCode {
    switch (this.#state) {
      case UNTIL_CLOSE:
        this.dataBytes += to - at;
        return to;
      case LENGTH:
        return this.#data(at, to, COMPLETE);
      case CHUNK_SIZE:
        return this.#chunkSize(buffer, at, to);
      case CHUNK_DATA:
        return this.#data(at, to, CHUNK_CR);
      case CHUNK_CR:
        return this.#expect(buffer, at, CR, CHUNK_LF, "chunk-end");
      case CHUNK_LF:
        this.#size.begin();
        return this.#expect(buffer, at, LF, CHUNK_SIZE, "chunk-end");
      case AFTER_LAST:
        if (buffer[at] === CR) return this.#expect(buffer, at, CR, END_LF, "end-of-head");
        this.#state = TRAILERS;
        return at;
      case END_LF:
        return this.#expect(buffer, at, LF, COMPLETE, "end-of-head");
      case TRAILERS:
        return this.#trailerSection(buffer, at, to);
      default:
        return this.refusal?.code ?? "chunk-size";
    }
  }

  #expect(buffer: Buffer, at: number, octet: number, then: number, otherwise: RefusalCode): number | RefusalCode {
    if (buffer[at] !== octet) return otherwise;
    this.#state = then;
    return at + 1;
  }

  #data(at: number, to: number, then: number): number {
    const taken = Math.min(this.#remaining, to - at);
    this.#remaining -= taken;
    this.dataBytes += taken;
    if (this.#remaining === 0) this.#state = then;
    return at + taken;
  }

  #chunkSize(buffer: Buffer, at: number, to: number): number | RefusalCode {
    const size = this.#size;
    const next = size.scan(buffer, at, to);
    if (size.done) {
      this.#remaining = size.value;
      this.#state = size.value === 0 ? AFTER_LAST : CHUNK_DATA;
    }
    return next;
  }

  #trailerSection(buffer: Buffer, at: number, to: number): number | RefusalCode {
    this.#trailers ??= new HeadReader(new TrailerScanner(this.#direction, this.#limits));
    const reader = this.#trailers;
    const outcome = reader.read(buffer, at, to);
    if (outcome === "more") return to;
    if (outcome !== "head") return outcome.code;
    this.#state = COMPLETE;
    if (this.#out.chunks === "keep") this.tail = this.#out.trailers === "keep" ? reader.head.forwardable() : CRLF;
    return reader.next;
  }
}
