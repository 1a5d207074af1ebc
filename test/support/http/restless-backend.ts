import { createHash } from "node:crypto";
import type { Socket } from "node:net";
import type { Random } from "../../../src/platform/random.ts";
import { resetConnection } from "../../../src/platform/socket-quirks.ts";
import type { Later } from "../close-after-each.ts";
import { TestBackend } from "../test-backend.ts";

/** When a backend ends a connection. */
export type Fate =
  | "serve"
  | "serve-then-end" // the answer is complete and does not tell of the end
  | "end-idle" // as before, but a moment later
  | "end-before" // on the first byte of the request
  | "end-within" // after some bytes of the request
  | "end-instead" // the request has come whole: whether it was carried out nobody can tell
  | "end-in-head"
  | "end-in-body";

/** What became of one arrival of a request. */
export interface Arrival {
  /** The request's number, `?` when not even that had come. */
  readonly id: string;
  /** It had come whole, so a backend may have carried it out. */
  readonly isWhole: boolean;
  readonly fate: Fate;
  /** Requests that its connection had served before. */
  readonly servedBefore: number;
}

/** Chooses the fate of the next request on a connection that has served so many. */
export type ChooseFate = (servedBefore: number) => Fate;

/** The answer to a request: who asked and a checksum over what he sent. */
export function answerTo(target: string, body: string): string {
  const digest = createHash("sha256").update(`${target}\n${body}`).digest("hex");
  // Of many lengths, some too long for one segment.
  return `${target} ${digest} ${"x".repeat((digest.charCodeAt(0) * digest.charCodeAt(1) * digest.charCodeAt(2)) % 20_000)}`;
}

/** A backend on real sockets that ends its connections as `choose` says, by FIN or by RST, and notes every arrival. */
export class RestlessBackend {
  readonly arrivals: Arrival[] = [];
  readonly #random: Random;
  readonly #choose: ChooseFate;

  private constructor(random: Random, choose: ChooseFate) {
    this.#random = random;
    this.#choose = choose;
  }

  /** It is killed after the test. */
  static async start(
    later: Later,
    id: string,
    random: Random,
    choose: ChooseFate,
  ): Promise<{ backend: TestBackend; restless: RestlessBackend }> {
    const restless = new RestlessBackend(random, choose);
    const backend = await TestBackend.start(id, (socket) => restless.#serve(socket));
    later(() => backend.kill());
    return { backend, restless };
  }

  #serve(socket: Socket): void {
    socket.setNoDelay(true);
    let served = 0;
    let received = "";
    let fate: Fate | undefined;
    let patience = 0;
    let over = false;
    const end = (): void => {
      over = true;
      this.#end(socket);
    };
    const note = (isWhole: boolean, id: string): void => {
      this.arrivals.push({ id, isWhole, fate: fate ?? "serve", servedBefore: served });
    };
    socket.on("end", () => socket.end());
    socket.on("data", (chunk: Buffer) => {
      if (over) return;
      received += chunk.toString("latin1");
      if (fate === undefined) {
        fate = this.#choose(served);
        patience = fate === "end-within" ? 1 + Math.floor(this.#random.next() * 400) : 0;
      }
      const request = readRequest(received);
      const isEnough = received.length >= patience || request !== undefined;
      const isEndedEarly = fate === "end-before" || (fate === "end-within" && isEnough);
      if (isEndedEarly) {
        note(request !== undefined, idIn(received));
        end();
        return;
      }
      if (request === undefined) return;
      note(true, idIn(received));
      received = "";
      const text = this.#answer(request.target, request.body);
      const head = text.indexOf("\r\n\r\n") + 4;
      switch (fate) {
        case "end-instead":
          end();
          return;
        case "end-in-head":
          socket.write(text.slice(0, 1 + Math.floor(this.#random.next() * (head - 1))), end);
          return;
        case "end-in-body":
          socket.write(text.slice(0, head + Math.floor(this.#random.next() * (text.length - head))), end);
          return;
        case "serve-then-end":
          socket.write(text, end);
          return;
        case "end-idle":
          socket.write(text, () => this.#later(end));
          break;
        default:
          socket.write(text);
      }
      served++;
      fate = undefined;
    });
  }

  /** Half of them chunked. */
  #answer(target: string, body: string): string {
    const answer = answerTo(target, body);
    if (this.#random.next() < 0.5) {
      return `HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: ${answer.length}\r\n\r\n${answer}`;
    }
    const cut = 1 + Math.floor(this.#random.next() * (answer.length - 1));
    const chunks = [answer.slice(0, cut), answer.slice(cut)].map((c) => `${c.length.toString(16)}\r\n${c}\r\n`);
    return `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${chunks.join("")}0\r\n\r\n`;
  }

  #end(socket: Socket): void {
    if (this.#random.next() < 0.5) resetConnection(socket);
    else socket.destroySoon();
  }

  /** Some turns of the event loop later: the next request may be on its way by then, or have come. */
  #later(action: () => void): void {
    const turns = Math.floor(this.#random.next() * 6);
    const turn = (left: number): void => {
      if (left === 0) action();
      else setImmediate(() => turn(left - 1));
    };
    turn(turns);
  }
}

function idIn(text: string): string {
  return /^[A-Z]+ \/(\S*) /.exec(text)?.[1] ?? "?";
}

/** The request at the front, if it is whole; nothing may follow it before its answer. */
function readRequest(text: string): { readonly target: string; readonly body: string } | undefined {
  const headEnd = text.indexOf("\r\n\r\n");
  if (headEnd < 0) return undefined;
  const head = text.slice(0, headEnd);
  const length = Number(/^content-length: (\d+)$/im.exec(head)?.[1] ?? 0);
  const body = text.slice(headEnd + 4);
  if (body.length > length) throw new Error("bytes behind a request that was not answered yet");
  return body.length < length ? undefined : { target: head.split(" ")[1] ?? "", body };
}
