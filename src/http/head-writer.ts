import type { Framing } from "./body-length.ts";
import { FIELD } from "./field-names.ts";
import type { FieldTable } from "./field-table.ts";
import type { HeadEdits } from "./head-edits.ts";
import { DIGIT_1, SP } from "./octets.ts";
import type { RequestHead } from "./request-head.ts";
import type { ResponseHead } from "./response-head.ts";

const CRLF = "\r\n";
const CHUNKED = "Transfer-Encoding: chunked\r\n";
const CLOSE = "Connection: close\r\n";
const KEEP_ALIVE = "Connection: keep-alive\r\n";
const TE_TRAILERS = "Connection: TE\r\nTE: trailers\r\n";
const CLOSE_TE_TRAILERS = "Connection: close, TE\r\nTE: trailers\r\n";

/** Behind `HTTP/1.1 200` in a status line. */
const REASON_AT = 13;
const MINOR_AT = 7;

/** How a request is sent on. */
export interface RequestOut {
  /** Pass the client's wish to upgrade on, if it has one. */
  readonly upgrade: boolean;
  /** Trailers will be passed back: tell the backend, if the client takes them. */
  readonly trailers: boolean;
  /** This is the last request on the connection. */
  readonly close: boolean;
  /** The value of Host for an HTTP/1.0 request that has none: HTTP/1.1 cannot be spoken without. */
  readonly fallbackHost: () => string;
}

/** How a response is sent on. */
export interface ResponseOut {
  /** How the body will be written; often as it came, but chunked for a body that ended with its connection. */
  readonly framing: Framing;
  /** `keep-alive` is for clients that would not assume it (HTTP/1.0); HTTP/1.1 needs no word. */
  readonly connection: "close" | "keep-alive" | "none";
  /** The minor version of the request: what HTTP/1.0 does not know is kept from it. */
  readonly clientMinorVersion: number;
}

/**
 * Writes the heads that are sent on, as text of one char code a byte. They are made of validated ranges only: the start line
 * anew and always HTTP/1.1, the lines that travel byte for byte and in their order, then what belongs to the new connection.
 * How long the body is said once and plainly: a line that already does so stays where it is, any other is written anew.
 *
 * Neighbouring ranges go in one piece, so that the usual head is two or three of them. Holds nothing between calls.
 */
export class HeadWriter {
  #text = "";

  /**
   * `head` with `edits`. Method and target are never touched: an absolute-form target stays one (a server must accept it,
   * RFC 9112, section 3.2.2), and Host becomes its authority, as that section demands of whoever forwards it.
   */
  request(head: RequestHead, edits: HeadEdits, as: RequestOut): string {
    const { fields, source } = head;
    this.#text = "";
    const keepHost = head.targetForm !== "absolute";
    // The validated line is what we would write, unless its version is another.
    const sameLine = source[head.targetEnd + 8] === DIGIT_1;
    const from = sameLine && keepHost ? head.start : (fields.lineStart[0] ?? 0);
    if (from !== head.start) this.#text = `${slice(source, head.start, head.targetEnd)} HTTP/1.1\r\n`;
    if (!keepHost || fields.first(FIELD.host) < 0) this.#host(head, as.fallbackHost);
    const plainLength = head.framing === "length" ? plainLengthRow(head, edits) : -1;
    this.#lines(source, fields, edits, from, keepHost, plainLength);
    this.#requestConnection(head, as);
    if (plainLength < 0) this.#framing(head.framing, head.contentLength);
    return this.#finish(edits);
  }

  /**
   * `head` with `edits`. Interim responses keep neither framing nor connection fields (RFC 9110, section 8.6; RFC 9112,
   * section 6.1).
   */
  response(head: ResponseHead, edits: HeadEdits, as: ResponseOut): string {
    const { fields, source, status } = head;
    this.#text = "";
    const sameLine = hasUsualStatusLine(head);
    if (!sameLine) this.#text = `HTTP/1.1 ${status} ${slice(source, head.reasonStart, head.reasonEnd)}\r\n`;
    const plainLength = as.framing === "length" ? plainLengthRow(head, edits) : -1;
    this.#lines(source, fields, edits, sameLine ? head.start : (fields.lineStart[0] ?? 0), true, plainLength);
    if (status === 101) {
      if (head.upgradeEnd > head.upgradeStart) this.#upgrade(source, head.upgradeStart, head.upgradeEnd);
    } else if (status >= 200) {
      if (as.connection === "close") this.#text += CLOSE;
      else if (as.connection === "keep-alive") this.#text += KEEP_ALIVE;
      if (plainLength < 0) this.#responseFraming(head, as);
    }
    return this.#finish(edits);
  }

  /**
   * Whether `response` would give the bytes of `head` back as they are, from `start` to `end`: then they may be passed on in
   * one piece with the body behind them.
   */
  isVerbatim(head: ResponseHead, edits: HeadEdits, as: ResponseOut): boolean {
    const { fields, status } = head;
    if (!edits.isEmpty || as.connection !== "none" || as.framing !== "length" || status < 200) return false;
    if (!hasUsualStatusLine(head) || fields.howMany(FIELD["transfer-encoding"]) > 0) return false;
    if (plainLengthRow(head, edits) < 0) return false;
    for (let row = 0; row < fields.count; row++) if (fields.hopByHop[row] === 1) return false;
    return true;
  }

  /** Everything from `from` to the end of the fields, but for the lines that stay behind. Neighbours go in one piece. */
  #lines(
    source: Buffer,
    fields: FieldTable,
    edits: HeadEdits,
    from: number,
    keepHost: boolean,
    plainLength: number,
  ): void {
    const { lineStart, nameEnd, nameId, hopByHop, count } = fields;
    let runFrom = from;
    for (let row = 0; row < count; row++) {
      const id = nameId[row];
      const framing = (id === FIELD["content-length"] && row !== plainLength) || id === FIELD["transfer-encoding"];
      const stays = hopByHop[row] === 1 || framing || (!keepHost && id === FIELD.host);
      if (!stays && edits.keeps(row)) continue;
      const start = lineStart[row] ?? 0;
      if (!stays && edits.isCut(row)) {
        this.#text += slice(source, runFrom, edits.cutFrom(row));
        runFrom = edits.cutTo(row);
        continue;
      }
      if (start > runFrom) this.#text += slice(source, runFrom, start);
      runFrom = lineStart[row + 1] ?? 0;
      const value = stays ? undefined : edits.replacement(row);
      if (value === undefined) continue;
      this.#text += `${slice(source, start, nameEnd[row] ?? 0)}: ${slice(value, 0, value.length)}\r\n`;
    }
    const end = lineStart[count] ?? 0;
    if (end > runFrom) this.#text += slice(source, runFrom, end);
  }

  #host(head: RequestHead, fallback: () => string): void {
    const host = head.targetForm === "absolute" ? slice(head.source, head.hostStart, head.hostEnd) : fallback();
    this.#text += `Host: ${host}\r\n`;
  }

  #requestConnection(head: RequestHead, as: RequestOut): void {
    const trailers = as.trailers && head.acceptsTrailers;
    if (as.upgrade && head.upgrade) this.#upgrade(head.source, head.upgradeStart, head.upgradeEnd);
    else if (as.close) this.#text += trailers ? CLOSE_TE_TRAILERS : CLOSE;
    else if (trailers) this.#text += TE_TRAILERS;
  }

  #upgrade(source: Buffer, from: number, to: number): void {
    this.#text += `Connection: upgrade\r\nUpgrade: ${slice(source, from, to)}\r\n`;
  }

  #responseFraming(head: ResponseHead, as: ResponseOut): void {
    if (as.framing !== "none") {
      this.#framing(as.framing, head.contentLength);
    } else if (head.status !== 204) {
      // No body, but the fields still say what there would have been (HEAD, 304); a 204 may not have them.
      if (head.chunked && as.clientMinorVersion > 0) this.#framing("chunked", -1);
      if (head.contentLength >= 0) this.#framing("length", head.contentLength);
    }
  }

  #framing(framing: Framing, contentLength: number): void {
    if (framing === "chunked") this.#text += CHUNKED;
    else if (framing === "length") this.#text += `Content-Length: ${contentLength}\r\n`;
  }

  #finish(edits: HeadEdits): string {
    const text = this.#text + edits.added + CRLF;
    this.#text = "";
    return text;
  }
}

function slice(source: Buffer, from: number, to: number): string {
  return source.toString("latin1", from, to);
}

/** `HTTP/1.1 200 reason`: an own line would be the same. */
function hasUsualStatusLine(head: ResponseHead): boolean {
  const { source, start } = head;
  return source[start + MINOR_AT] === DIGIT_1 && head.reasonStart === start + REASON_AT;
}

/** The row of a Content-Length line that is as we would write it, letter case of its name apart; -1 when there is none. */
function plainLengthRow({ source, fields, contentLength }: RequestHead | ResponseHead, edits: HeadEdits): number {
  const row = fields.first(FIELD["content-length"]);
  if (row < 0 || fields.howMany(FIELD["content-length"]) > 1 || fields.hopByHop[row] === 1) return -1;
  // How long a body is cannot be edited.
  if (!edits.keeps(row)) return -1;
  const name = fields.nameEnd[row] ?? 0;
  const from = fields.valueStart[row] ?? 0;
  const to = fields.valueEnd[row] ?? 0;
  const isPlain = from === name + 2 && source[name + 1] === SP && (fields.lineStart[row + 1] ?? 0) === to + 2;
  return isPlain && to - from === digitsOf(contentLength) ? row : -1;
}

/** Decimal digits of a whole number. */
function digitsOf(value: number): number {
  let digits = 1;
  for (let rest = value; rest >= 10; rest = Math.floor(rest / 10)) digits++;
  return digits;
}
