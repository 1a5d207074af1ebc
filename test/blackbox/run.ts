import type { Answer, Case } from "./case.ts";
import { Changes } from "./observe/changes.ts";
import type { ReadMessage } from "./observe/message-reader.ts";
import type { SeenRequest } from "./observe/observation.ts";
import { partsOf } from "./observe/request-reader.ts";

/** The two backends that a run's users are bound to, and the cookies that bind. */
export interface Lane {
  /** Ids of the backends. */
  readonly a: string;
  readonly b: string;
  /** What stands for `{A}`, `{B}` and `{D}`. */
  readonly cookies: Readonly<Record<"A" | "B" | "D", string>>;
}

/** Where one message is cut in two: a client's step, or a piece of an answer. */
export type Cut =
  | { readonly of: "step"; readonly index: number; readonly at: number }
  | {
      readonly of: "answer";
      readonly key: string;
      readonly index: number;
      readonly piece: number;
      readonly at: number;
    };

/** A request that arrived, and the connection it came on. */
export interface Arrival {
  readonly part: string;
  readonly backend: string;
  readonly connection: { readonly number: number; readonly open: boolean; readonly answered: boolean };
  readonly message: ReadMessage;
}

/** Marks are as long as the `{id}` they stand for, so that lengths can be counted before. They come again after these many runs. */
const MARKS = 36 ** 3;
export const MARK = /\/(k[0-9a-z]{3})\/([\w-]*)/;

/** One run of one case: what its bytes are, and what backends saw of it. */
export class Run {
  readonly id: string;
  readonly case: Case;
  readonly lane: Lane;
  readonly changes = new Changes();
  readonly arrivals: Arrival[] = [];
  readonly broken: string[] = [];
  readonly #cut: Cut | undefined;
  #completeWhenJudged = -1;
  readonly #counts = new Map<string, number>();

  /** @param number of the run; 0 keeps its mark for itself */
  constructor(number: number, testCase: Case, lane: Lane, cut?: Cut) {
    this.id = `k${(number === 0 ? 0 : 1 + ((number - 1) % (MARKS - 1))).toString(36).padStart(3, "0")}`;
    this.case = testCase;
    this.lane = lane;
    this.#cut = cut;
  }

  /** The bytes that stand for `text`. */
  bytes(text: string): Buffer {
    return Buffer.from(filled(text, this.id, this.lane), "latin1");
  }

  /** The pieces of a step's bytes: one, or two when the cut is here. */
  pieces(step: number, text: string): readonly Buffer[] {
    const cut = this.#cut;
    return cutAt(this.bytes(text), cut?.of === "step" && cut.index === step ? cut.at : 0);
  }

  /** What a backend does about this request; undefined = the usual answer. */
  answersTo(arrival: Arrival): readonly ScriptedAnswer[] | undefined {
    const count = (this.#counts.get(arrival.part) ?? 0) + 1;
    this.#counts.set(arrival.part, count);
    const { answers = {} } = this.case;
    const key = count > 1 && `${arrival.part}#${count}` in answers ? `${arrival.part}#${count}` : arrival.part;
    const found = answers[key];
    if (found === undefined) return undefined;
    const list: readonly Answer[] = "pieces" in found ? [found] : found;
    return list.map((answer, index) => ({
      when: answer.when ?? "request",
      finish: answer.finish ?? "keep",
      pieces: answer.pieces.flatMap((piece, number) => this.#piecesOf(key, index, number, piece)),
    }));
  }

  arrived(arrival: Arrival): void {
    this.arrivals.push(arrival);
    this.changes.notify();
  }

  /** The requests that were seen, as they stand now. */
  seen(): readonly SeenRequest[] {
    return this.arrivals.map(({ part, backend, connection, message }) => ({
      ...partsOf(message.startLine),
      part,
      backend: backend === this.lane.a ? "A" : backend === this.lane.b ? "B" : backend,
      connection: connection.number,
      fields: message.fields,
      trailers: message.trailers,
      body: message.body,
      complete: message.complete,
    }));
  }

  /** What is seen from now on comes too late to be judged. */
  judged(): void {
    this.#completeWhenJudged = this.#complete();
  }

  get isJudged(): boolean {
    return this.#completeWhenJudged >= 0;
  }

  /** A request that became complete, or bytes that were no request, after the run was judged. */
  get late(): string | undefined {
    if (!this.isJudged || this.#complete() === this.#completeWhenJudged) return undefined;
    return this.broken.at(-1) ?? this.arrivals.at(-1)?.message.startLine;
  }

  #complete(): number {
    return this.broken.length + this.arrivals.filter(({ message }) => message.complete).length;
  }

  /** Backend connections that wait for the rest of a request of this run. */
  get stuck(): number {
    return this.arrivals.filter(({ message, connection }) => !message.complete && connection.open).length;
  }

  #piecesOf(key: string, index: number, number: number, piece: string): readonly Buffer[] {
    const cut = this.#cut;
    const here = cut?.of === "answer" && cut.key === key && cut.index === index && cut.piece === number;
    return cutAt(this.bytes(piece), here ? cut.at : 0);
  }
}

/** An answer with its bytes. */
export interface ScriptedAnswer {
  readonly when: "head" | "request";
  readonly pieces: readonly Buffer[];
  readonly finish: "keep" | "end" | "reset";
}

/** `text` with the marks of a run in place: `{A}` is the pair, `{a}` its value. */
export function filled(text: string, id: string, { cookies }: Lane): string {
  return text.replace(/\{(id|[ABDabd])\}/g, (_, name: string) => {
    if (name === "id") return id;
    const pair = cookies[name.toUpperCase() as "A" | "B" | "D"];
    return name < "a" ? pair : pair.slice(pair.indexOf("=") + 1);
  });
}

function cutAt(bytes: Buffer, at: number): readonly Buffer[] {
  return at > 0 && at < bytes.length ? [bytes.subarray(0, at), bytes.subarray(at)] : [bytes];
}
