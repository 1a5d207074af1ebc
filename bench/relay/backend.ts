import type { Socket } from "node:net";
import { type RelaySocket, type SocketHandler, wrapAccepted } from "../../src/platform/relay-socket.ts";
import {
  type BackendConnection,
  type BackendServers,
  READ_BUFFER_BYTES,
  startServers,
} from "../support/backend-servers.ts";
import { Pattern } from "../support/pattern.ts";
import { ACKNOWLEDGEMENT_BYTES, decodePreamble, PREAMBLE_BYTES, type Preamble } from "./preamble.ts";

/** A sink's answer when the bytes it got were not the pattern. */
const CORRUPTED = 0xffff_ffff_ffff_ffffn;

/** Starts echo/sink/source servers, one on a free port of each host. */
export function startBackend(hosts: readonly string[], seed: number): Promise<BackendServers> {
  const pattern = new Pattern(seed);
  const readBuffer = Buffer.allocUnsafe(READ_BUFFER_BYTES);
  return startServers(hosts, (_, forget) => new Connection(pattern, readBuffer, forget));
}

/** How one connection is answered once its preamble is known. */
interface Service {
  received(chunk: Buffer): void;
  drained(): void;
}

/**
 * Reads the preamble, then hands the stream to the service it asks for. Anything else, such as a port check, is hung up
 * on. Reads go into one buffer for all connections: with a new one for each chunk the backend, not the balancer, would
 * be what limits bulk traffic.
 */
class Connection implements BackendConnection, SocketHandler {
  readonly #pattern: Pattern;
  readonly #readBuffer: Buffer;
  readonly #forget: () => void;
  #socket: RelaySocket | undefined;
  #head: Buffer = Buffer.alloc(0);
  #service: Service | undefined;

  constructor(pattern: Pattern, readBuffer: Buffer, forget: () => void) {
    this.#pattern = pattern;
    this.#readBuffer = readBuffer;
    this.#forget = forget;
  }

  serve(accepted: Socket): void {
    this.#socket = wrapAccepted(accepted, "direct", this);
    this.#socket.resume();
  }

  close(): void {
    this.#socket?.close();
  }

  readBuffer(): Buffer {
    return this.#readBuffer;
  }

  onData(buffer: Buffer, length: number): boolean {
    const chunk = buffer.subarray(0, length);
    if (this.#service === undefined) this.#begin(chunk);
    else this.#service.received(chunk);
    return true;
  }

  onEnd(): void {
    this.#socket?.end();
  }
  onDrain(): void {
    this.#service?.drained();
  }
  onConnected(): void {}
  onError(): void {}
  onClosed(): void {
    this.#forget();
  }

  #begin(chunk: Buffer): void {
    const socket = this.#socket;
    this.#head = Buffer.concat([this.#head, chunk]);
    if (socket === undefined || this.#head.length < PREAMBLE_BYTES) return;
    const preamble = decodePreamble(this.#head);
    if (preamble === undefined) {
      socket.close();
      return;
    }
    this.#service = serviceFor(preamble, socket, this.#pattern);
    if (this.#head.length > PREAMBLE_BYTES) this.#service.received(this.#head.subarray(PREAMBLE_BYTES));
    this.#head = Buffer.alloc(0);
  }
}

function serviceFor(preamble: Preamble, socket: RelaySocket, pattern: Pattern): Service {
  switch (preamble.mode) {
    case "echo":
      return echo(socket);
    case "sink":
      return sink(preamble, socket, pattern);
    case "source":
      return source(preamble, socket, pattern);
  }
}

/** The clients wait for each message to come back, so there is never much to hold. */
function echo(socket: RelaySocket): Service {
  return { received: (chunk) => socket.write(Buffer.from(chunk)), drained: () => {} };
}

function sink({ offset, transferBytes }: Preamble, socket: RelaySocket, pattern: Pattern): Service {
  let received = 0;
  let acknowledged = 0;
  const answer = (value: bigint): void => {
    const bytes = Buffer.alloc(ACKNOWLEDGEMENT_BYTES);
    bytes.writeBigUInt64LE(value);
    socket.write(bytes);
  };
  return {
    received: (chunk) => {
      if (!pattern.matchesAtEnds(offset + received, chunk, chunk.length)) answer(CORRUPTED);
      received += chunk.length;
      for (; received - acknowledged >= transferBytes; answer(BigInt(acknowledged))) acknowledged += transferBytes;
    },
    drained: () => {},
  };
}

function source({ offset, transferBytes }: Preamble, socket: RelaySocket, pattern: Pattern): Service {
  let sent = 0;
  let owed = 0;
  const send = (): void => {
    while (owed > 0 && socket.unsent === 0) {
      const length = Math.min(owed, Pattern.LONGEST);
      socket.write(pattern.slice(offset + sent, length));
      sent += length;
      owed -= length;
    }
  };
  return {
    received: (chunk) => {
      owed += chunk.length * transferBytes;
      send();
    },
    drained: send,
  };
}
