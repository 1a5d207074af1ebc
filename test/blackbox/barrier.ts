import { connect, type Socket } from "node:net";

/** How long one exchange may take. */
const PATIENCE_MS = 5000;

/**
 * Waits until a balancer has read what others wrote to it before. A balancer with one event loop serves its connections in
 * the order in which they became readable: when it has passed this exchange on and back, it has read what came before it.
 * All who ask while an exchange is under way share the next one.
 */
export class Barrier {
  readonly #port: number;
  readonly #request: string;
  #socket: Socket | undefined;
  readonly #onStuck: () => void;
  #timer: NodeJS.Timeout | undefined;
  #waiting: (() => void)[] = [];
  #asked: (() => void)[] = [];

  /**
   * @param request a request that is answered with a short message which ends with a line feed
   * @param onStuck called when that took longer than `PATIENCE_MS`; everybody goes on then
   */
  constructor(port: number, request: string, onStuck: () => void) {
    this.#port = port;
    this.#request = request;
    this.#onStuck = onStuck;
  }

  passed(): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
      this.#ask();
    });
  }

  close(): void {
    this.#socket?.destroy();
    this.#answered();
  }

  #ask(): void {
    if (this.#asked.length > 0 || this.#waiting.length === 0) return;
    this.#asked = this.#waiting;
    this.#waiting = [];
    this.#connected().write(this.#request);
    this.#timer ??= setTimeout(() => this.#stuck(), PATIENCE_MS);
  }

  #stuck(): void {
    const socket = this.#socket;
    this.#socket = undefined;
    socket?.destroy();
    this.#onStuck();
    this.#answered();
  }

  #answered(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const asked = this.#asked;
    this.#asked = [];
    for (const resolve of asked) resolve();
    this.#ask();
  }

  #connected(): Socket {
    if (this.#socket !== undefined) return this.#socket;
    const socket = connect({ host: "127.0.0.1", port: this.#port, noDelay: true });
    let text = "";
    socket.on("data", (bytes: Buffer) => {
      text += bytes.toString("latin1");
      if (!/\r\n\r\n[\s\S]*\n$/.test(text)) return;
      text = "";
      this.#answered();
    });
    socket.on("error", (error: NodeJS.ErrnoException) => {
      // Nobody is there any more who could read anything.
      if (error.code === "ECONNREFUSED") this.#answered();
    });
    // A balancer may end any connection after an answer; the next exchange takes a new one.
    socket.on("close", () => {
      if (this.#socket !== socket) return;
      this.#socket = undefined;
      this.#waiting.unshift(...this.#asked);
      this.#asked = [];
      setImmediate(() => this.#ask());
    });
    this.#socket = socket;
    return socket;
  }
}
