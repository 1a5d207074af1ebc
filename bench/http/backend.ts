import type { Socket } from "node:net";
import { type RelaySocket, type SocketHandler, wrapAccepted } from "../../src/platform/relay-socket.ts";
import {
  type BackendConnection,
  type BackendServers,
  READ_BUFFER_BYTES,
  startServers,
} from "../support/backend-servers.ts";
import { Pattern } from "../support/pattern.ts";
import { LARGE_BYTES, pageOffset, pathOf, SMALL_BYTES } from "./shop.ts";

const HEAD_END = "\r\n\r\n";
const UPLOAD = /^POST \/uploads\/(\d+) HTTP\/1\.1(?=\r\n).*\r\ncontent-length: *(\d+)\r\n/is;

/** Starts an HTTP server on a free port of each host; the first is backend 0. It knows no more HTTP than the balancers send it. */
export function startHttpBackend(hosts: readonly string[], seed: number): Promise<BackendServers> {
  const pattern = new Pattern(seed);
  const readBuffer = Buffer.allocUnsafe(READ_BUFFER_BYTES);
  const pages = hosts.map((_, backend) => new Pages(pattern, backend));
  return startServers(hosts, (backend, forget) => {
    const own = pages[backend];
    if (own === undefined) throw new Error(`there is no backend ${backend}`);
    return new Connection(own, pattern, readBuffer, forget);
  });
}

/** An answer, and the same with which a connection ends. */
interface Page {
  readonly usual: Buffer;
  readonly last: Buffer;
}

/** The answers of one backend, made once. */
class Pages {
  readonly #pages = new Map<string, Page>();
  /** The answer to an upload that arrived as it was sent. */
  readonly thanks: Page;

  constructor(pattern: Pattern, backend: number) {
    const page = (bytes: number, ...more: readonly string[]): Buffer => {
      const body = pattern.slice(pageOffset(backend), bytes);
      const head = [
        "HTTP/1.1 200 OK",
        "Server: shop",
        "Date: Sun, 22 Nov 2026 08:49:37 GMT",
        "Content-Type: text/html; charset=utf-8",
        "Vary: Accept-Encoding",
        `ETag: "65f2-${bytes}"`,
        `X-Backend: ${backend}`,
        `Content-Length: ${bytes}`,
        ...more,
      ];
      return Buffer.concat([Buffer.from(head.join("\r\n") + HEAD_END), body]);
    };
    const both = (bytes: number): Page => ({ usual: page(bytes), last: page(bytes, "Connection: close") });
    this.thanks = both(SMALL_BYTES);
    for (const bytes of [SMALL_BYTES, LARGE_BYTES]) this.#pages.set(`GET ${pathOf(bytes)} `, both(bytes));
  }

  /** @param head a whole request head as text */
  find(head: string): Page | undefined {
    return this.#pages.get(head.slice(0, head.indexOf(" HTTP/") + 1));
  }
}

/** Answers one request after the other. What it does not expect, such as a port check or a changed upload, is hung up on. */
class Connection implements BackendConnection, SocketHandler {
  readonly #pages: Pages;
  readonly #pattern: Pattern;
  readonly #readBuffer: Buffer;
  readonly #forget: () => void;
  #socket: RelaySocket | undefined;
  #early: Buffer = Buffer.alloc(0);
  /** What is still to come of an upload, and which bytes of the pattern. */
  #bodyLeft = 0;
  #bodyPosition = 0;
  #last = false;

  constructor(pages: Pages, pattern: Pattern, readBuffer: Buffer, forget: () => void) {
    this.#pages = pages;
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
    if (this.#bodyLeft > 0) this.#body(chunk);
    else this.#head(this.#early.length === 0 ? chunk : Buffer.concat([this.#early, chunk]));
    return true;
  }

  onEnd(): void {
    this.#socket?.end();
  }
  onDrain(): void {}
  onConnected(): void {}
  onError(): void {}
  onClosed(): void {
    this.#forget();
  }

  #head(bytes: Buffer): void {
    const end = bytes.indexOf(HEAD_END, 0, "latin1");
    if (end < 0) {
      this.#early = Buffer.from(bytes);
      return;
    }
    this.#early = Buffer.alloc(0);
    const head = bytes.toString("latin1", 0, end + 2);
    const rest = bytes.subarray(end + HEAD_END.length);
    this.#last = head.includes("onnection: close");
    const page = this.#pages.find(head);
    if (page !== undefined && rest.length === 0) {
      this.#answer(page);
      return;
    }
    const [, offset, length] = UPLOAD.exec(head) ?? [];
    this.#bodyPosition = Number(offset);
    this.#bodyLeft = Number(length);
    if (this.#bodyLeft > 0) this.#body(rest);
    else this.close();
  }

  #body(bytes: Buffer): void {
    if (bytes.length > this.#bodyLeft || !this.#pattern.matchesAtEnds(this.#bodyPosition, bytes, bytes.length)) {
      this.close();
      return;
    }
    this.#bodyPosition += bytes.length;
    this.#bodyLeft -= bytes.length;
    if (this.#bodyLeft === 0) this.#answer(this.#pages.thanks);
  }

  /** The client waits for it, so there is never much to hold. */
  #answer(page: Page): void {
    this.#socket?.write(this.#last ? page.last : page.usual);
    if (this.#last) this.#socket?.end();
  }
}
