import type { Agent, IncomingMessage } from "node:http";
import { type Answer, WebClient } from "./web-client.ts";

const ACCEPT = "application/json, text/event-stream";

/** The answer was a status that says that the session is gone, or that there is none. */
export class McpRefused extends Error {
  readonly status: number;

  constructor(status: number) {
    super(`the server answered with ${status}`);
    this.status = status;
  }
}

/** A client of the Model Context Protocol: no cookies, only the session id that it was given. */
export class McpClient {
  readonly #http: WebClient;
  readonly #accept: string;
  #sessionId: string | undefined;
  #calls = 0;

  /** @param streams takes answers as event streams too */
  constructor({ port, agent, streams = true }: { port: number; agent?: Agent; streams?: boolean }) {
    this.#http = new WebClient({ port, keepsCookies: false, ...(agent === undefined ? {} : { agent }) });
    this.#accept = streams ? ACCEPT : "application/json";
  }

  get sessionId(): string | undefined {
    return this.#sessionId;
  }

  /** Begins a session; resolves with the name of the server. */
  async initialize(): Promise<string> {
    this.#sessionId = undefined;
    const answer = await this.#post({ id: ++this.#calls, method: "initialize", params: {} });
    const id = answer.headers["mcp-session-id"];
    this.#sessionId = typeof id === "string" ? id : undefined;
    await this.#post({ method: "notifications/initialized" });
    return (resultOf(answer) as { serverInfo: { name: string } }).serverInfo.name;
  }

  /** Notes a text down; resolves with the name of the server and all notes: `app1: one two`. */
  async note(text: string): Promise<string> {
    const params = { name: "note", arguments: { text } };
    const answer = await this.#post({ id: ++this.#calls, method: "tools/call", params });
    return (resultOf(answer) as { content: readonly [{ text: string }] }).content[0].text;
  }

  /** Opens the stream on which the server tells of changes. The caller destroys it. */
  async listen(): Promise<IncomingMessage> {
    const stream = await this.#http.open("GET", "/mcp", { headers: this.#headers("text/event-stream") });
    if (stream.statusCode !== 200) {
      stream.destroy();
      throw new McpRefused(stream.statusCode ?? 0);
    }
    return stream.setEncoding("utf8");
  }

  /** Ends the session; resolves with the status. */
  async end(): Promise<number> {
    return (await this.#http.request("DELETE", "/mcp", { headers: this.#headers(this.#accept) })).status;
  }

  #headers(accept: string): Record<string, string> {
    return { accept, ...(this.#sessionId === undefined ? {} : { "mcp-session-id": this.#sessionId }) };
  }

  async #post(call: Readonly<Record<string, unknown>>): Promise<Answer> {
    const answer = await this.#http.post("/mcp", {
      headers: { ...this.#headers(this.#accept), "content-type": "application/json" },
      body: JSON.stringify({ jsonrpc: "2.0", ...call }),
    });
    if (answer.status >= 400) throw new McpRefused(answer.status);
    return answer;
  }
}

function resultOf({ headers, body }: Answer): unknown {
  const isStream = headers["content-type"] === "text/event-stream";
  const json = isStream ? (/^data: (.*)$/m.exec(body)?.[1] ?? "") : body;
  return (JSON.parse(json) as { readonly result: unknown }).result;
}
