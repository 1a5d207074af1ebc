import { connect, type Socket } from "node:net";
import { resetConnection } from "../../src/platform/socket-quirks.ts";
import type { Changes } from "./observe/changes.ts";
import type { MessageReader, ReadMessage } from "./observe/message-reader.ts";
import type { SeenAnswer } from "./observe/observation.ts";
import { responseReader, statusOf } from "./observe/response-reader.ts";

/** The client of one run: writes what it is told and notes every byte that comes back. */
export class CaseClient {
  closed = false;
  reset = false;
  /** The balancer has ended its side. */
  ended = false;
  received = "";
  readonly #socket: Socket;
  readonly #reader: MessageReader;

  private constructor(socket: Socket, methods: readonly string[], changes: Changes) {
    this.#socket = socket;
    this.#reader = responseReader(methods);
    socket.setNoDelay(true);
    socket.on("data", (bytes: Buffer) => {
      this.received += bytes.toString("latin1");
      this.#reader.feed(bytes);
      changes.notify();
    });
    socket.on("end", () => {
      this.ended = true;
      this.#reader.end();
      changes.notify();
    });
    socket.on("error", (error: NodeJS.ErrnoException) => {
      this.reset = error.code === "ECONNRESET" || error.code === "EPIPE";
    });
    socket.on("close", () => {
      this.closed = true;
      changes.notify();
    });
  }

  /** Connects. Refused connections count as reset ones. */
  static open(port: number, methods: readonly string[], changes: Changes): Promise<CaseClient> {
    const socket = connect({ host: "127.0.0.1", port, allowHalfOpen: true });
    const client = new CaseClient(socket, methods, changes);
    return new Promise((resolve) => {
      socket.once("connect", () => resolve(client));
      socket.once("close", () => resolve(client));
    });
  }

  /** Nothing more can be sent or will come. */
  get over(): boolean {
    return this.closed || this.ended;
  }

  get answers(): readonly SeenAnswer[] {
    return this.#reader.messages.map(answerOf).filter(({ status }) => status >= 200);
  }

  get interim(): readonly SeenAnswer[] {
    return this.#reader.messages.map(answerOf).filter(({ status }) => status < 200);
  }

  get completeAnswers(): number {
    return this.answers.filter(({ complete }) => complete).length;
  }

  get tunnelled(): string {
    return this.#reader.tunnel ? (this.#reader.messages.at(-1)?.body ?? "") : "";
  }

  get unreadable(): string | undefined {
    const { fault, rest, inMessage } = this.#reader;
    if (fault === undefined && (rest === "" || inMessage)) return undefined;
    return `${fault ?? "a head that never ended"}: ${JSON.stringify(rest.slice(0, 200))}`;
  }

  write(bytes: Buffer): void {
    if (!this.closed) this.#socket.write(bytes);
  }

  end(): void {
    this.#socket.end();
  }

  /** Ends the connection with a RST. */
  abort(): void {
    resetConnection(this.#socket);
  }

  close(): void {
    this.#socket.destroy();
  }
}

function answerOf(message: ReadMessage): SeenAnswer {
  const { startLine, fields, trailers, body, complete } = message;
  return { status: statusOf(startLine), startLine, fields, trailers, body, complete };
}
