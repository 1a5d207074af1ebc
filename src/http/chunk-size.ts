import { ChunkExtension } from "./chunk-extension.ts";
import type { BodyLimits } from "./message-limits.ts";
import { CR, HEX_VALUE, LF, octetAt, SEMICOLON } from "./octets.ts";
import type { RefusalCode } from "./refusal.ts";

/** Digits of a size, zeros in front included. */
const MAX_DIGITS = 16;

const DIGITS = 0;
const EXTENSION = 1;
const LINE_CR = 2;
const LINE_LF = 3;
const DONE = 4;

/**
 * Reads chunk-size lines (RFC 9112, section 7.1): `1*HEXDIG [ chunk-ext ] CRLF` and nothing else. A size is at most
 * 2^53 − 1. In pieces of any length; `begin` before each line.
 */
export class ChunkSize {
  /** The size, once `done`. */
  value = 0;
  #state: number = DIGITS;
  #digits = 0;
  #lineBytes = 0;
  /** Of all lines of the body so far. */
  #extensionBytes = 0;
  readonly #limits: BodyLimits;
  readonly #extension = new ChunkExtension();

  constructor(limits: BodyLimits) {
    this.#limits = limits;
  }

  /** A new body: the budget of extensions is whole again. */
  beginBody(): void {
    this.#extensionBytes = 0;
    this.begin();
  }

  begin(): void {
    this.value = 0;
    this.#state = DIGITS;
    this.#digits = 0;
    this.#lineBytes = 0;
  }

  get done(): boolean {
    return this.#state === DONE;
  }

  /** The bytes to be scanned next belong to an extension, which nobody needs to see. */
  get inExtension(): boolean {
    return this.#state === EXTENSION;
  }

  /**
   * Scans on in `buffer[from..to)`, up to the beginning or the end of the extensions or of the line, whichever comes
   * first. At least one byte is taken unless the extensions begin or end at `from`.
   *
   * @returns the position reached, or why the body is refused
   */
  scan(buffer: Uint8Array, from: number, to: number): number | RefusalCode {
    switch (this.#state) {
      case DIGITS:
        return this.#scanDigits(buffer, from, to);
      case EXTENSION:
        return this.#scanExtension(buffer, from, to);
      case LINE_CR:
        this.#state = LINE_LF;
        return from + 1;
      default:
        if (buffer[from] !== LF) return "bare-cr";
        this.#state = DONE;
        return from + 1;
    }
  }

  #scanDigits(buffer: Uint8Array, from: number, to: number): number | RefusalCode {
    for (let at = from; at < to; at++) {
      const octet = octetAt(buffer, at);
      const digit = HEX_VALUE[octet] ?? 255;
      if (digit === 255) {
        if (octet === LF) return "bare-lf";
        if (this.#digits === 0) return "chunk-size";
        if (octet === SEMICOLON) {
          this.#state = EXTENSION;
          this.#extension.begin();
          return at;
        }
        if (octet !== CR) return "chunk-size";
        this.#state = LINE_LF;
        return at + 1;
      }
      // Beyond 2^53 this rounds, but never back below it; 32-bit operators would wrap.
      this.value = this.value * 16 + digit;
      if (this.value > Number.MAX_SAFE_INTEGER) return "chunk-size-too-large";
      if (++this.#digits > MAX_DIGITS) return "chunk-size";
      if (++this.#lineBytes > this.#limits.maxChunkLineBytes) return "chunk-line-too-long";
    }
    return to;
  }

  #scanExtension(buffer: Uint8Array, from: number, to: number): number | RefusalCode {
    const lineRoom = this.#limits.maxChunkLineBytes - this.#lineBytes;
    const bodyRoom = this.#limits.maxExtensionBytes - this.#extensionBytes;
    const roomTo = Math.min(to, from + lineRoom, from + bodyRoom);
    const at = this.#extension.scan(buffer, from, roomTo);
    this.#lineBytes += at - from;
    this.#extensionBytes += at - from;
    if (at === to) return at;
    const octet = octetAt(buffer, at);
    if (octet === CR && this.#extension.mayEnd) {
      this.#state = LINE_CR;
      return at;
    }
    if (at === roomTo) return lineRoom <= bodyRoom ? "chunk-line-too-long" : "chunk-extensions-too-large";
    return octet === LF ? "bare-lf" : "chunk-extension";
  }
}
