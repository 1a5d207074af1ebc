import type { ConnectionRecord } from "../model/connection-record.ts";
import { decodeProxyHeader } from "../proxy-protocol/decode.ts";
import type { ProxyHeader } from "../proxy-protocol/header.ts";

/** What the first bytes of a connection turned out to be. */
export type FirstBytes =
  | { readonly kind: "header"; readonly header: ProxyHeader; readonly rest: Buffer | undefined }
  /** No PROXY header; `rest` is what was read, the client's own bytes. */
  | { readonly kind: "no-header"; readonly rest: Buffer | undefined }
  | { readonly kind: "bad"; readonly cause: ConnectionRecord["cause"] };

/** Collects the first bytes of a connection from a trusted proxy until they are a PROXY header, or cannot be one. */
export class HeaderReader {
  readonly #required: boolean;
  #collected: Buffer = Buffer.alloc(0);

  constructor(required: boolean) {
    this.#required = required;
  }

  /** Copies `chunk`. Returns undefined while more bytes are needed. */
  push(chunk: Uint8Array): FirstBytes | undefined {
    this.#collected = Buffer.concat([this.#collected, chunk]);
    const result = decodeProxyHeader(this.#collected);
    switch (result.kind) {
      case "need-more":
        return undefined;
      case "header":
        return { kind: "header", header: result.header, rest: this.#rest(result.length) };
      case "absent":
        return this.#required
          ? { kind: "bad", cause: "proxy-header-missing" }
          : { kind: "no-header", rest: this.#rest(0) };
      case "malformed":
        return { kind: "bad", cause: "proxy-header-malformed" };
    }
  }

  /** The peer ended, or the deadline passed, with the header incomplete. A silent client is fine when it is optional. */
  giveUp(cause: ConnectionRecord["cause"]): FirstBytes {
    if (!this.#required && this.#collected.length === 0) return { kind: "no-header", rest: undefined };
    return { kind: "bad", cause };
  }

  #rest(from: number): Buffer | undefined {
    return from < this.#collected.length ? this.#collected.subarray(from) : undefined;
  }
}
