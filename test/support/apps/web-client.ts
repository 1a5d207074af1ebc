import { Agent, type IncomingHttpHeaders, type IncomingMessage, type OutgoingHttpHeaders, request } from "node:http";
import { CookieJar } from "./cookie-jar.ts";

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly setCookies: readonly string[];
  readonly body: string;
}

export interface WebClientOptions {
  readonly port: number;
  /** Its own address; 127.0.0.1 unless given. */
  readonly from?: string;
  /** Shared with others, as the visitors behind a proxy share its connections; a connection per request unless given. */
  readonly agent?: Agent;
  /** Sent with every request. */
  readonly headers?: OutgoingHttpHeaders;
  /** It keeps cookies, as browsers do; true unless given. */
  readonly keepsCookies?: boolean;
}

export interface RequestOptions {
  readonly headers?: OutgoingHttpHeaders;
  readonly body?: string;
}

/** One visitor: an HTTP client on 127.0.0.1 with cookies of its own. */
export class WebClient {
  readonly jar = new CookieJar();
  readonly #options: WebClientOptions;
  #port: number;

  constructor(options: WebClientOptions) {
    this.#options = options;
    this.#port = options.port;
  }

  /** Goes on at another port of the host. Cookies do not know ports (RFC 6265, section 8.5). */
  moveTo(port: number): void {
    this.#port = port;
  }

  get(path: string, options: RequestOptions = {}): Promise<Answer> {
    return this.request("GET", path, options);
  }

  post(path: string, options: RequestOptions = {}): Promise<Answer> {
    return this.request("POST", path, options);
  }

  async request(method: string, path: string, options: RequestOptions = {}): Promise<Answer> {
    const message = await this.open(method, path, options);
    const chunks: Buffer[] = [];
    for await (const chunk of message) chunks.push(chunk as Buffer);
    return { ...answerHead(message), body: Buffer.concat(chunks).toString("utf8") };
  }

  /** As `request`, but the answer is still to be read. */
  open(method: string, path: string, { headers = {}, body = "" }: RequestOptions = {}): Promise<IncomingMessage> {
    const { agent, from, keepsCookies = true } = this.#options;
    const cookie = keepsCookies ? this.jar.header : undefined;
    return new Promise((resolve, reject) => {
      const sent = request(
        {
          ...{ host: "127.0.0.1", port: this.#port, method, path, agent: agent ?? false },
          ...(from === undefined ? {} : { localAddress: from }),
          headers: {
            ...(cookie === undefined ? {} : { cookie }),
            ...(body === "" ? {} : { "content-length": Buffer.byteLength(body) }),
            ...this.#options.headers,
            ...headers,
          },
        },
        (message) => {
          if (keepsCookies) this.jar.take(answerHead(message).setCookies);
          resolve(message);
        },
      );
      sent.on("error", reject);
      sent.end(body);
    });
  }
}

/** A few kept connections that all who are given it share. Whoever made it destroys it. */
export function sharedConnections(count: number): Agent {
  return new Agent({ keepAlive: true, maxSockets: count });
}

function answerHead(message: IncomingMessage): Omit<Answer, "body"> {
  const { statusCode = 0, headers } = message;
  return { status: statusCode, headers, setCookies: headers["set-cookie"] ?? [] };
}
