import { once } from "node:events";
import http from "node:http";
import { Duplex } from "node:stream";
import { expect } from "chai";
import fc from "fast-check";
import { requestHead, responseHead } from "../support/http-arbitraries.ts";
import { readBody } from "../support/http-bodies.ts";
import { latin1, type Read, requestReader, responseReader } from "../support/http-messages.ts";

/** A connection without network: reads as `text`, then goes on or ends; swallows what is written. */
function connectionOf(text: string, then: "goes on" | "ends"): Duplex {
  const connection = new Duplex({ read: () => {}, write: (_chunk, _encoding, done) => done() });
  connection.push(latin1(text));
  if (then === "ends") connection.push(null);
  return connection;
}

async function bodyOf(message: http.IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString("latin1");
}

const pairs = (rawHeaders: readonly string[]): string[][] =>
  Array.from({ length: rawHeaders.length / 2 }, (_, i) => rawHeaders.slice(2 * i, 2 * i + 2));

/** Our reading in the words of Node's. */
function ours(read: Read, body: (framing: string, length: number) => string): Record<string, unknown> {
  if (read === "more" || !("kind" in read)) throw new Error(JSON.stringify(read));
  const headers = read.fields.map(({ name, value }) => [name, value]);
  return { ...read, headers, body: body(String(read["framing"]), Number(read["contentLength"])) };
}

/** `body` as a message of this framing carries it. */
function framed(head: string, body: string): string {
  if (/^transfer-encoding:/im.test(head))
    return body === "" ? "0\r\n\r\n" : `${body.length.toString(16)};x=y\r\n${body}\r\n0\r\n\r\n`;
  const length = /^content-length:[ \t]*(\d+)/im.exec(head)?.[1];
  return length === undefined ? "" : "b".repeat(Number(length));
}

/** Without the tabs that llhttp does not take for blanks around the values it reads itself. */
const withoutTabs = (head: string): string =>
  head.replace(/^(content-length|transfer-encoding|connection):[ \t]*(.*?)[ \t]*\r$/gim, "$1: $2\r");

const framing = (value: string): "length" | "chunked" | "none" | "until-close" =>
  value === "length" || value === "chunked" || value === "until-close" ? value : "none";

const unframe = (text: string, from: number, how: string, length: number): string =>
  readBody(text.slice(from), { framing: framing(how), length, out: { chunks: "strip" } }).passed ?? "refused";

const bodies = fc.uint8Array({ maxLength: 30 }).map((bytes) => Buffer.from(bytes).toString("latin1"));
const methods = fc.constantFrom("GET", "POST", "PUT", "DELETE", "PATCH");

describe("HTTP messages that are in order", () => {
  it("are requests that Node's own parser reads as we do", async () => {
    const server = http.createServer();
    await fc.assert(
      fc.asyncProperty(requestHead(methods), bodies, async ({ text: raw }, body) => {
        const head = withoutTabs(raw);
        const text = head + framed(head, body);
        const arrived = once(server, "request");
        const connection = connectionOf(text, "goes on");
        server.emit("connection", connection);
        const [request, answer] = (await arrived) as [http.IncomingMessage, http.ServerResponse];
        const theirs = {
          method: request.method,
          target: request.url,
          keepAlive: answer.shouldKeepAlive,
          headers: pairs(request.rawHeaders),
          body: await bodyOf(request),
        };
        connection.destroy();
        const read = requestReader().whole(latin1(text));
        const length = read === "more" ? 0 : "length" in read ? Number(read["length"]) : 0;
        expect(ours(read, (how, bytes) => unframe(text, length, how, bytes))).to.deep.include(theirs);
      }),
      { numRuns: 300 },
    );
    server.close();
  });

  it("are responses that Node's own parser reads as we do", async () => {
    await fc.assert(
      fc.asyncProperty(responseHead, bodies, fc.constantFrom("GET", "HEAD"), async ({ text: raw }, body, method) => {
        const head = withoutTabs(raw);
        const bodiless = method === "HEAD" || /^HTTP\/1.1 (?:204|304)/.test(head);
        const text = bodiless
          ? head
          : head + (framed(head, body) || (/^(?:content-length|transfer-encoding):/im.test(head) ? "" : body));
        const request = http.request({ method, createConnection: () => connectionOf(text, "ends") });
        const arrived = once(request, "response");
        request.end();
        const [response] = (await arrived) as [http.IncomingMessage];
        const theirs = {
          status: response.statusCode,
          headers: pairs(response.rawHeaders),
          body: await bodyOf(response),
        };
        const read = responseReader({ head: method === "HEAD" }).whole(latin1(text));
        const length = read === "more" ? 0 : "length" in read ? Number(read["length"]) : 0;
        const mine = ours(read, (how, bytes) => unframe(text, length, how, bytes));
        expect(mine).to.deep.include(theirs);
        expect(String(mine["reason"])).to.equal(response.statusMessage);
      }),
      { numRuns: 300 },
    );
  });
});
