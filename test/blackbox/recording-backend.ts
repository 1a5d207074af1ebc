import type { Socket } from "node:net";
import { resetConnection } from "../../src/platform/socket-quirks.ts";
import { TestBackend } from "../support/test-backend.ts";
import type { MessageReader, ReadMessage } from "./observe/message-reader.ts";
import { valuesOf } from "./observe/message-reader.ts";
import { partsOf, requestReader } from "./observe/request-reader.ts";
import { type Arrival, MARK, type Run, type ScriptedAnswer } from "./run.ts";

/** What the backends of one arena share. */
export interface Recorder {
  /** The run with this mark, while it goes on. */
  readonly runOf: (mark: string) => Run | undefined;
  /** Resolves when the balancer has read what was written before. */
  readonly barrier: () => Promise<void>;
  /** Something that belongs to no run. */
  readonly stray: (what: string) => void;
}

/** A backend that notes every byte, reads it by the letter, and answers by the script of the run it belongs to. */
export class RecordingBackend {
  readonly #recorder: Recorder;
  readonly #open = new Set<BackendConnection>();
  #server: TestBackend | undefined;
  #connections = 0;

  private constructor(recorder: Recorder) {
    this.#recorder = recorder;
  }

  static async start(id: string, recorder: Recorder): Promise<RecordingBackend> {
    const backend = new RecordingBackend(recorder);
    backend.#server = await TestBackend.start(id, (socket) => backend.#accept(id, socket));
    return backend;
  }

  get port(): number {
    return this.#server?.port ?? 0;
  }

  /** Connections that are open and between two requests. */
  get idleConnections(): number {
    return [...this.#open].filter((connection) => connection.idle).length;
  }

  /** Refuses connections from now on and ends those it has. */
  async close(): Promise<void> {
    await this.#server?.kill();
  }

  #accept(id: string, socket: Socket): void {
    const connection = new BackendConnection(id, ++this.#connections, socket, this.#recorder);
    this.#open.add(connection);
    socket.on("close", () => this.#open.delete(connection));
  }
}

/** One connection that the balancer opened. */
class BackendConnection {
  readonly number: number;
  /** The balancer has not ended it. */
  open = true;
  readonly #id: string;
  readonly #socket: Socket;
  readonly #recorder: Recorder;
  readonly #reader: MessageReader;
  /** The run of the last request, and what wakes the answer that waits for its end. */
  #run: Run | undefined;
  #completed: () => void = () => {};
  /** Answers are given in the order of the requests. */
  #answering: Promise<void> = Promise.resolve();
  #busy = 0;
  /** Behind a 101 everything is echoed. */
  #tunnel = false;

  constructor(id: string, number: number, socket: Socket, recorder: Recorder) {
    this.#id = id;
    this.number = number;
    this.#socket = socket;
    this.#recorder = recorder;
    this.#reader = requestReader();
    this.#reader.onHead = (message) => this.#onHead(message);
    this.#reader.onComplete = () => {
      this.#completed();
      this.#run?.changes.notify();
    };
    socket.setNoDelay(true);
    socket.on("data", (bytes: Buffer) => this.#onData(bytes));
    socket.on("end", () => {
      this.open = false;
      // A balancer that ends its side is done with the connection; a tunnel ends with its echo.
      if (this.answered || this.#tunnel || this.#reader.unfinished) socket.end();
      this.#run?.changes.notify();
    });
    socket.on("close", () => this.#onClose());
  }

  /** All answers were sent. */
  get answered(): boolean {
    return this.#busy === 0;
  }

  get idle(): boolean {
    return this.#busy === 0 && !this.#reader.unfinished && !this.#tunnel;
  }

  #onData(bytes: Buffer): void {
    if (this.#tunnel) {
      this.#socket.write(bytes);
      return;
    }
    if (this.#reader.fault !== undefined) return;
    this.#reader.feed(bytes);
    const { fault } = this.#reader;
    if (fault !== undefined) this.#broken(fault);
  }

  #onHead(message: ReadMessage): void {
    const [, mark = "", part = ""] = MARK.exec(partsOf(message.startLine).target) ?? markIn(message) ?? [];
    const run = this.#recorder.runOf(mark);
    this.#run = run;
    const completed = new Promise<void>((resolve) => {
      this.#completed = resolve;
    });
    this.#busy++;
    if (run === undefined) {
      this.#recorder.stray(`${this.#id} saw ${JSON.stringify(message.startLine)}`);
      this.#socket.destroy();
      return;
    }
    const arrival: Arrival = { part, backend: this.#id, connection: this, message };
    const script = run.answersTo(arrival) ?? [usualAnswer(this.#id, message)];
    run.arrived(arrival);
    this.#answering = this.#answering.then(() => this.#answer(run, script, completed));
  }

  async #answer(run: Run, script: readonly ScriptedAnswer[], completed: Promise<void>): Promise<void> {
    for (const { when, pieces, finish } of script) {
      if (when === "request") await completed;
      for (const [index, piece] of pieces.entries()) {
        if (index > 0) await this.#recorder.barrier();
        if (this.#socket.destroyed) break;
        if (piece.includes("HTTP/1.1 101")) this.#tunnel = true;
        this.#socket.write(piece);
      }
      if (finish === "end") this.#socket.end();
      if (finish === "reset") resetConnection(this.#socket);
    }
    this.#busy--;
    run.changes.notify();
  }

  #broken(fault: string): void {
    const bytes = this.#reader.rest;
    const [, mark = ""] = MARK.exec(bytes) ?? [];
    const run = this.#recorder.runOf(mark) ?? this.#run;
    const what = `${fault} in ${JSON.stringify(bytes.slice(0, 400))}`;
    if (run === undefined) this.#recorder.stray(`${this.#id} got ${what}`);
    else run.broken.push(what);
    run?.changes.notify();
    // As a server that takes no notice of the rest.
    if (!this.#socket.destroyed)
      this.#socket.end("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
  }

  #onClose(): void {
    this.open = false;
    this.#completed();
    const { fault, rest, inMessage } = this.#reader;
    if (fault === undefined && rest !== "" && !inMessage && !this.#tunnel) this.#broken("a head that never ended");
    this.#run?.changes.notify();
  }
}

/** Where the target has no place for a mark. */
function markIn(message: ReadMessage): RegExpExecArray | null {
  return MARK.exec(valuesOf(message.fields, "x-mark")[0] ?? "");
}

/** 200, and in the body who answers what. */
function usualAnswer(backend: string, { startLine, fields }: ReadMessage): ScriptedAnswer {
  const { method, target } = partsOf(startLine);
  const body = usualBody(backend, method, target);
  const head = `HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nX-Backend: ${backend}\r\nContent-Length: ${body.length}\r\n\r\n`;
  const options = valuesOf(fields, "connection").join().toLowerCase();
  const last = options.includes("close") || (startLine.endsWith("1.0") && !options.includes("keep-alive"));
  return {
    when: "request",
    finish: last ? "end" : "keep",
    pieces: [Buffer.from(method === "HEAD" ? head : head + body, "latin1")],
  };
}

/** The body of the usual answer. */
function usualBody(backend: string, method: string, target: string): string {
  return `${backend} ${method} ${target}\n`;
}
