import { FieldScanner } from "./field-scanner.ts";
import type { HeadLimits } from "./message-limits.ts";
import { asciiOctets, CR, DIGIT_0, FIELD_VALUE, isDigit, LF, octetAt, runEnd, SP } from "./octets.ts";
import { type RefusalCode, refusal } from "./refusal.ts";
import { type Asked, ORDINARY, ResponseHead } from "./response-head.ts";
import type { HeadScanner, ScanOutcome } from "./scan-outcome.ts";

// Where in the head the scanner stands.
const PREFIX = 0;
const REASON = 1;
const LINE_LF = 2;
const FIELDS = 3;

/** What a status line begins with: `#` stands for a digit, other characters for themselves. */
const PREFIX_LETTERS = asciiOctets("HTTP/1.# ###");
const ANY_DIGIT = 0x23;
const MINOR_AT = 7;
const STATUS_AT = 9;

/**
 * Scans response heads (RFC 9112, sections 4 to 6), one after another, each in one pass over its bytes however they are
 * cut into pieces. The one liberty: the SP in front of an empty reason phrase may be missing, as it often is.
 * Every refusal has the status 502. Never throws for any bytes.
 */
export class ResponseScanner implements HeadScanner<ResponseHead> {
  readonly head: ResponseHead;
  readonly maxPendingBytes: number;
  /** The request that the next head answers; to be set before its first byte is scanned. */
  asked: Asked = ORDINARY;
  readonly #limits: HeadLimits;
  readonly #fields: FieldScanner;
  #fresh = true;
  #state: number = PREFIX;
  #at = 0;
  #lineLimitAt = 0;

  constructor(limits: HeadLimits) {
    this.#limits = limits;
    this.head = new ResponseHead(limits.maxFields);
    this.#fields = new FieldScanner(this.head.fields, "head-too-large");
    this.maxPendingBytes = limits.maxHeadBytes + 1;
  }

  /** Whether a byte of the response has been seen. */
  get started(): boolean {
    return !this.#fresh;
  }

  get headEnd(): number {
    return this.head.end;
  }

  reset(): void {
    this.#fresh = true;
    this.#state = PREFIX;
  }

  scan(buffer: Buffer, from: number, to: number): ScanOutcome {
    if (from === to) return "more";
    this.#settle(from);
    if (this.#state !== FIELDS) {
      const step = this.#statusLine(buffer, to);
      if (step === "more") return "more";
      if (step !== "line") return this.#refuse(step);
    }
    const step = this.#fields.scan(buffer, to);
    if (step === "more") return "more";
    if (step !== "end") return this.#refuse(step);
    const head = this.head;
    head.source = buffer;
    head.end = this.#fields.at;
    const fault = head.decide(this.asked);
    if (fault !== undefined) return this.#refuse(fault);
    this.reset();
    return "head";
  }

  #refuse(code: RefusalCode): ScanOutcome {
    this.reset();
    return refusal("response", code);
  }

  /** Makes the remembered positions those of this buffer. */
  #settle(from: number): void {
    const head = this.head;
    if (this.#fresh) {
      const { maxStartLineBytes, maxHeadBytes } = this.#limits;
      this.#fresh = false;
      this.#at = from;
      this.#lineLimitAt = from + Math.min(maxStartLineBytes, maxHeadBytes);
      head.start = from;
      head.status = 0;
      return;
    }
    const by = from - head.start;
    if (by === 0) return;
    this.#at += by;
    this.#lineLimitAt += by;
    head.start += by;
    head.reasonStart += by;
    head.reasonEnd += by;
    this.#fields.shift(by);
  }

  #statusLine(buffer: Buffer, to: number): "more" | "line" | RefusalCode {
    const head = this.head;
    let at = this.#at;
    while (at < to) {
      switch (this.#state) {
        case PREFIX: {
          const index = at - head.start;
          const octet = octetAt(buffer, at);
          if (index === PREFIX_LETTERS.length) {
            const fault = this.#behindStatus(octet, at);
            if (fault !== undefined) return fault;
          } else if (at === this.#lineLimitAt) return "status-line-too-long";
          else if (!this.#prefix(octet, index)) return "status-line";
          at++;
          break;
        }
        case REASON: {
          const end = Math.min(to, this.#lineLimitAt);
          at = runEnd(FIELD_VALUE, buffer, at, end);
          if (at === to) break;
          if (buffer[at] !== CR)
            return at === this.#lineLimitAt ? "status-line-too-long" : reasonFault(octetAt(buffer, at));
          head.reasonEnd = at++;
          this.#state = LINE_LF;
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

  /** One byte of the version and the status; false when it cannot stand there. */
  #prefix(octet: number, index: number): boolean {
    const expected = PREFIX_LETTERS[index];
    if (expected !== ANY_DIGIT) return octet === expected;
    if (!isDigit(octet)) return false;
    const digit = octet - DIGIT_0;
    if (index === MINOR_AT) {
      this.head.minorVersion = Math.min(digit, 1);
      return true;
    }
    this.head.status = this.head.status * 10 + digit;
    // 000 to 099 are no statuses, not even unknown ones (RFC 9110, section 15).
    return index > STATUS_AT || digit > 0;
  }

  /** The byte behind the three digits: the SP of the reason phrase, or the end of the line. */
  #behindStatus(octet: number, at: number): RefusalCode | undefined {
    if (octet !== SP && octet !== CR) return octet === LF ? "bare-lf" : "status-line";
    if (octet === SP && at === this.#lineLimitAt) return "status-line-too-long";
    const head = this.head;
    head.reasonStart = octet === SP ? at + 1 : at;
    head.reasonEnd = head.reasonStart;
    this.#state = octet === SP ? REASON : LINE_LF;
    return undefined;
  }
}

function reasonFault(octet: number): RefusalCode {
  if (octet === LF) return "bare-lf";
  return octet === 0 ? "nul" : "status-line";
}
