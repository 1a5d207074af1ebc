import { BodyLength, type Framing } from "./body-length.ts";
import { ConnectionOptions } from "./connection-options.ts";
import { FIELD } from "./field-names.ts";
import { FieldTable } from "./field-table.ts";
import type { RefusalCode } from "./refusal.ts";

/** What a response has to be read with: it cannot be framed without the request that it answers (RFC 9112, section 6.3). */
export interface Asked {
  /** The response has no body whatever its fields say. */
  readonly head: boolean;
  /** The request was a CONNECT: a 2xx opens a tunnel. */
  readonly connect: boolean;
  /** An upgrade was passed on: 101 opens a tunnel. */
  readonly upgrade: boolean;
}

/** Most requests. */
export const ORDINARY: Asked = Object.freeze({ head: false, connect: false, upgrade: false });

/**
 * A response head as offsets into `source`, the buffer it was scanned in, and what was decided from it. One object serves
 * one head after another. Written by ResponseScanner only; valid until its next scan and only as long as the bytes of
 * `source` stay.
 */
export class ResponseHead {
  source: Buffer = Buffer.alloc(0);
  readonly fields: FieldTable;
  /** The first byte of the status line. */
  start = 0;
  /** 100–999; what is above 599 is passed on as it is. */
  status = 0;
  /** `reasonStart..reasonEnd` is the reason phrase, often empty. */
  reasonStart = 0;
  reasonEnd = 0;
  /** Behind the empty line. */
  end = 0;
  /** 0 or 1. Later minor versions count as 1 (RFC 9110, section 2.5). */
  minorVersion = 1;
  /** A 1xx that another response follows. 101 is not one: it is the last. */
  interim = false;
  framing: Framing = "none";
  /** Content-Length, -1 when there is none. Without a body (HEAD, 304) it says what there would have been. */
  contentLength = -1;
  /** `Transfer-Encoding: chunked` is there, also when there is no body. */
  chunked = false;
  /** The connection can carry another response, once this one is read to its end. */
  keepAlive = false;
  /** The protocols of a 101; empty otherwise. */
  upgradeStart = 0;
  upgradeEnd = 0;
  readonly #connection = new ConnectionOptions();
  readonly #length = new BodyLength();

  /** @param maxFields field lines at most */
  constructor(maxFields: number) {
    this.fields = new FieldTable(maxFields);
  }

  /** Fills in what follows from the status line and the fields; the reason to refuse the response, or undefined. */
  decide(asked: Asked): RefusalCode | undefined {
    const { source, fields, status } = this;
    if (!this.#connection.read(fields, source)) return "connection";
    const fault = this.#length.read(fields, source, this.minorVersion);
    if (fault !== undefined) return fault;
    if (status === 101 && !asked.upgrade) return "unasked-upgrade";
    this.contentLength = this.#length.contentLength;
    this.chunked = this.#length.chunked;
    this.interim = status < 200 && status !== 101;
    this.framing = this.#frame(asked);
    const persists = !this.#connection.close && (this.minorVersion > 0 || this.#connection.keepAlive);
    this.keepAlive = persists && this.framing !== "until-close" && this.framing !== "tunnel";
    const row = status === 101 ? fields.first(FIELD.upgrade) : -1;
    this.upgradeStart = row < 0 ? 0 : (fields.valueStart[row] ?? 0);
    this.upgradeEnd = row < 0 ? 0 : (fields.valueEnd[row] ?? 0);
    return undefined;
  }

  /** RFC 9112, section 6.3, in its order. */
  #frame(asked: Asked): Framing {
    const { status } = this;
    if (status === 101) return "tunnel";
    if (asked.head || status < 200 || status === 204 || status === 304) return "none";
    if (asked.connect && status < 300) return "tunnel";
    if (this.chunked) return "chunked";
    return this.contentLength >= 0 ? "length" : "until-close";
  }
}
