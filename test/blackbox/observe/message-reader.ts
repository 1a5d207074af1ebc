/** A field line as it was read. */
export type Field = readonly [name: string, value: string];

/** How a message says where its body ends. */
export type BodyFraming =
  | { readonly kind: "none" | "chunked" | "until-close" | "tunnel" }
  | { readonly kind: "length"; readonly length: number };

/** One message of a stream. Text is latin1: one character a byte. */
export interface ReadMessage {
  readonly startLine: string;
  readonly fields: readonly Field[];
  readonly trailers: readonly Field[];
  /** What has come of it so far, chunks joined. */
  readonly body: string;
  /** Its end was read, whichever way it is known. */
  readonly complete: boolean;
}

interface Open {
  startLine: string;
  fields: readonly Field[];
  trailers: readonly Field[];
  body: string;
  complete: boolean;
}

const MAX_HEAD = 256 * 1024;
/** Of control bytes in values only these three change what is read; others may be passed on (RFC 9110, section 5.5). */
const FIELD_LINE = /^([!#$%&'*+\-.^_`|~0-9A-Za-z]+):[ \t]*([^\0\r\n]*?)[ \t]*$/;
const CHUNK_LINE = /^([0-9A-Fa-f]{1,16})(?:;[\t\x20-\x7e\x80-\xff]*)?$/;

/** What a reader asks whoever knows the direction. A string is a fault: bytes that are no message. */
export interface Grammar {
  readonly framing: (startLine: string, fields: readonly Field[]) => BodyFraming | string;
  /** What may stand between two messages; default nothing. */
  readonly skip?: RegExp;
}

/**
 * Reads a stream of messages by the letter of RFC 9112 and reports the first fault instead of repairing it. Written with
 * regular expressions and strings, in no way as the balancer reads: what passed through the balancer gets a second opinion.
 */
export class MessageReader {
  readonly messages: ReadMessage[] = [];
  /** Why the rest of the stream cannot be read; nothing is read after it. */
  fault: string | undefined;
  /** Bytes behind the last thing that was understood. */
  rest = "";
  /** Called when a head, and when a whole message has been read. */
  onHead: (message: ReadMessage) => void = () => {};
  onComplete: (message: ReadMessage) => void = () => {};
  readonly #grammar: Grammar;
  #open: Open | undefined;
  #framing: BodyFraming = { kind: "none" };
  /** Of the body or the chunk: bytes that are still to come; -1 = a chunk line is due, -2 = the CR LF behind a chunk, -3 = trailers. */
  #due = 0;

  constructor(grammar: Grammar) {
    this.#grammar = grammar;
  }

  /** Bytes of a message came, but not its end. */
  get unfinished(): boolean {
    return this.#open !== undefined || this.rest !== "";
  }

  /** Behind a head, ahead of the end of its body. */
  get inMessage(): boolean {
    return this.#open !== undefined;
  }

  /** After a 101 or a CONNECT: what follows is no HTTP. */
  get tunnel(): boolean {
    return this.#open !== undefined && this.#framing.kind === "tunnel";
  }

  feed(bytes: Buffer): void {
    this.rest += bytes.toString("latin1");
    while (this.fault === undefined && this.#step()) {}
  }

  /** The stream has ended. */
  end(): void {
    if (this.#framing.kind === "until-close") this.#finish();
  }

  #step(): boolean {
    if (this.#open === undefined) return this.#head();
    switch (this.#framing.kind) {
      case "length":
        return this.#take() && this.#finish();
      case "chunked":
        return this.#chunk(this.#open);
      default:
        this.#open.body += this.rest;
        this.rest = "";
        return false;
    }
  }

  #head(): boolean {
    if (this.#grammar.skip !== undefined) this.rest = this.rest.replace(this.#grammar.skip, "");
    if (this.rest === "") return false;
    const end = this.rest.indexOf("\r\n\r\n");
    if (end < 0) {
      // A line end that is none cannot become one; the rest of the head need not come.
      if (/(?:^|[^\r])\n|\r[^\n]|\0/.test(this.rest)) this.fault = "a byte that no head may hold";
      else if (this.rest.length > MAX_HEAD) this.fault = "a head without end";
      return false;
    }
    const [startLine = "", ...lines] = this.rest.slice(0, end).split("\r\n");
    const fields = this.#fields(lines);
    if (fields === undefined) return false;
    const framing = this.#grammar.framing(startLine, fields);
    if (typeof framing === "string") {
      this.fault = framing;
      return false;
    }
    this.rest = this.rest.slice(end + 4);
    this.#framing = framing;
    this.#due = framing.kind === "length" ? framing.length : -1;
    const open: Open = { startLine, fields, trailers: [], body: "", complete: false };
    this.#open = open;
    this.messages.push(open);
    this.onHead(open);
    return framing.kind === "none" ? this.#finish() : true;
  }

  #fields(lines: readonly string[]): readonly Field[] | undefined {
    const fields: Field[] = [];
    for (const line of lines) {
      const parts = FIELD_LINE.exec(line);
      if (parts === null) {
        this.fault = `no field line: ${JSON.stringify(line)}`;
        return undefined;
      }
      fields.push([parts[1] ?? "", parts[2] ?? ""]);
    }
    return fields;
  }

  /** Moves what is due from the rest to the body; true when all of it came. */
  #take(): boolean {
    if (this.#open === undefined) return false;
    const taken = this.rest.slice(0, this.#due);
    this.#open.body += taken;
    this.rest = this.rest.slice(taken.length);
    this.#due -= taken.length;
    return this.#due === 0;
  }

  #chunk(open: Open): boolean {
    if (this.#due > 0) {
      if (this.#take()) this.#due = -2;
      return this.#due === -2;
    }
    const end = this.rest.indexOf("\r\n");
    if (end < 0) {
      if (/\n|\r./s.test(this.rest) || this.rest.length > MAX_HEAD) this.fault = "no chunk line";
      return false;
    }
    const line = this.rest.slice(0, end);
    if (this.#due === -3) return this.#trailers(open);
    this.rest = this.rest.slice(end + 2);
    if (this.#due === -2) {
      if (line !== "") this.fault = `behind a chunk: ${JSON.stringify(line)}`;
      this.#due = -1;
      return line === "";
    }
    const size = CHUNK_LINE.exec(line)?.[1];
    if (size === undefined) {
      this.fault = `no chunk line: ${JSON.stringify(line)}`;
      return false;
    }
    this.#due = Number.parseInt(size, 16);
    if (this.#due === 0) this.#due = -3;
    return true;
  }

  #trailers(open: Open): boolean {
    if (this.rest.startsWith("\r\n")) {
      this.rest = this.rest.slice(2);
      return this.#finish();
    }
    const end = this.rest.indexOf("\r\n\r\n");
    if (end < 0) return false;
    const trailers = this.#fields(this.rest.slice(0, end).split("\r\n"));
    if (trailers === undefined) return false;
    open.trailers = trailers;
    this.rest = this.rest.slice(end + 4);
    return this.#finish();
  }

  #finish(): true {
    const open = this.#open;
    this.#open = undefined;
    if (open !== undefined) {
      open.complete = true;
      this.onComplete(open);
    }
    return true;
  }
}

/** The values of all lines of this name, which is given in lower case. */
export function valuesOf(fields: readonly Field[], name: string): readonly string[] {
  return fields.filter(([given]) => given.toLowerCase() === name).map(([, value]) => value);
}

/** What the lines say about the length: undefined = nothing, a string = a fault. */
export function lengthOf(fields: readonly Field[]): BodyFraming | string | undefined {
  const codings = valuesOf(fields, "transfer-encoding");
  const lengths = valuesOf(fields, "content-length");
  if (codings.length + lengths.length > 1) return "more than one source of the length";
  if (codings.length === 1) {
    return codings[0]?.toLowerCase() === "chunked" ? { kind: "chunked" } : `Transfer-Encoding: ${codings[0]}`;
  }
  const [length] = lengths;
  if (length === undefined) return undefined;
  const value = /^[0-9]{1,20}$/.test(length) ? Number(length) : Number.NaN;
  return Number.isSafeInteger(value) ? { kind: "length", length: value } : `Content-Length: ${length}`;
}
