import type { NetConnectOpts } from "node:net";
import { type Ending, TestClient } from "../test-client.ts";

/** One field line after the other, as they came. */
export type FieldLines = readonly (readonly [name: string, value: string])[];

export interface Received {
  readonly status: number;
  readonly fields: FieldLines;
  /** latin1 */
  readonly body: string;
}

export interface Ask {
  readonly method?: string;
  readonly target?: string;
  /** As written, without the Host line, which is there already. */
  readonly fields?: readonly string[];
  /** latin1; sent with its Content-Length, also when it is empty. */
  readonly body?: string;
  readonly version?: "1.0" | "1.1";
}

/** A request as it goes over the wire. */
export function requestText({ method = "GET", target = "/", fields = [], body, version = "1.1" }: Ask): string {
  const length = body === undefined ? [] : [`Content-Length: ${body.length}`];
  return [`${method} ${target} HTTP/${version}`, "Host: shop.test", ...fields, ...length, "", body ?? ""].join("\r\n");
}

/** All values of a field, in order. */
export function fieldsOf({ fields }: { readonly fields: FieldLines }, name: string): readonly string[] {
  return fields.filter(([each]) => each.toLowerCase() === name.toLowerCase()).map(([, value]) => value);
}

/** The value of a field, the values of several lines joined; undefined when there is none. */
export function fieldOf(message: { readonly fields: FieldLines }, name: string): string | undefined {
  const values = fieldsOf(message, name);
  return values.length === 0 ? undefined : values.join(", ");
}

/** `name=value` of the last Set-Cookie for this name; undefined when there is none. */
export function cookieSet(message: { readonly fields: FieldLines }, name = "lengket"): string | undefined {
  return fieldsOf(message, "set-cookie")
    .map((line) => line.split(";")[0] ?? "")
    .findLast((pair) => pair.startsWith(`${name}=`));
}

/** An HTTP/1.1 client that sends what it is told, in the pieces it is told, and reads answers one after the other. */
export class HttpClient {
  readonly wire: TestClient;

  private constructor(wire: TestClient) {
    this.wire = wire;
  }

  static async open(options: NetConnectOpts): Promise<HttpClient> {
    const wire = await TestClient.open(options);
    wire.socket.setNoDelay(true);
    return new HttpClient(wire);
  }

  /** How the other side ended the connection. */
  get ended(): Promise<Ending> {
    return this.wire.ended;
  }

  send(what: Ask | string): void {
    this.wire.socket.write(typeof what === "string" ? what : requestText(what), "latin1");
  }

  /** Sends a request and reads its answer. */
  ask(what: Ask): Promise<Received> {
    this.send(what);
    return this.answer(what.method === "HEAD");
  }

  /** The next answer, whole. Rejects when the connection ends before, as a client has to that knows how long it is. */
  async answer(isHead = false): Promise<Received> {
    const status = Number((await this.#line()).split(" ")[1]);
    const fields: [string, string][] = [];
    for (let line = await this.#line(); line !== ""; line = await this.#line()) {
      const colon = line.indexOf(":");
      fields.push([line.slice(0, colon), line.slice(colon + 1).trim()]);
    }
    const hasBody = !isHead && status >= 200 && status !== 204 && status !== 304;
    return { status, fields, body: hasBody ? await this.#body({ fields }) : "" };
  }

  /** Everything up to the end of the connection. */
  rest(): Promise<string> {
    return this.wire.rest();
  }

  close(): void {
    this.wire.close();
  }

  async #body(head: { readonly fields: FieldLines }): Promise<string> {
    if (fieldOf(head, "transfer-encoding") !== undefined) return this.#chunks();
    const length = fieldOf(head, "content-length");
    if (length === undefined) return this.wire.rest();
    return (await this.wire.read(Number(length))).toString("latin1");
  }

  async #chunks(): Promise<string> {
    let body = "";
    for (;;) {
      const size = Number.parseInt(await this.#line(), 16);
      if (!(size >= 0)) throw new Error("no chunk size");
      const chunk = (await this.wire.read(size + 2)).toString("latin1");
      if (!chunk.endsWith("\r\n")) throw new Error("a chunk has no end");
      if (size === 0) return body;
      body += chunk.slice(0, -2);
    }
  }

  async #line(): Promise<string> {
    const line = await this.wire.line();
    if (!line.endsWith("\r")) throw new Error(`a line without CR: ${line.slice(0, 200)}`);
    return line.slice(0, -1);
  }
}

/** One request on a connection of its own. */
export async function askOnce(options: NetConnectOpts, what: Ask = {}): Promise<Received> {
  const client = await HttpClient.open(options);
  try {
    return await client.ask(what);
  } finally {
    client.close();
  }
}
