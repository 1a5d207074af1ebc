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
  const answer = (request: IncomingMessage, response: ServerResponse, body: string): void => {
    const { "mcp-session-id": sessionId } = request.headers;
    const call = request.method === "POST" ? (JSON.parse(body) as Call) : undefined;
    if (call?.method === "initialize") {
      const created = `${id}-${sessions.size + 1}`;
      sessions.set(created, { notes: [], events: undefined });
      response.setHeader("Mcp-Session-Id", created);
      return sendResult(request, response, call, { protocolVersion: "2025-03-26", serverInfo: { name: id } });
    }
    if (typeof sessionId !== "string") return sendStatus(response, 400);
    const session = sessions.get(sessionId);
    if (session === undefined) return sendStatus(response, 404);
    if (request.method === "GET") {
      session.events = response;
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.write(": open\n\n");
      return;
    }
    if (request.method === "DELETE") {
      sessions.delete(sessionId);
      session.events?.end();
      return sendStatus(response, 204);
    }
    if (call?.id === undefined) return sendStatus(response, 202);
    session.notes.push(call.params?.arguments?.text ?? "");
    session.events?.write(eventOf({ jsonrpc: "2.0", method: "notifications/resources/list_changed" }));
    const text = `${id}: ${session.notes.join(" ")}`;
    sendResult(request, response, call, { content: [{ type: "text", text }] });
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

function sendStatus(response: ServerResponse, status: number): void {
  response.writeHead(status).end();
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
