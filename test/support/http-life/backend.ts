import type { FakeRelaySocket } from "../fake-relay-socket.ts";
import { latin1 } from "../http-messages.ts";
import { type AnswerPlan, type LifeAnswer, makeAnswer } from "./answers.ts";
import type { LifeRequest } from "./requests.ts";

/** What all backends know together. */
export interface Notebook {
  readonly requests: ReadonlyMap<string, LifeRequest>;
  readonly answers: LifeAnswer[];
  readonly violations: string[];
}

/** A request that a backend has seen a part of. */
export interface Seen {
  readonly request: LifeRequest;
  readonly isComplete: boolean;
  answer: LifeAnswer | undefined;
}

const NAMED = /^X-Id: (\S+)\r$/m;
const PROXY_LINE = /^PROXY TCP4 \S+ \S+ (\d+) \d+\r\n/;

/** The other end of a backend connection: checks every byte that it is sent, and answers. */
export class LifeBackend {
  readonly socket: FakeRelaySocket;
  readonly seen: Seen[] = [];
  /** The port of the client that the PROXY header named. */
  announced: number | undefined;
  /** What it has sent in its tunnel. */
  readonly tunnelSent: Buffer[] = [];
  readonly #notebook: Notebook;
  #at = 0;
  #isTunnel = false;

  constructor(socket: FakeRelaySocket, notebook: Notebook) {
    this.socket = socket;
    this.#notebook = notebook;
  }

  /** What came in its tunnel; undefined = there is none. */
  get tunnelReceived(): Buffer | undefined {
    return this.#isTunnel ? this.socket.received.subarray(this.#at) : undefined;
  }

  /** Looks at what has come. The last request may not be all there. */
  read(): Seen | undefined {
    const { received } = this.socket;
    if (this.#isTunnel) return undefined;
    if (this.announced === undefined) {
      const line = PROXY_LINE.exec(received.toString("latin1", 0, 120));
      if (line !== null) {
        this.announced = Number(line[1]);
        this.#at = line[0].length;
      }
    }
    const last = this.seen.at(-1);
    const rest = received.subarray(this.#at);
    if (last !== undefined && last.answer === undefined && last.isComplete) {
      if (rest.length > 0) this.#complain(`got ${show(rest)} before it had answered ${last.request.id}`);
      return last;
    }
    if (rest.length === 0) return undefined;
    return this.#readRequest(rest, last);
  }

  #readRequest(rest: Buffer, last: Seen | undefined): Seen | undefined {
    const head = headOf(rest);
    const id = NAMED.exec(head)?.[1];
    const request = id === undefined ? undefined : this.#notebook.requests.get(id);
    if (request?.forwarded === undefined) {
      if (rest.includes("\r\n\r\n")) this.#complain(`was sent ${show(rest)}`);
      return undefined;
    }
    const expected = request.forwarded;
    const [startLine, ...lines] = head.split("\r\n").slice(0, -1);
    const body = rest.subarray(head.length + 2, head.length + 2 + expected.body.length);
    const isSame = startLine === expected.startLine && [...lines].sort().join() === [...expected.lines].sort().join();
    if (!isSame || !body.equals(expected.body.subarray(0, body.length))) {
      this.#complain(`was sent another request than ${id}: ${show(rest)}`);
    }
    const length = head.length + 2 + expected.body.length;
    if (request.plan.fault === "body" || rest.length < length) {
      if (rest.length > length) this.#complain(`was sent more than ${id}`);
      if (last?.request === request && !last.isComplete) return last;
      return this.#note({ request, isComplete: false, answer: undefined });
    }
    this.#at += length;
    if (last?.request === request && !last.isComplete) {
      this.seen.pop();
      return this.#note({ request, isComplete: true, answer: last.answer });
    }
    return this.#note({ request, isComplete: true, answer: undefined });
  }

  #note(seen: Seen): Seen {
    this.seen.push(seen);
    return seen;
  }

  /** Puts an answer on the wire, if there is a request to answer. @param early also to one that is not all there */
  answer(plan: AnswerPlan, early: boolean): void {
    if (this.socket.ending !== undefined || this.socket.hasPeerEnded) return;
    const seen = this.read();
    if (seen === undefined || seen.answer !== undefined || !(seen.isComplete || early)) return;
    const { request } = seen;
    const isSafe = plan.kind !== "switch" || seen.isComplete;
    const chosen: AnswerPlan = isSafe ? plan : { ...plan, kind: "length" };
    const answer = makeAnswer(chosen, request.id, request.plan, this.#notebook.answers.length + 1);
    this.#notebook.answers.push(answer);
    seen.answer = answer;
    this.socket.send(answer.wire);
    if (answer.ends) this.socket.sendEnd();
    if (answer.status === 101) this.#isTunnel = true;
  }

  interim(): void {
    const seen = this.read();
    if (seen !== undefined && seen.answer === undefined)
      this.socket.send(latin1("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"));
  }

  /** Goes away instead of answering, with a FIN unless `failure` says otherwise. */
  hangUp(failure: string | undefined): void {
    const seen = this.read();
    if (seen === undefined || seen.answer !== undefined) return;
    if (failure !== undefined) this.socket.fail(failure);
    else {
      this.socket.sendEnd();
      this.socket.deliverAll();
    }
  }

  /** Bytes of a tunnel. */
  say(bytes: Buffer): void {
    if (!this.#isTunnel || this.socket.hasPeerEnded) return;
    this.socket.send(bytes);
    this.tunnelSent.push(bytes);
  }

  /** What is left over is the beginning of a request. */
  check(): void {
    this.read();
    if (this.#isTunnel) return;
    const rest = this.socket.received.subarray(this.#at);
    const last = this.seen.at(-1);
    if (rest.length === 0 || last?.isComplete === false) return;
    if (this.announced === undefined && "PROXY TCP4 ".startsWith(rest.toString("latin1", 0, 11))) return;
    const text = rest.toString("latin1");
    const known = [...this.#notebook.requests.values()].flatMap(({ forwarded }) => forwarded?.startLine ?? []);
    if (!known.some((line) => line.startsWith(text) || text.startsWith(line)))
      this.#complain(`was left with ${show(rest)}`);
  }

  #complain(what: string): void {
    this.#notebook.violations.push(`a backend ${what}`);
  }
}

function headOf(bytes: Buffer): string {
  const end = bytes.indexOf("\r\n\r\n");
  return end < 0 ? "" : bytes.toString("latin1", 0, end + 2);
}

function show(bytes: Buffer): string {
  return JSON.stringify(bytes.toString("latin1", 0, 200));
}
