import type { AddressCounts } from "./address-counts.ts";
import { DETECTION_BYTES, detectFormat } from "./detect-format.ts";
import { formatFacts } from "./formats.ts";
import type { BadLine, Found, LineReader, LineVerdict, LogFormat } from "./line-format.ts";
import { LineSplitter } from "./split-lines.ts";

/** UTF-8's byte order mark. */
const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf] as const;
const MOST_TEXT_SHOWN = 160;

export interface LogReaderOptions {
  /** Undefined = found out from the beginning of the log. */
  readonly format: LogFormat | undefined;
  /** So many malformed lines are kept to be shown. */
  readonly badLinesShown: number;
  /** Keep no text of malformed lines: there may be addresses in it. */
  readonly masked: boolean;
}

/** What was read, besides the counts. */
export interface LogFacts {
  /** Undefined when no line could be read in any format; nothing was counted then. */
  readonly format: LogFormat | undefined;
  readonly bytes: number;
  /** Lines that are not blank. */
  readonly lines: number;
  /** Lines that were counted. */
  readonly counted: number;
  /** Lines of the other kind, comments, the head line of a CSV file. */
  readonly passedOver: number;
  /** Lines of clients without an address (unix sockets). */
  readonly withoutAddress: number;
  readonly malformed: number;
  /** The first of them. */
  readonly badLines: readonly BadLine[];
}

/**
 * Counts the clients of one log, given in chunks of bytes. Memory does not depend on the length of the log, and the answer
 * does not depend on how it is cut into chunks.
 */
export class LogReader {
  readonly #counts: AddressCounts;
  readonly #options: LogReaderOptions;
  readonly #splitter = new LineSplitter((bytes, from, to, line) => this.#line(bytes, from, to, line));
  readonly #found: Found = { words: new Int32Array(4), count: 0 };
  readonly #badLines: BadLine[] = [];
  #format: LogFormat | undefined;
  #read: LineReader | undefined;
  /** The beginning of the log, until there is enough of it to know the format. */
  #sample: Uint8Array | undefined = new Uint8Array(DETECTION_BYTES);
  #sampled = 0;
  #bytes = 0;
  #lines = 0;
  #counted = 0;
  #passedOver = 0;
  #withoutAddress = 0;
  #malformed = 0;

  /** @param counts - where the clients are counted; may be that of other logs, too */
  constructor(counts: AddressCounts, options: LogReaderOptions) {
    this.#counts = counts;
    this.#options = options;
  }

  /** Lines so far that are not blank; none until there is enough of the log to know its format. */
  get lines(): number {
    return this.#lines;
  }

  push(chunk: Uint8Array): void {
    this.#bytes += chunk.length;
    const sample = this.#sample;
    if (sample === undefined) {
      this.#splitter.push(chunk);
      return;
    }
    const length = Math.min(chunk.length, sample.length - this.#sampled);
    sample.set(chunk.subarray(0, length), this.#sampled);
    this.#sampled += length;
    if (this.#sampled < sample.length) return;
    this.#begin(sample, false);
    this.#splitter.push(chunk.subarray(length));
  }

  /** The log has ended. */
  end(): LogFacts {
    if (this.#sample !== undefined) this.#begin(this.#sample.subarray(0, this.#sampled), true);
    this.#splitter.end();
    return {
      format: this.#format,
      bytes: this.#bytes,
      lines: this.#lines,
      counted: this.#counted,
      passedOver: this.#passedOver,
      withoutAddress: this.#withoutAddress,
      malformed: this.#malformed,
      badLines: this.#badLines,
    };
  }

  #begin(beginning: Uint8Array, isWhole: boolean): void {
    this.#sample = undefined;
    const sample = BYTE_ORDER_MARK.every((byte, i) => beginning[i] === byte) ? beginning.subarray(3) : beginning;
    this.#format = this.#options.format ?? detectFormat(sample, isWhole);
    this.#read = this.#format === undefined ? undefined : formatFacts(this.#format).read;
    this.#splitter.push(sample);
  }

  #line(bytes: Uint8Array, from: number, to: number, line: number): void {
    this.#lines++;
    const verdict = this.#judge(bytes, from, to, line);
    switch (verdict) {
      case "counted":
        this.#counted++;
        this.#counts.add(this.#found.words, this.#found.count);
        return;
      case "passed-over":
        this.#passedOver++;
        return;
      case "no-address":
        this.#withoutAddress++;
        return;
      default:
        this.#malformed++;
        if (this.#badLines.length >= this.#options.badLinesShown) return;
        this.#badLines.push({
          line,
          because: verdict,
          text: this.#options.masked ? undefined : shown(bytes.subarray(from, to)),
        });
    }
  }

  #judge(bytes: Uint8Array, from: number, to: number, line: number): LineVerdict {
    if (from === to) return "too long";
    if (this.#read === undefined) return "not a line of this format";
    const verdict = this.#read(bytes, from, to, this.#found);
    // `address,count` or whatever the columns are called.
    return verdict === "not an address" && this.#format === "csv" && line === 1 ? "passed-over" : verdict;
  }
}

/** The beginning of a line, with nothing in it that a terminal would obey. */
function shown(line: Uint8Array): string {
  const text = Array.from(line.subarray(0, MOST_TEXT_SHOWN), (byte) =>
    byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : `\\x${byte.toString(16).padStart(2, "0")}`,
  ).join("");
  return line.length > MOST_TEXT_SHOWN ? `${text}…` : text;
}
