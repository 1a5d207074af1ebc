import { FieldScanner } from "./field-scanner.ts";
import { type HeadLimits, MAX_LEADING_LINES } from "./message-limits.ts";
import {
  asciiOctets,
  CR,
  DIGIT_0,
  DIGIT_1,
  DOT,
  equalsExactly,
  isDigit,
  LF,
  octetAt,
  runEnd,
  SP,
  TARGET,
  TOKEN,
} from "./octets.ts";
import { type RefusalCode, refusal } from "./refusal.ts";
import { RequestHead } from "./request-head.ts";
import type { HeadScanner, ScanOutcome } from "./scan-outcome.ts";

// Where in the head the scanner stands.
const LEADING = 0;
const LEADING_LF = 1;
const METHOD = 2;
const IN_TARGET = 3;
const VERSION = 4;
const LINE_LF = 5;
const FIELDS = 6;

const VERSION_LETTERS = asciiOctets("HTTP/");
const USUAL_VERSION = asciiOctets("HTTP/1.1\r");
const VERSION_LENGTH = USUAL_VERSION.length;
const PREFACE = asciiOctets("PRI *");
/** The record type of a TLS handshake (RFC 8446, section 5.1), no token character. */
const TLS_HANDSHAKE = 0x16;

/**
 * Scans request heads (RFC 9112, sections 2 to 6), one after another, each in one pass over its bytes however they are
 * cut into pieces. Strict: what the RFC allows a server to repair is refused. Never throws for any bytes.
 */
export class RequestScanner implements HeadScanner<RequestHead> {
  readonly head: RequestHead;
  readonly maxPendingBytes: number;
  readonly #limits: HeadLimits;
  readonly #fields: FieldScanner;
  #fresh = true;
  #state: number = LEADING;
  /** Where the message begins in the buffer of the last call. */
  #from = 0;
  #at = 0;
  #lineLimitAt = 0;
  #leadingLines = 0;
  #versionStart = 0;

  constructor(limits: HeadLimits) {
    this.#limits = limits;
    this.head = new RequestHead(limits.maxFields);
    this.#fields = new FieldScanner(this.head.fields, "head-too-large");
    this.maxPendingBytes = limits.maxHeadBytes + 2 * MAX_LEADING_LINES + 1;
  }

  /** Whether a byte of the request itself has been seen; empty lines ahead of it do not count. */
  get started(): boolean {
    return !this.#fresh && this.#state > LEADING_LF;
  }

  get headEnd(): number {
    return this.head.end;
  }

  reset(): void {
    this.#fresh = true;
    this.#state = LEADING;
    this.#leadingLines = 0;
  }

  scan(buffer: Buffer, from: number, to: number): ScanOutcome {
    this.#settle(from);
    if (this.#state !== FIELDS) {
      const step = this.#startLine(buffer, to);
      if (step === "more") return "more";
      if (step !== "line") return this.#refuse(step);
    }
    const step = this.#fields.scan(buffer, to);
    if (step === "more") return "more";
    if (step !== "end") return this.#refuse(step);
    const head = this.head;
    head.source = buffer;
    head.end = this.#fields.at;
    const fault = head.decide();
    if (fault !== undefined) return this.#refuse(fault);
    this.reset();
    return "head";
  }

  #refuse(code: RefusalCode): ScanOutcome {
    this.reset();
    return refusal("request", code);
  }

  /** Makes the remembered positions those of this buffer. */
  #settle(from: number): void {
    if (this.#fresh) {
      this.#fresh = false;
      this.#from = from;
      this.#at = from;
      return;
    }
    const by = from - this.#from;
    if (by === 0) return;
    this.#from = from;
    this.#at += by;
    this.#lineLimitAt += by;
    this.#versionStart += by;
    this.head.start += by;
    this.head.methodEnd += by;
    this.head.targetEnd += by;
    this.#fields.shift(by);
  }

  #startLine(buffer: Buffer, to: number): "more" | "line" | RefusalCode {
    const head = this.head;
    let at = this.#at;
    while (at < to) {
      switch (this.#state) {
        case LEADING:
          if (buffer[at] !== CR) {
            this.#beginLine(at);
            break;
          }
          // Empty lines ahead of a request are skipped, but only a few (RFC 9112, section 2.2).
          if (++this.#leadingLines > MAX_LEADING_LINES) return "leading-lines";
          at++;
          this.#state = LEADING_LF;
          break;
        case LEADING_LF:
          if (buffer[at] !== LF) return "bare-cr";
          at++;
          this.#state = LEADING;
          break;
        case METHOD: {
          const end = Math.min(to, this.#lineLimitAt);
          at = runEnd(TOKEN, buffer, at, end);
          if (at === to) break;
          if (at === this.#lineLimitAt) return "request-line-too-long";
          if (buffer[at] !== SP || at === head.start) return methodFault(octetAt(buffer, at), at === head.start);
          head.methodEnd = at++;
          this.#state = IN_TARGET;
          break;
        }
        case IN_TARGET: {
          const end = Math.min(to, this.#lineLimitAt);
          at = runEnd(TARGET, buffer, at, end);
          if (at === to) break;
          if (at === this.#lineLimitAt) return lineEndOr(octetAt(buffer, at), "request-line-too-long");
          if (buffer[at] !== SP || at === head.methodEnd + 1) return lineEndOr(octetAt(buffer, at), "target");
          head.targetEnd = at++;
          this.#versionStart = at;
          this.#state = VERSION;
          break;
        }
        case VERSION: {
          const usualEnd = this.#versionStart + VERSION_LENGTH;
          const within = usualEnd <= to && usualEnd <= this.#lineLimitAt;
          if (within && at === this.#versionStart && equalsExactly(buffer, at, usualEnd, USUAL_VERSION)) {
            head.minorVersion = 1;
            at = usualEnd;
            this.#state = LINE_LF;
            break;
          }
          const fault = this.#version(buffer, at);
          if (fault !== undefined) return fault;
          at++;
          if (at - this.#versionStart === VERSION_LENGTH) this.#state = LINE_LF;
          break;
        }
        default:
          if (buffer[at] !== LF) return "bare-cr";
          this.#fields.begin(at + 1, head.start + this.#limits.maxHeadBytes);
          this.#state = FIELDS;
          return "line";
      }
    }
    this.#at = at;
    return "more";
  }

  #beginLine(at: number): void {
    const { maxStartLineBytes, maxHeadBytes } = this.#limits;
    this.#state = METHOD;
    this.head.start = at;
    this.#lineLimitAt = at + Math.min(maxStartLineBytes, maxHeadBytes);
  }

  /** One byte of `HTTP/1.1` and the CR behind it. Single digits, upper case, no blanks (RFC 9112, section 2.3). */
  #version(buffer: Uint8Array, at: number): RefusalCode | undefined {
    const octet = octetAt(buffer, at);
    const index = at - this.#versionStart;
    if (at >= this.#lineLimitAt && index < VERSION_LENGTH - 1) return "request-line-too-long";
    if (index < VERSION_LETTERS.length) return octet === VERSION_LETTERS[index] ? undefined : "version";
    switch (index) {
      case 5:
        return isDigit(octet) ? undefined : "version";
      case 6:
        return octet === DOT ? undefined : "version";
      case 7:
        return isDigit(octet) ? this.#versionNumber(buffer, at) : "version";
      default:
        if (octet === CR) return undefined;
        return octet === LF ? "bare-lf" : "version";
    }
  }

  #versionNumber(buffer: Uint8Array, at: number): RefusalCode | undefined {
    const head = this.head;
    const major = octetAt(buffer, at - 2);
    if (major === DIGIT_1) {
      head.minorVersion = buffer[at] === DIGIT_0 ? 0 : 1;
      return undefined;
    }
    if (major === DIGIT_0) return "http-0.9";
    return equalsExactly(buffer, head.start, head.targetEnd, PREFACE) ? "http2-preface" : "version-unsupported";
  }
}

function methodFault(octet: number, first: boolean): RefusalCode {
  if (first && octet === TLS_HANDSHAKE) return "tls-hello";
  return octet === LF ? "bare-lf" : "method";
}

/** A line that ends behind its target is a request of HTTP/0.9. */
function lineEndOr(octet: number, otherwise: RefusalCode): RefusalCode {
  return octet === CR || octet === LF ? "http-0.9" : otherwise;
}
