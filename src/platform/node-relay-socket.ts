import net from "node:net";
import type { Endpoint } from "../model/client-key.ts";
import { endpointOf } from "./endpoint-of.ts";
import type { RelaySocket, SocketHandler } from "./relay-socket.ts";
import { endedSelfConnection, hiddenReset, isTcp, lastWords, resetConnection } from "./socket-quirks.ts";
import type { TextSender } from "./text-writer.ts";
import type { BatchedWriter, WriteBatch } from "./write-batch.ts";

/** Leads from Node's socket to ours. */
export const owner = Symbol("relay socket");
export type OwnedSocket = net.Socket & { [owner]?: NodeRelaySocket };

export function onConnect(this: OwnedSocket): void {
  const relaySocket = this[owner];
  if (relaySocket === undefined) return;
  const refused = endedSelfConnection(this, relaySocket.dialedPort);
  if (refused === undefined) relaySocket.handler.onConnected();
  else relaySocket.handler.onError(refused);
}
function onEnd(this: OwnedSocket): void {
  const relaySocket = this[owner];
  const reset = hiddenReset(this);
  if (reset === undefined) relaySocket?.handler.onEnd();
  else relaySocket?.handler.onError(reset);
}
function onDrain(this: OwnedSocket): void {
  this[owner]?.onDrain();
}
function onError(this: OwnedSocket, error: Error): void {
  this[owner]?.fail(error);
}
/** In the place of Node's own. */
export function destroyAfterLastWords(
  this: OwnedSocket,
  error: Error | null,
  done: (error?: Error | null) => void,
): void {
  if (error !== null && "syscall" in error && error.syscall === "write") this[owner]?.hearLastWords();
  net.Socket.prototype._destroy.call(this, error, done);
}
function onClose(this: OwnedSocket): void {
  this[owner]?.handler.onClosed();
}
export function onStreamData(this: OwnedSocket, chunk: Buffer): void {
  const relaySocket = this[owner];
  if (relaySocket !== undefined && !relaySocket.handler.onData(chunk, chunk.length)) this.pause();
}

/** A relay socket around one of Node's. */
export class NodeRelaySocket implements RelaySocket, BatchedWriter, TextSender {
  handler: SocketHandler;
  /** Where it was to connect to; 0 for an accepted one. */
  readonly dialedPort: number;
  readonly #socket: net.Socket;
  readonly #batch: WriteBatch | undefined;
  /** Text that waits for the end of the turn. */
  #heldBack = "";
  /** Bytes of a text that was written past the stream and that the kernel has not taken. */
  #textUnderWay = 0;
  /** What the peer had said when a write failed. That write stays unsent. */
  #lastWords: Buffer | undefined;
  /** What to do when everything is sent. */
  #whenSent: "end" | "close" | undefined;

  constructor(socket: OwnedSocket, handler: SocketHandler, batch: WriteBatch | undefined, dialedPort = 0) {
    this.handler = handler;
    this.#batch = batch;
    this.dialedPort = dialedPort;
    this.#socket = socket;
    socket[owner] = this;
    socket.on("end", onEnd);
    socket.on("drain", onDrain);
    socket.on("error", onError);
    socket.on("close", onClose);
  }

  get remote(): Endpoint | undefined {
    const { remoteAddress, remotePort } = this.#socket;
    // A unix socket has no address either, but it may be trusted for that.
    if (remoteAddress === undefined && isTcp(this.#socket)) return undefined;
    return endpointOf(remoteAddress, remotePort);
  }

  get local(): Endpoint {
    return endpointOf(this.#socket.localAddress, this.#socket.localPort);
  }

  get unsent(): number {
    if (this.#lastWords !== undefined) return 1;
    return this.#socket.writableLength + this.#textUnderWay;
  }

  get writeBacklog(): number {
    const handle = (this.#socket as unknown as { _handle?: { writeQueueSize?: number } | null })._handle;
    return handle?.writeQueueSize ?? this.unsent;
  }

  write(bytes: Uint8Array): void {
    this.flush();
    this.#socket.write(bytes);
  }

  writeLatin1(text: string): void {
    if (this.#heldBack !== "") this.#heldBack += text;
    else if (this.#batch?.holds() !== true) this.#writeText(text);
    else {
      this.#heldBack = text;
      this.#batch.add(this);
    }
  }

  flush(): void {
    const text = this.#heldBack;
    if (text === "") return;
    this.#heldBack = "";
    if (!this.#socket.destroyed) this.#writeText(text);
  }

  #writeText(text: string): void {
    const writer = this.#batch?.writer;
    if (writer === undefined) this.#socket.write(text, "latin1");
    else this.#textUnderWay += writer.write(this.#socket, text, this);
  }

  onTextSent(bytes: number, failure: Error | undefined): void {
    this.#textUnderWay -= bytes;
    if (this.#socket.destroyed) return;
    if (failure !== undefined) this.#socket.destroy(failure);
    else this.onDrain();
  }

  /** A write has failed, and the socket is about to be closed. */
  hearLastWords(): void {
    this.#lastWords = lastWords(this.#socket);
  }

  /** The socket is gone. */
  fail(error: Error): void {
    this.handler.onError(error, this.#lastWords);
  }

  /** The kernel has taken what was written past the stream, or everything in it. */
  onDrain(): void {
    if (this.unsent > 0) return;
    this.handler.onDrain();
    if (this.#whenSent === "close") this.#socket.destroySoon();
    else if (this.#whenSent === "end") this.#socket.end();
  }

  // Node would take either at once and then could no longer `reset`: a peer that never takes the rest would see a FIN.
  end(): void {
    this.flush();
    if (this.unsent === 0) this.#socket.end();
    else this.#whenSent ??= "end";
  }

  endAndClose(): void {
    this.flush();
    // The kernel has everything: closing sends the FIN behind it, without a call of its own.
    if (this.unsent === 0) this.#socket.destroy();
    else this.#whenSent = "close";
  }

  resume(): void {
    this.#socket.resume();
  }

  reset(): void {
    this.flush();
    resetConnection(this.#socket);
  }

  close(): void {
    this.flush();
    this.#socket.destroy();
  }
}
