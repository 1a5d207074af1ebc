import { HeadReader } from "../../http/head-reader.ts";
import type { HeadLimits } from "../../http/message-limits.ts";
import type { RequestHead } from "../../http/request-head.ts";
import { RequestScanner } from "../../http/request-scanner.ts";
import type { Asked, ResponseHead } from "../../http/response-head.ts";
import { ResponseScanner } from "../../http/response-scanner.ts";

/** Readers kept for the next head. More are made while more heads are under way at the same time. */
const MOST_SPARE = 64;

/** A reader of requests, which may have empty lines ahead of them. */
export class RequestReader extends HeadReader<RequestHead> {
  readonly #scanner: RequestScanner;

  constructor(limits: HeadLimits) {
    const scanner = new RequestScanner(limits);
    super(scanner);
    this.#scanner = scanner;
  }

  /** A byte of the request itself has come. */
  get started(): boolean {
    return this.#scanner.started;
  }
}

/** A reader of answers, which has to know what was asked. */
export class ResponseReader extends HeadReader<ResponseHead> {
  readonly #scanner: ResponseScanner;

  constructor(limits: HeadLimits) {
    const scanner = new ResponseScanner(limits);
    super(scanner);
    this.#scanner = scanner;
  }

  /** To be set before the first byte of each head. */
  set asked(asked: Asked) {
    this.#scanner.asked = asked;
  }
}

/** Lends readers: a connection needs one only while a head is under way, which mostly is within one read. */
export class Readers {
  readonly #requestLimits: HeadLimits;
  readonly #responseLimits: HeadLimits;
  readonly #requests: RequestReader[] = [];
  readonly #responses: ResponseReader[] = [];

  constructor(requestLimits: HeadLimits, responseLimits: HeadLimits) {
    this.#requestLimits = requestLimits;
    this.#responseLimits = responseLimits;
  }

  takeRequestReader(): RequestReader {
    return this.#requests.pop() ?? new RequestReader(this.#requestLimits);
  }

  takeResponseReader(): ResponseReader {
    return this.#responses.pop() ?? new ResponseReader(this.#responseLimits);
  }

  /** Forgets what it has read of an unfinished head. */
  giveRequestReader(reader: RequestReader): void {
    reader.reset();
    if (this.#requests.length < MOST_SPARE) this.#requests.push(reader);
  }

  giveResponseReader(reader: ResponseReader): void {
    reader.reset();
    if (this.#responses.length < MOST_SPARE) this.#responses.push(reader);
  }
}
