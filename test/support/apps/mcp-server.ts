import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";

/** What a client calls: JSON-RPC 2.0, as far as these tests need it. */
interface Call {
  readonly jsonrpc: "2.0";
  readonly id?: number;
  readonly method: string;
  readonly params?: { readonly name?: string; readonly arguments?: { readonly text?: string } };
}

interface McpSession {
  readonly notes: string[];
  /** The stream on which the client wants to be told of changes (GET). */
  events: ServerResponse | undefined;
}

/**
 * A server of the Model Context Protocol over streamable HTTP (its specification, "Transports", "Session Management"), with
 * the sessions in its own memory: `initialize` is answered with an `Mcp-Session-Id`, everything without one gets 400, and
 * with one that it does not know 404. Its only tool notes a text down and returns all notes, as an event stream when the
 * client accepts one.
 */
export function mcpServer(id: string): Server {
  const sessions = new Map<string, McpSession>();
  let created = 0;
  const answer = (request: IncomingMessage, response: ServerResponse, body: string): void => {
    const { "mcp-session-id": sessionId } = request.headers;
    const call = request.method === "POST" ? (JSON.parse(body) as Call) : undefined;
    const session = typeof sessionId === "string" ? sessions.get(sessionId) : undefined;
    if (call?.method === "initialize") {
      const name = `${id}-${++created}`;
      sessions.set(name, { notes: [], events: undefined });
      response.setHeader("Mcp-Session-Id", name);
      sendResult(request, response, call, { protocolVersion: "2025-03-26", serverInfo: { name: id } });
    } else if (session === undefined) {
      response.writeHead(sessionId === undefined ? 400 : 404).end();
    } else if (request.method === "GET") {
      session.events = response;
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.write(": open\n\n");
    } else if (request.method === "DELETE") {
      sessions.delete(String(sessionId));
      session.events?.end();
      response.writeHead(204).end();
    } else if (call?.id === undefined) {
      response.writeHead(202).end();
    } else {
      session.notes.push(call.params?.arguments?.text ?? "");
      session.events?.write(eventOf({ jsonrpc: "2.0", method: "notifications/resources/list_changed" }));
      const text = `${id}: ${session.notes.join(" ")}`;
      sendResult(request, response, call, { content: [{ type: "text", text }] });
    }
  };
  return createServer((request, response) => {
    let body = "";
    request.setEncoding("utf8");
    request.on("data", (text: string) => {
      body += text;
    });
    request.on("end", () => answer(request, response, body));
  });
}

function sendResult(request: IncomingMessage, response: ServerResponse, call: Call, result: unknown): void {
  const message = { jsonrpc: "2.0", id: call.id, result };
  if (request.headers.accept?.includes("text/event-stream") === true) {
    response.writeHead(200, { "content-type": "text/event-stream" }).end(eventOf(message));
  } else {
    response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(message));
  }
}

function eventOf(message: unknown): string {
  return `event: message\ndata: ${JSON.stringify(message)}\n\n`;
}
