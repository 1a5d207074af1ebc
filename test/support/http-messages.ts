import { expect } from "chai";
import type { FieldTable } from "../../src/http/field-table.ts";
import { HeadReader } from "../../src/http/head-reader.ts";
import {
  DEFAULT_REQUEST_HEAD_LIMITS,
  DEFAULT_RESPONSE_HEAD_LIMITS,
  type HeadLimits,
} from "../../src/http/message-limits.ts";
import type { Refusal } from "../../src/http/refusal.ts";
import type { RequestHead } from "../../src/http/request-head.ts";
import { RequestScanner } from "../../src/http/request-scanner.ts";
import type { Asked, ResponseHead } from "../../src/http/response-head.ts";
import { ResponseScanner } from "../../src/http/response-scanner.ts";
import type { HeadScanner } from "../../src/http/scan-outcome.ts";

export const latin1 = (text: string): Buffer => Buffer.from(text, "latin1");

export interface ReadField {
  readonly name: string;
  readonly value: string;
  readonly hopByHop: boolean;
}

/** What is left of a head when its bytes are gone. */
export type ReadHead = Readonly<Record<string, unknown>> & {
  readonly kind: "head";
  readonly fields: readonly ReadField[];
  /** Bytes read up to the end of the head. */
  readonly length: number;
};
export type Read = ReadHead | Refusal | "more";

function readFields(source: Buffer, table: FieldTable): ReadField[] {
  return Array.from({ length: table.count }, (_, row) => ({
    name: source.toString("latin1", table.lineStart[row], table.nameEnd[row]),
    value: source.toString("latin1", table.valueStart[row], table.valueEnd[row]),
    hopByHop: table.hopByHop[row] === 1,
  }));
}

function describeRequest(head: RequestHead, length: number): ReadHead {
  const text = (from: number, to: number): string => head.source.toString("latin1", from, to);
  return {
    kind: "head",
    length,
    method: text(head.start, head.methodEnd),
    known: head.method,
    target: text(head.targetStart, head.targetEnd),
    form: head.targetForm,
    minorVersion: head.minorVersion,
    host: text(head.hostStart, head.hostEnd),
    framing: head.framing,
    contentLength: head.contentLength,
    keepAlive: head.keepAlive,
    expectContinue: head.expectContinue,
    upgrade: head.upgrade ? text(head.upgradeStart, head.upgradeEnd) : undefined,
    webSocket: head.webSocket,
    acceptsTrailers: head.acceptsTrailers,
    fields: readFields(head.source, head.fields),
  };
}

function describeResponse(head: ResponseHead, length: number): ReadHead {
  return {
    kind: "head",
    length,
    status: head.status,
    reason: head.source.toString("latin1", head.reasonStart, head.reasonEnd),
    minorVersion: head.minorVersion,
    interim: head.interim,
    framing: head.framing,
    contentLength: head.contentLength,
    chunked: head.chunked,
    keepAlive: head.keepAlive,
    upgrade: head.source.toString("latin1", head.upgradeStart, head.upgradeEnd),
    fields: readFields(head.source, head.fields),
  };
}

/** Scans `bytes` where they stand in the middle of a larger buffer, so that a read beyond them shows. */
function readWhole<H>(
  scanner: HeadScanner<H>,
  describe: (head: H, length: number) => ReadHead,
  bytes: Buffer,
  around: string,
): Read {
  const before = around.length * 3;
  const buffer = Buffer.concat([latin1(around.repeat(3)), bytes, latin1(around.repeat(3))]);
  const outcome = scanner.scan(buffer, before, before + bytes.length);
  return outcome === "head" ? describe(scanner.head, scanner.headEnd - before) : outcome;
}

/** Reads `bytes` cut at `cuts` (ascending). Every piece is overwritten as soon as it was read. */
function readPieces<H>(
  scanner: HeadScanner<H>,
  describe: (head: H, length: number) => ReadHead,
  bytes: Buffer,
  cuts: readonly number[],
): Read {
  const reader = new HeadReader(scanner);
  const piece = Buffer.alloc(bytes.length + 8);
  let from = 0;
  for (const [index, to] of [...cuts, bytes.length].entries()) {
    const offset = index % 5;
    piece.fill(0x0a);
    bytes.copy(piece, offset, from, to);
    const outcome = reader.read(piece, offset, offset + to - from);
    if (outcome === "head") return describe(reader.head, from + reader.next - offset);
    if (outcome !== "more") return outcome;
    expect(reader.heldBytes).to.be.at.most(scanner.maxPendingBytes);
    from = to;
  }
  return "more";
}

export interface MessageReader {
  readonly whole: (bytes: Buffer, around?: string) => Read;
  readonly pieces: (bytes: Buffer, cuts: readonly number[]) => Read;
}

export function requestReader(limits: Partial<HeadLimits> = {}): MessageReader {
  const scanner = new RequestScanner({ ...DEFAULT_REQUEST_HEAD_LIMITS, ...limits });
  return readerOf(scanner, describeRequest);
}

export function responseReader(asked: Partial<Asked> = {}, limits: Partial<HeadLimits> = {}): MessageReader {
  const scanner = new ResponseScanner({ ...DEFAULT_RESPONSE_HEAD_LIMITS, ...limits });
  scanner.asked = { head: false, connect: false, upgrade: false, ...asked };
  return readerOf(scanner, describeResponse);
}

function readerOf<H>(scanner: HeadScanner<H>, describe: (head: H, length: number) => ReadHead): MessageReader {
  return {
    whole: (bytes, around = "\r\n") => {
      scanner.reset();
      return readWhole(scanner, describe, bytes, around);
    },
    pieces: (bytes, cuts) => {
      scanner.reset();
      return readPieces(scanner, describe, bytes, cuts);
    },
  };
}

/** Reads `text` whole, byte by byte and cut in two at every byte: all must agree. */
export function readEverywhere(reader: MessageReader, text: string): Read {
  const bytes = latin1(text);
  const whole = reader.whole(bytes);
  expect(reader.whole(bytes, "a: b"), "other bytes around it").to.deep.equal(whole);
  const everyByte = Array.from({ length: Math.max(bytes.length - 1, 0) }, (_, i) => i + 1);
  expect(reader.pieces(bytes, everyByte), "byte by byte").to.deep.equal(whole);
  if (bytes.length <= 400) {
    for (const cut of everyByte) expect(reader.pieces(bytes, [cut]), `cut at ${cut}`).to.deep.equal(whole);
  }
  return whole;
}

/** Text for a test's name. */
export const shown = (text: string): string => {
  const quoted = JSON.stringify(text);
  return quoted.length > 100 ? `${quoted.slice(0, 97)}…` : quoted;
};
