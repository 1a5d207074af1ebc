import net from "node:net";
import { getSystemErrorName } from "node:util";

/** What Node hands to libuv with a write, and is called back on when the kernel takes the bytes later. */
interface WriteRequest {
  oncomplete?: (status: number) => void;
  /** Negative while it belongs to no write. */
  getAsyncId(): number;
}

type WriteRequestClass = new () => WriteRequest;

/** The handle below a socket. */
interface TextHandle {
  /** 0, or the negative number of an error. */
  writeLatin1String(request: object, text: string): number;
}

/** Who has written a text that the kernel did not take at once. */
export interface TextSender {
  /** The kernel has taken `bytes` of it, its rest included; or, when `failure` is there, never will. */
  onTextSent(bytes: number, failure: Error | undefined): void;
}

/**
 * Writes texts to the handles of sockets, past the streams above them. Node makes a request object for each write, and the
 * stream keeps account of it and announces its end in an event, although libuv nearly always hands a short text to the kernel at
 * once and needs none of that. So one request object serves write after write here; only when the kernel did not take
 * everything at once does it stay with that write, and the next one gets a new one.
 *
 * Relies on internals of Node 20, 22 and 24, and asks for them before it uses them. Node 26 writes without a request object
 * itself.
 */
export class TextWriter {
  readonly #requestClass: WriteRequestClass;
  #request: WriteRequest;
  /** Handles are as expected; undefined before the first was seen. */
  #fits: boolean | undefined;

  private constructor(requestClass: WriteRequestClass) {
    this.#requestClass = requestClass;
    this.#request = new requestClass();
  }

  /** Undefined when Node's internals are not as expected: then texts go through the streams. */
  static create(): TextWriter | undefined {
    const requestClass = findRequestClass();
    return requestClass === undefined ? undefined : new TextWriter(requestClass);
  }

  /**
   * Writes each char code as one byte, behind all that was written before. What cannot be written past the stream goes through it.
   * Errors reach the socket's `error` event.
   *
   * @returns the bytes that `sender` will hear of, as the kernel did not take them all at once; mostly 0
   */
  write(socket: net.Socket, text: string, sender: TextSender): number {
    const handle = this.#handleOf(socket);
    if (handle === undefined) {
      socket.write(text, "latin1");
      return 0;
    }
    const request = this.#request;
    const status = handle.writeLatin1String(request, text);
    if (status !== 0) {
      socket.destroy(writeError(status));
      return 0;
    }
    // Not the length of the queue: libuv tries a second time, which may empty it, and calls back all the same. To write with a
    // request that waits for that ends the process.
    if (request.getAsyncId() < 0) return 0;
    const bytes = text.length;
    request.oncomplete = (later) => sender.onTextSent(bytes, later < 0 ? writeError(later) : undefined);
    this.#request = new this.#requestClass();
    return bytes;
  }

  /** What is in the stream has to go first; an ended one says so itself. */
  #handleOf(socket: net.Socket): TextHandle | undefined {
    const { _handle: handle } = socket as unknown as { readonly _handle?: TextHandle | null };
    if (handle === undefined || handle === null || socket.connecting) return undefined;
    if (socket.writableLength > 0 || socket.writableEnded) return undefined;
    this.#fits ??= typeof handle.writeLatin1String === "function";
    return this.#fits ? handle : undefined;
  }
}

/** Node does not export the class of its requests: a socket around a handle of ours is given one to write with. */
function findRequestClass(): WriteRequestClass | undefined {
  let given: object | undefined;
  const handle = {
    writeLatin1String: (request: object): number => {
      given = request;
      return 0;
    },
  };
  try {
    new net.Socket({ handle, manualStart: true } as net.SocketConstructorOpts).write("?", "latin1");
  } catch {
    return undefined;
  }
  const requestClass = given?.constructor;
  return isRequestClass(requestClass) ? requestClass : undefined;
}

function isRequestClass(found: unknown): found is WriteRequestClass {
  return typeof found === "function" && found !== Object && typeof found.prototype.getAsyncId === "function";
}

function writeError(status: number): Error {
  const code = getSystemErrorName(status);
  return Object.assign(new Error(`write ${code}`), { code, errno: status, syscall: "write" });
}
