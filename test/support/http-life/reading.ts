import type { FakeRelaySocket } from "../fake-relay-socket.ts";
import type { LifeAnswer } from "./answers.ts";
import type { LifeRequest } from "./requests.ts";

/** What a client made of the bytes that it got. */
export interface ClientReading {
  /** Of the final answers whose heads it got, in order. */
  readonly statuses: readonly number[];
  /** Answers that it took for complete. */
  readonly complete: number;
  /** The last one said that the connection closes. */
  readonly closes: boolean;
  /** Of the tunnel, behind 101. */
  readonly tunnel: Buffer | undefined;
  /** The backend's answer to the request behind whose 101 the tunnel is. */
  readonly upgradedBy: string | undefined;
}

interface Head {
  readonly status: number;
  readonly lines: ReadonlyMap<string, string>;
  readonly end: number;
}

interface Body {
  readonly data: Buffer;
  readonly isComplete: boolean;
  readonly end: number;
}

/** Reads as a client would, and checks every byte. @throws Error for what no client may ever get */
export function readAsClient(
  socket: FakeRelaySocket,
  requests: readonly LifeRequest[],
  answers: ReadonlyMap<string, LifeAnswer>,
): ClientReading {
  const bytes = socket.received;
  const statuses: number[] = [];
  let complete = 0;
  let at = 0;
  let last: Head | undefined;
  const closes = (): boolean => last?.lines.get("connection") === "close";
  for (let index = 0; at < bytes.length; ) {
    const head = readHead(bytes, at);
    if (head === undefined) break;
    if (closes()) fail("an answer behind Connection: close", bytes, at);
    const request = requests[index];
    const minorVersion = request?.plan.minorVersion ?? 1;
    at = head.end;
    if (head.status < 200 && head.status !== 101) {
      if (minorVersion === 0) fail("an interim answer for HTTP/1.0", bytes, at);
      continue;
    }
    statuses.push(head.status);
    const answer = answerOf(head, answers, request);
    if (head.status === 101) {
      return { statuses, complete: complete + 1, closes: false, tunnel: bytes.subarray(at), upgradedBy: answer?.name };
    }
    const body = readBody(bytes, head, request, socket.finSent);
    check(head, body, answer, bytes);
    // Nothing that was sent can have been taken for the beginning of a request.
    if (head.status === 400 && request?.plan.fault === undefined) fail("a refusal of what is in order", bytes, at);
    if (!body.isComplete) break;
    complete++;
    index++;
    at = body.end;
    last = head;
  }
  return { statuses, complete, closes: closes(), tunnel: undefined, upgradedBy: undefined };
}

function answerOf(
  head: Head,
  answers: ReadonlyMap<string, LifeAnswer>,
  request: LifeRequest | undefined,
): LifeAnswer | undefined {
  const name = head.lines.get("x-answer");
  if (name === undefined) return undefined;
  const answer = answers.get(name);
  if (answer === undefined) throw new Error(`an answer from nowhere: ${name}`);
  if (answer.requestId !== request?.id) throw new Error(`the answer ${name} to ${request?.id}`);
  if (answer.status !== head.status) throw new Error(`${name} has become ${head.status}`);
  return answer;
}

function check(head: Head, body: Body, answer: LifeAnswer | undefined, bytes: Buffer): void {
  if (answer === undefined) {
    if (head.status < 400) fail("an answer that is nobody's", bytes, 0);
    return;
  }
  const expected = answer.body.subarray(0, body.data.length);
  if (!expected.equals(body.data)) throw new Error(`${answer.name}: another body (${body.data.length} bytes)`);
  if (!body.isComplete) return;
  if (!answer.isWhole) throw new Error(`${answer.name} was cut, and looks whole`);
  if (body.data.length < answer.body.length) throw new Error(`${answer.name} looks whole, and is not`);
}

function readHead(bytes: Buffer, at: number): Head | undefined {
  const end = bytes.indexOf("\r\n\r\n", at);
  if (end < 0) {
    const start = bytes.toString("latin1", at, at + 9);
    if (!"HTTP/1.1 ".startsWith(start) && !start.startsWith("HTTP/1.1 ")) fail("no answer", bytes, at);
    return undefined;
  }
  const [first = "", ...lines] = bytes.toString("latin1", at, end).split("\r\n");
  const status = /^HTTP\/1\.1 (\d{3}) /.exec(first)?.[1];
  if (status === undefined) fail("no answer", bytes, at);
  const fields = lines.map((line): [string, string] => {
    const colon = line.indexOf(": ");
    return [line.slice(0, colon).toLowerCase(), line.slice(colon + 2)];
  });
  const named = new Map(fields);
  if (named.size < fields.length) fail("a field twice", bytes, at);
  return { status: Number(status), lines: named, end: end + 4 };
}

function readBody(bytes: Buffer, head: Head, request: LifeRequest | undefined, finSent: boolean): Body {
  const { status, lines, end } = head;
  // Of a head that is malformed or late nobody knows whether it was HEAD.
  const isOurLast = !lines.has("x-answer") && lines.get("connection") === "close" && bytes.length > end;
  if ((request?.plan.method === "HEAD" && !isOurLast) || status === 204 || status === 304) {
    return { data: Buffer.alloc(0), isComplete: true, end };
  }
  if (lines.get("transfer-encoding") === "chunked") return readChunks(bytes, end);
  const length = lines.get("content-length");
  if (length === undefined) return { data: bytes.subarray(end), isComplete: finSent, end: bytes.length };
  const until = end + Number(length);
  return { data: bytes.subarray(end, until), isComplete: until <= bytes.length, end: until };
}

function readChunks(bytes: Buffer, from: number): Body {
  const parts: Buffer[] = [];
  const body = (isComplete: boolean, end: number): Body => ({ data: Buffer.concat(parts), isComplete, end });
  for (let at = from; ; ) {
    const lineEnd = bytes.indexOf("\r\n", at);
    if (lineEnd < 0) return body(false, bytes.length);
    const line = bytes.toString("latin1", at, lineEnd);
    if (!/^[0-9a-f]{1,8}$/.test(line)) fail("no chunk", bytes, at);
    const size = Number.parseInt(line, 16);
    at = lineEnd + 2;
    if (size === 0) return body(bytes.toString("latin1", at, at + 2) === "\r\n", at + 2);
    parts.push(bytes.subarray(at, at + size));
    at += size;
    if (at >= bytes.length) return body(false, bytes.length);
    if (!"\r\n".startsWith(bytes.toString("latin1", at, at + 2))) fail("a chunk without its end", bytes, at);
    at += 2;
  }
}

function fail(what: string, bytes: Buffer, at: number): never {
  throw new Error(`${what} at ${at}: ${JSON.stringify(bytes.toString("latin1", at, at + 100))}`);
}
