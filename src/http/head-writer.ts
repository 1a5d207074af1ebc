import type { Framing } from "./body-length.ts";
import { FIELD } from "./field-names.ts";
import type { FieldTable } from "./field-table.ts";
import type { HeadEdits } from "./head-edits.ts";
import { OctetWriter } from "./octet-writer.ts";
import { DIGIT_1 } from "./octets.ts";
import type { RequestHead } from "./request-head.ts";
import type { ResponseHead } from "./response-head.ts";

const line = (text: string): Buffer => Buffer.from(text, "latin1");

const CRLF = line("\r\n");
const COLON_SPACE = line(": ");
const VERSION_LINE_END = line(" HTTP/1.1\r\n");
const STATUS_LINE_START = line("HTTP/1.1 ");
const SPACE = line(" ");
const HOST = line("Host: ");
const CONTENT_LENGTH = line("Content-Length: ");
const CHUNKED = line("Transfer-Encoding: chunked\r\n");
const CLOSE = line("Connection: close\r\n");
const KEEP_ALIVE = line("Connection: keep-alive\r\n");
const TE_TRAILERS = line("Connection: TE\r\nTE: trailers\r\n");
const CLOSE_TE_TRAILERS = line("Connection: close, TE\r\nTE: trailers\r\n");
const UPGRADE = line("Connection: upgrade\r\nUpgrade: ");

/** How a request is sent on. */
export interface RequestOut {
  /** Pass the client's wish to upgrade on, if it has one. */
  readonly upgrade: boolean;
  /** Trailers will be passed back: tell the backend, if the client takes them. */
  readonly trailers: boolean;
  /** This is the last request on the connection. */
  readonly close: boolean;
  /** The value of Host for an HTTP/1.0 request that has none: HTTP/1.1 cannot be spoken without. */
  readonly fallbackHost: Buffer;
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
 * Writes the heads that are sent on. They are made of validated ranges only: the start line anew and always HTTP/1.1,
 * the lines that travel byte for byte and in their order, then what belongs to the new connection. How long the body is
 * said once, in our own words, whatever the peer's were. Holds no bytes between calls.
 */
export class HeadWriter {
  readonly #out = new OctetWriter();

  /**
   * Writes `head` with `edits` to `target`, from `at` on. Method and target are never touched: an absolute-form target
   * stays one (a server must accept it, RFC 9112, section 3.2.2), and Host becomes its authority, as that section
   * demands of whoever forwards it.
   *
   * @returns behind the head, or -1 when `target` is too small (it then holds a useless part)
   */
  request(head: RequestHead, edits: HeadEdits, as: RequestOut, target: Buffer, at: number): number {
    const { fields, source } = head;
    const out = this.#out;
    out.begin(target, at);
    const keepHost = head.targetForm !== "absolute";
    // The validated line is what we would write, unless its version is another.
    const sameLine = source[head.targetEnd + 8] === DIGIT_1;
    const from = sameLine && keepHost ? head.start : (fields.lineStart[0] ?? 0);
    if (from !== head.start) {
      out.copy(source, head.start, head.targetEnd);
      out.octets(VERSION_LINE_END);
    }
    if (!keepHost || fields.first(FIELD.host) < 0) this.#host(head, as.fallbackHost);
    this.#lines(source, fields, edits, from, keepHost);
    this.#requestConnection(head, as);
    this.#framing(head.framing, head.contentLength);
    return this.#finish(edits);
  }

  /**
   * Writes `head` with `edits` to `target`, from `at` on. Interim responses keep neither framing nor connection fields
   * (RFC 9110, section 8.6; RFC 9112, section 6.1).
   *
   * @returns behind the head, or -1 when `target` is too small (it then holds a useless part)
   */
  response(head: ResponseHead, edits: HeadEdits, as: ResponseOut, target: Buffer, at: number): number {
    const { fields, source, status } = head;
    const out = this.#out;
    out.begin(target, at);
    out.octets(STATUS_LINE_START);
    out.decimal(status);
    out.octets(SPACE);
    out.copy(source, head.reasonStart, head.reasonEnd);
    out.octets(CRLF);
    this.#lines(source, fields, edits, fields.lineStart[0] ?? 0, true);
    if (status === 101) {
      if (head.upgradeEnd > head.upgradeStart) this.#upgrade(source, head.upgradeStart, head.upgradeEnd);
    } else if (status >= 200) {
      if (as.connection === "close") out.octets(CLOSE);
      else if (as.connection === "keep-alive") out.octets(KEEP_ALIVE);
      this.#responseFraming(head, as);
    }
    return this.#finish(edits);
  }

  /** Everything from `from` to the end of the fields, but for the lines that stay behind. Neighbours go in one copy. */
  #lines(source: Buffer, fields: FieldTable, edits: HeadEdits, from: number, keepHost: boolean): void {
    const out = this.#out;
    const { lineStart, nameEnd, nameId, hopByHop, count } = fields;
    let runFrom = from;
    for (let row = 0; row < count; row++) {
      const id = nameId[row];
      const framing = id === FIELD["content-length"] || id === FIELD["transfer-encoding"];
      const stays = hopByHop[row] === 1 || framing || (!keepHost && id === FIELD.host);
      if (!stays && edits.keeps(row)) continue;
      const start = lineStart[row] ?? 0;
      if (start > runFrom) out.copy(source, runFrom, start);
      runFrom = lineStart[row + 1] ?? 0;
      const value = stays ? undefined : edits.replacement(row);
      if (value === undefined) continue;
      out.copy(source, start, nameEnd[row] ?? 0);
      out.octets(COLON_SPACE);
      out.octets(value);
      out.octets(CRLF);
    }
    const end = lineStart[count] ?? 0;
    if (end > runFrom) out.copy(source, runFrom, end);
  }

  #host(head: RequestHead, fallback: Buffer): void {
    const out = this.#out;
    out.octets(HOST);
    if (head.targetForm === "absolute") out.copy(head.source, head.hostStart, head.hostEnd);
    else out.octets(fallback);
    out.octets(CRLF);
  }

  #requestConnection(head: RequestHead, as: RequestOut): void {
    const trailers = as.trailers && head.acceptsTrailers;
    if (as.upgrade && head.upgrade) this.#upgrade(head.source, head.upgradeStart, head.upgradeEnd);
    else if (as.close) this.#out.octets(trailers ? CLOSE_TE_TRAILERS : CLOSE);
    else if (trailers) this.#out.octets(TE_TRAILERS);
  }

  #upgrade(source: Buffer, from: number, to: number): void {
    const out = this.#out;
    out.octets(UPGRADE);
    out.copy(source, from, to);
    out.octets(CRLF);
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
    const out = this.#out;
    if (framing === "chunked") out.octets(CHUNKED);
    if (framing !== "length") return;
    out.octets(CONTENT_LENGTH);
    out.decimal(contentLength);
    out.octets(CRLF);
  }

  #finish(edits: HeadEdits): number {
    const out = this.#out;
    for (const added of edits.lines) {
      if (typeof added === "string") out.latin1(added);
      else out.octets(added);
    }
    out.octets(CRLF);
    const end = out.overflow ? -1 : out.at;
    out.release();
    return end;
  }
}
