import type { Socket } from "node:net";
import type { ReadMessage } from "../blackbox/observe/message-reader.ts";
import { partsOf, requestReader } from "../blackbox/observe/request-reader.ts";
import { TestBackend } from "../support/test-backend.ts";

/** A whole request that a backend saw. */
export interface SeenRequest {
  readonly serial: number;
  readonly backend: string;
  readonly message: ReadMessage;
  /** It was answered with something odd, so that no answer needs to arrive. */
  readonly oddly: boolean;
}

/** Gives the odd answer to a request, or undefined for the ordinary one. */
export type AnswerOddly = (ordinary: string) => string | undefined;

/** All that the backends saw and no client has been told of yet. */
export class Sightings {
  readonly open = new Map<number, SeenRequest>();
  readonly faults: string[] = [];
  #serial = 0;

  add(backend: string, message: ReadMessage, oddly: boolean): number {
    const serial = ++this.#serial;
    this.open.set(serial, { serial, backend, message, oddly });
    return serial;
  }

  get count(): number {
    return this.#serial;
  }

  /** The serial that the next request gets. */
  get next(): number {
    return this.#serial + 1;
  }
}

/** The number of a request as its answer tells it: with a checksum, because answers may be changed on purpose. */
export function told(serial: number): string {
  return `${serial}.${Math.imul(serial, 0x9e3779b1) >>> 0}`;
}

/** The number in `text`, 0 when it is none that was told. */
export function numberIn(text: string): number {
  const serial = Number.parseInt(text, 10);
  return told(serial) === text ? serial : 0;
}

/** The ordinary answer. */
export function answerOf(serial: number, method: string): string {
  const body = `#${serial}#`;
  const head = `HTTP/1.1 200 OK\r\nX-Serial: ${told(serial)}\r\nContent-Length: ${body.length}\r\n\r\n`;
  return method === "HEAD" ? head : head + body;
}

const SWITCHING = /^HTTP\/1\.[01] 101[ \r]/m;

/** Starts a backend that reads by the letter, numbers every whole request and tells its number. The caller ends it with `kill`. */
export function startFuzzBackend(id: string, sightings: Sightings, answerOddly: AnswerOddly): Promise<TestBackend> {
  return TestBackend.start(id, (socket) => serve(id, socket, sightings, answerOddly));
}

function serve(id: string, socket: Socket, sightings: Sightings, answerOddly: AnswerOddly): void {
  const reader = requestReader();
  let lastOdd = "";
  /** It has answered 101: to a request for an upgrade that begins a tunnel, whose bytes are nobody's requests. */
  let hasSwitched = false;
  socket.setNoDelay(true);
  reader.onComplete = (message) => {
    const { method } = partsOf(message.startLine);
    const ordinary = answerOf(sightings.next, method);
    const odd = answerOddly(ordinary);
    sightings.add(id, message, odd !== undefined);
    if (socket.destroyed) return;
    socket.write(odd ?? ordinary, "latin1");
    lastOdd = odd ?? "";
    hasSwitched ||= SWITCHING.test(lastOdd);
    // An odd answer may have no end; who waits for one is given the end of the connection.
    if (odd !== undefined) socket.end();
  };
  socket.on("data", (bytes: Buffer) => {
    if (reader.fault !== undefined || hasSwitched) return;
    reader.feed(bytes);
    reader.messages.length = 0;
    if (reader.fault === undefined || hasSwitched) return;
    sightings.faults.push(
      `${id} got what is no request: ${reader.fault} in ${JSON.stringify(reader.rest.slice(0, 300))}${lastOdd === "" ? "" : ` behind the odd answer ${JSON.stringify(lastOdd)}`}`,
    );
    socket.destroy();
  });
  socket.on("end", () => socket.end());
}
