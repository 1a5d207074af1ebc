import { BodyFramer } from "../../http/body-framer.ts";
import type { Refusal } from "../../http/refusal.ts";
import type { BufferPool } from "../buffer-pool.ts";
import { Flow } from "./flow.ts";
import type { RequestFacts } from "./request-facts.ts";
import type { HttpService } from "./service.ts";
import type { Upstream } from "./upstream.ts";

/** A request on its way to a backend: the head, then the body as it comes from the client. */
export class Sending {
  /** The client has sent all of it. */
  isDone: boolean;
  /** A byte of the body has gone: it cannot be sent again. */
  hasSentBody = false;
  readonly #pool: BufferPool;
  readonly #headText: string;
  readonly #body: BodyFramer | undefined;
  #flow: Flow | undefined;
  #to: Upstream | undefined;
  #owesHead = false;

  constructor(service: HttpService, pool: BufferPool, facts: RequestFacts, headText: string) {
    this.#pool = pool;
    this.#headText = headText;
    this.isDone = facts.framing === "none";
    if (this.isDone) return;
    this.#body = new BodyFramer("request", service.options.body);
    this.#body.begin(facts.framing, facts.contentLength, { chunks: "keep", trailers: "drop" });
  }

  /** A backend is there and has not got a byte yet: `push`, also without bytes. */
  get owesHead(): boolean {
    return this.#owesHead;
  }
  /** Why the body is malformed. */
  get refusal(): Refusal | undefined {
    return this.#body?.refusal;
  }
  /** Bytes of the body so far. */
  get bytes(): number {
    return this.#body?.dataBytes ?? 0;
  }
  /** The client may not be read on before the backend has taken what it was sent, or is there at all. */
  get holdsClient(): boolean {
    return !this.isDone && (this.#to === undefined || this.#flow?.isStalled === true);
  }

  /** The backend does not take what it was sent. */
  get isStalled(): boolean {
    return this.#to !== undefined && this.#flow?.isStalled === true;
  }

  /** The backend, or another one when the first did not take it. A head without body is sent at once. */
  begin(upstream: Upstream): void {
    this.#to = upstream;
    if (this.isDone) upstream.socket.writeLatin1(this.#headText);
    else {
      this.#owesHead = true;
      this.#flow = new Flow(this.#pool, upstream.socket);
    }
  }

  /** The backend is gone. */
  stop(): void {
    this.#to = undefined;
    this.#owesHead = false;
  }

  /**
   * Takes bytes of the client that belong to the request, from `from` on.
   *
   * @param filled the read filled its buffer
   * @returns the position behind the bytes taken: `from` when none can be taken now, or none belongs to it any more
   */
  push(buffer: Buffer, from: number, to: number, filled: boolean): number {
    const body = this.#body;
    const flow = this.#flow;
    if (this.isDone || this.#to === undefined || body === undefined || flow === undefined) return from;
    const end = body.pushCompact(buffer, from, to);
    if (body.refusal !== undefined) return to;
    const ahead = this.#owesHead ? this.#headText : "";
    this.#owesHead = false;
    this.hasSentBody ||= end > from;
    flow.pass(ahead, buffer, body.passFrom, body.passTo);
    if (body.complete) {
      if (body.tail.length > 0) flow.own(body.tail);
      this.isDone = true;
    }
    flow.settle(filled && !body.complete);
    return end;
  }

  /** Where the client's socket reads to next. */
  readBuffer(): Buffer {
    return this.#flow?.readBuffer() ?? this.#pool.scratch;
  }

  /** The backend has taken everything. @returns whether the client may be read on */
  onDrained(): boolean {
    return this.#flow?.onSinkDrained() === true && !this.isDone;
  }

  /** It is over. @returns the flow whose buffer the client's socket still reads into; the caller disposes of that one */
  dispose(): Flow | undefined {
    const flow = this.#flow;
    if (flow?.isReadInto === true) return flow;
    flow?.dispose();
    return undefined;
  }
}
